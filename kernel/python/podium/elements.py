"""The modules that draw tables in the page: package data of what is installed, the sources' files in a clone."""
from pathlib import Path

_HERE = Path(__file__).resolve().parent
_CLONE = _HERE.parents[2]


def _text(name, in_clone):
    for file in (_HERE / "data" / name, _CLONE / in_clone):
        if file.is_file():
            return file.read_text(encoding="utf-8")
    raise FileNotFoundError(f"the tables' front end {name} is neither in this package nor in a clone of podium; install the package again")


def library_module():
    """<podium-grid>, as the dashboard has it."""
    return _text("podium-elements.js", "plugins/dashboard/web/dist/podium-elements.js")


def table_module():
    """The module of one table, as podium's own kernel sends it. Notebooks keep it with each table: without comments and indentation."""
    lines = (line.strip() for line in _text("podium-table.js", "kernel/share/podium-table.js").splitlines())
    return "".join(f"{line}\n" for line in lines if not line.startswith("//"))
