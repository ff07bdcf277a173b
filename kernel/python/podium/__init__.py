"""podium in Python notebooks: task tables and charts beside the training code.

    %load_ext podium
    %podium tasks in vision where metrics.acc > 0.9 sort metrics.acc desc

    import podium
    best = podium.tasks("in vision where metrics.acc > :least", least=0.9)
    best.to_df()
"""
from .errors import Interrupted, PodiumError
from .outputs import Screen
from .result import Result
from .session import Session

__version__ = "0.1.0"
__all__ = ["connect", "run", "tasks", "Interrupted", "PodiumError", "Result"]


class _Answered(Result):
    def __init__(self, *told):
        self._take(*told)


_tables = None


def _made(session, client, command, request, answer):
    if answer["kind"] != "table" or "question" not in answer:
        return _Answered(session, client, command, request, answer)
    global _tables
    from .table import Tables, Tasks  # widgets are slow to import, and few commands need them
    _tables = _tables or Tables()
    return Tasks(session, client, command, request, answer, _tables)


_session = Session(Screen(), _made)


def connect(where=""):
    """Goes to another podium: an address, or "local" for the one on this machine, started when there is none. Returns its address;
    without an argument that of the podium that is talked to (PODIUM_URL, MLFLOW_TRACKING_URI, this machine)."""
    return _session.connect(where)


def run(line, **bind):
    """Runs one command and returns its result: shown when it is the value of a cell. `bind` are values of :name."""
    results = list(_session.run(line, bind, _namespace(), own=False))
    if len(results) != 1:
        raise PodiumError("invalid", "one command is run at a time")
    return results[0]


def tasks(which="", **bind):
    """A table of tasks: podium.tasks("in vision where metrics.acc > :least sort metrics.acc desc", least=0.9)."""
    return run(f"tasks {which}", **bind)


def _namespace():
    from IPython import get_ipython
    shell = get_ipython()
    return shell.user_ns if shell else {}


def _before_cell(info):
    cell = _session.screen.cell = getattr(info, "cell_id", None)
    _session.screen.drop(cell)
    if _tables is not None:
        _tables.drop(cell)


def load_ipython_extension(shell):
    from .magic import PodiumMagics, completer
    shell.register_magics(PodiumMagics(shell, _session))
    shell.events.register("pre_run_cell", _before_cell)
    shell.podium_completer = completer(_session)
    shell.Completer.custom_matchers.append(shell.podium_completer)


def unload_ipython_extension(shell):
    shell.events.unregister("pre_run_cell", _before_cell)
    shell.Completer.custom_matchers.remove(shell.podium_completer)
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("podium", None)
