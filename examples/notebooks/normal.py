"""Outputs of executed notebooks, made the same for every run."""
import datetime
import re

WIDGET, VEGALITE = "application/vnd.jupyter.widget-view+json", "application/vnd.vegalite.v5+json"
_ID = re.compile(r"\b[0-9a-f]{32}\b|(?<=podium-snapshot-)[0-9a-f]{12}\b|(?<=podium-snapshot=\")[0-9a-f]{12}\b")
_CUT_ID = re.compile(r"\b[0-9a-f]{12,31}…")
_ACTIVE = re.compile(r"(active(?:<td>| +))20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ")  # the machine's time or the task's, as long as logging took
_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_DASH = re.compile(r' stroke-dasharray="6 3"')
NOON = "2026-11-28T12:00:00Z"


def _of_these_days():
    """Times of the run itself; those of tasks that were logged with other times are left alone."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    days = "|".join(str(today - datetime.timedelta(days=d)) for d in (0, 1))
    return re.compile(rf"\b(?:{days})T\d\d:\d\d:\d\dZ")


class _Ids:
    """The first id is 1, the next 2: what is the same stays the same."""

    def __init__(self):
        self._seen = {}

    def __call__(self, match):
        number = self._seen.setdefault(match.group(), len(self._seen) + 1)
        return f"{number:0{len(match.group())}x}"


def _each(value, change):
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_each(v, change) for v in value]
    if isinstance(value, dict):
        return {k: _each(v, change) for k, v in value.items()}
    return value


def stored(notebook):
    """As it is kept: ids by their order, one address, one time, and no state of widgets, which nobody could show without the kernel that
    made them: the static tables stay."""
    ids, times = _Ids(), _of_these_days()

    def change(text):
        text = _CUT_ID.sub(lambda m: "0" * (len(m.group()) - 1) + "…", _ID.sub(ids, text))
        return times.sub(NOON, _ACTIVE.sub(rf"\g<1>{NOON}", _ADDRESS.sub("http://127.0.0.1:5000", text)))

    notebook.metadata = {"kernelspec": notebook.metadata["kernelspec"], "language_info": {"name": notebook.metadata["kernelspec"]["language"]}}
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type != "code":
            continue
        cell.outputs = [o for o in cell.outputs if WIDGET not in o.get("data", {})]
        for output in cell.outputs:
            for member in ("text", "data", "traceback", "evalue"):
                if member in output:
                    output[member] = _each(output[member], change)
    return notebook


def outputs(notebook):
    """What of a stored notebook is compared: the outputs of its cells without colours, which a task has by its id, and without dashes,
    which tell two of the same colour apart. What there is to do is told by whatever plugins there are."""
    def change(text):
        return _DASH.sub("", _COLOUR.sub("#000000", text))

    kept = []
    for cell in notebook.cells:
        for output in cell.get("outputs", []) if not cell.source.startswith(("actions", "help")) else []:
            told = {m: output[m] for m in ("output_type", "name", "text", "data", "ename", "evalue") if m in output}
            for layer in told.get("data", {}).get(VEGALITE, {}).get("layer", []):
                layer["encoding"].pop("strokeDash", None)
            kept.append([cell.source.splitlines()[0], _each(told, change)])
    return kept
