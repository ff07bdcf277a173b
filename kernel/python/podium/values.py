"""Python's values as values of :name."""
import math

from .errors import PodiumError


def bindings(names, given, namespace):
    """Values for the names that a line may speak of: given ones, else variables. Who gives a value that the line does not speak of
    made a mistake."""
    for name in given:
        if name not in names:
            raise PodiumError("invalid", f"a value is given for '{name}', but the line does not speak of :{name}")
    out = {}
    for name in names:
        if name in given:
            out[name] = bound(name, given[name])
        elif name in namespace:
            out[name] = bound(name, namespace[name])
    return out


def bound(name, value):
    if hasattr(value, "dtype") and getattr(value, "ndim", None) == 0 and hasattr(value, "item"):
        value = value.item()  # a scalar of numpy
    if isinstance(value, float) and not math.isfinite(value):
        raise PodiumError("invalid", f"the value of :{name} is {value}; say `is nan`, `infinity` or `-infinity` in the filter")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise PodiumError("invalid", f"the value of :{name} is a {type(value).__name__}; a number, a text, True, False or None can be bound")
