"""Outputs of executed notebooks, made the same for every run."""
import re

WIDGET = "application/vnd.jupyter.widget-view+json"
_ID = re.compile(r"\b[0-9a-f]{32}\b")
_RULES = [
    (re.compile(r"http://127\.0\.0\.1:\d+"), "http://127.0.0.1:5000"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "2026-11-28T12:00:00Z"),
]


class _Ids:
    """The first id is 1, the next 2: what is the same stays the same."""

    def __init__(self):
        self._seen = {}

    def __call__(self, match):
        number = self._seen.setdefault(match.group(), len(self._seen) + 1)
        return f"{number:032x}"


def _each(value, change):
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each(v, change) for v in value]
    if isinstance(value, dict):
        return {k: _each(v, change) for k, v in value.items()}
    return value


def stored(notebook, times=False):
    """As it is kept: ids by their order, one address, no state of widgets, which nobody without this kernel could show: the static
    tables stay. `times` replaces times too."""
    ids = _Ids()

    def change(text):
        text = _ID.sub(ids, text)
        for pattern, instead in _RULES if times else _RULES[:1]:
            text = pattern.sub(instead, text)
        return text

    notebook.metadata = {k: v for k, v in notebook.metadata.items() if k in ("kernelspec", "language_info")}
    notebook.metadata["language_info"] = {"name": notebook.metadata["kernelspec"]["language"]}
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type != "code":
            continue
        cell.outputs = [o for o in cell.outputs if WIDGET not in o.get("data", {})]
        for output in cell.outputs:
            output.pop("metadata", None) if output.output_type == "stream" else None
            for member in ("text", "data", "traceback", "evalue"):
                if member in output:
                    output[member] = _each(output[member], change)
    return notebook
