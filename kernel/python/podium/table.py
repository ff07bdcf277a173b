"""A table of tasks that works: a static one that everybody can read, and the widget that takes its place where there is a kernel."""
import anywidget
import traitlets

from .client import Follower
from .elements import library_module, table_module
from .errors import PodiumError
from .frame import frame_of, rows_of, types_of
from .outputs import topics_of
from .result import Result
from .results import as_selection

MOST_TABLES = 200  # that a session keeps alive; the oldest are closed
MOST_KNOWN = 200_000  # ids that a table remembers to have handed out

# What the front end may ask. Its bodies are those of the HTTP API.
_PATHS = {"window": "/api/v1/tasks/query", "facets": "/api/v1/tasks/facets", "columns": "/api/v1/tasks/columns",
          "actions": "/api/v1/tasks/actions/available", "run": "/api/v1/tasks/actions/run"}
# What is asked of a run that the table began stands behind the run's address.
_OF_RUN = {"undo": "/undo", "progress": ""}


class _Widget(anywidget.AnyWidget):
    @traitlets.default("keys")
    def _default_keys(self):
        """It takes the width that there is: notebooks need not keep a layout with each."""
        return [key for key in super()._default_keys() if key not in ("layout", "tabbable", "tooltip")]


class _Library(_Widget):
    """Sends the module of the tables to a page that asks; in its state it would be kept in notebooks."""

    _esm = "export default {};"

    def __init__(self):
        super().__init__()
        self.on_msg(lambda _, content, __: content.get("ask") == "module" and self.send({"module": library_module()}))


class Tables:
    """The tables of a session."""

    def __init__(self):
        self._library = None
        self._kept = []  # (cell, table)

    def library(self):
        if self._library is None:
            self._library = _Library()
        return self._library.model_id

    def keep(self, cell, table):
        self._kept.append((cell, table))
        while len(self._kept) > MOST_TABLES:
            self._kept.pop(0)[1].close()

    def drop(self, cell):
        """A cell that runs again makes its tables anew."""
        for kept in [k for k in self._kept if k[0] == cell and cell is not None]:
            self._kept.remove(kept)
            kept[1].close()


class Tasks(Result, _Widget):
    """`selection` is what is selected in it: None, {"ids": [...]}, or the table's question with "except"."""

    _esm = table_module()

    question = traitlets.Dict().tag(sync=True)
    state = traitlets.Dict().tag(sync=True)
    selection = traitlets.Dict(allow_none=True, default_value=None).tag(sync=True)
    height = traitlets.Any(None).tag(sync=True)
    live = traitlets.Bool(None, allow_none=True).tag(sync=True)
    asks = traitlets.List(list(_OF_RUN)).tag(sync=True)
    snapshot = traitlets.Unicode().tag(sync=True)
    library = traitlets.Unicode().tag(sync=True)

    def __init__(self, session, client, command, request, answer, tables):
        question = answer["question"]
        self._take(session, client, command, request, answer)
        self._known = set()
        self._runs = set()  # what was done from it
        self._events = None
        super().__init__(
            question={k: v for k, v in question.items() if k not in ("order", "columns")},
            state={"columns": [{"name": n} for n in question["columns"]], "order": question["order"]},
            snapshot=request["forms"].get("snapshot", ""), library=tables.library())
        self.on_msg(self._on_custom)
        if hasattr(self.comm, "_reply_subshell_for"):
            # ipykernel answers a widget in the shell that made it, behind the cell that runs there. A table answers in the one that the
            # front end asks, so that it works beside a training.
            self.comm._reply_subshell_for = lambda data, subshell: subshell
        tables.keep(session.screen.cell, self)
        if command.live:
            self._events = Follower(client, topics_of(answer), lambda message: self.send({"news": message}), self._is_live)

    def _is_live(self, live):
        self.live = live

    def close(self):
        if self._events is not None:
            self._events.stop()
            self._events = None
        super().close()

    # ---- showing

    def _show(self):
        screen = self._session.screen
        if not self.snapshot or not self._session.look.widgets:
            return super()._show()
        screen.display(self.answer["forms"])
        screen.display({"text/plain": f"a table of {self.answer.get('of', 'these')} tasks",
                        "application/vnd.jupyter.widget-view+json": {"version_major": 2, "version_minor": 0, "model_id": self.model_id}})

    # ---- what is in it

    def _asked(self):
        """The question as the table stands: with the filters, the search and the order that were set in it."""
        question = dict(self.question)
        filters = [*question.get("filters", []), *self.state.get("filters", [])]
        if filters:
            question["filters"] = filters
        if search := self.state.get("search") or question.get("search"):
            question["search"] = search
        question["order"] = self.state.get("order", [])
        return question

    def _ids(self, question):
        return [row[0] for row in rows_of(self._client, question, ["id"], question.get("limit"))]

    def selected(self):
        """The ids of the selected tasks."""
        chosen = self.selection
        if not chosen:
            return []
        if "ids" in chosen:
            return list(chosen["ids"])
        without = set(chosen.get("except", ()))
        return [i for i in self._ids({**chosen, "order": self.state.get("order", [])}) if i not in without]

    def ids(self):
        """The ids of all tasks that the table shows, in its order."""
        return self._ids(self._asked())

    def to_df(self, selected=False):
        """All rows of the table as it stands, or the selected ones, as a pandas.DataFrame: the table's columns, numbers as numbers,
        times as datetimes."""
        question = self._asked()
        columns = [c["name"] for c in self.state.get("columns", []) if not c.get("hidden")]
        if "id" not in columns:
            columns.insert(0, "id")
        rows = rows_of(self._client, question, columns, question.get("limit"))
        if selected:
            chosen, at = set(self.selected()), columns.index("id")
            rows = [row for row in rows if row[at] in chosen]
        known = {c["name"]: c["type"] for c in self.answer["columns"]}
        return frame_of(columns, types_of(self._client, columns, known), rows)

    # ---- for commands that speak of it

    def _chosen(self):
        chosen = self.selection
        if not chosen:
            return {"ids": []}
        return {"ids": list(chosen["ids"])} if "ids" in chosen else as_selection(self._client, chosen)

    # ---- the front end

    def _may_act_on(self, selection):
        """Whether a selection is of this table: what a stale page or a mistake names is not acted on."""
        if not isinstance(selection, dict):
            return False
        if "ids" in selection:
            return all(i in self._known for i in selection["ids"])
        return all(selection.get(m) == self.question.get(m) for m in ("project", "scope", "filter", "bind"))

    def _on_custom(self, _, content, __):
        if "id" not in content or "ask" not in content:
            return
        ask, body = content["ask"], content.get("body") or {}
        try:
            self.send({"id": content["id"], "ok": self._answered(ask, body)})
        except PodiumError as e:
            self.send({"id": content["id"], "error": {"code": e.code, "detail": e.problem.get("detail", str(e))}})

    def _answered(self, ask, body):
        if ask in _OF_RUN:
            run = body.get("run")
            if run not in self._runs:
                raise PodiumError("denied", "this is no run of this table")
            answer = self._client.call(f"/api/v1/tasks/actions/runs/{run}{_OF_RUN[ask]}", {} if ask == "undo" else None)
            return self._did(answer) if ask == "undo" else answer
        if ask not in _PATHS:
            raise PodiumError("invalid", f"a table asks for no '{ask}'")
        if ask == "run" and not self._may_act_on(body.get("selection")):
            raise PodiumError("denied", "this names tasks that are not of this table")
        answer = self._client.call(_PATHS[ask], body)
        if ask == "run":
            self._did(answer)
        if ask == "window" and "id" in answer["columns"]:
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            at = answer["columns"].index("id")
            self._known.update(row[at] for row in answer["rows"] if row and isinstance(row[at], str))
        return answer

    def _did(self, run):
        """It is taken back from the table, or by the command `undo`."""
        self._runs.add(run.get("run"))
        self._session.did(run)
        return run
