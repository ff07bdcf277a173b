"""Names bound to results: `tasks ... as best`, then `best` and `best.selected` in other commands. The host keeps nothing: they are
sent with each command."""
import re

from .cell import unquoted
from .errors import PodiumError

MOST_LIMITED = 1000  # rows of one query
_WHICH = ("project", "scope", "archived", "filter", "bind", "filters", "search")


def which_of(question):
    """The members of a table's question that say which tasks."""
    return {m: question[m] for m in _WHICH if question.get(m) is not None}


def as_selection(client, question):
    """A question as a command's selection: everything that it says becomes one text."""
    try:
        text = client.call("/api/v1/tasks/filter", which_of(question)).get("filter")
    except PodiumError as e:
        if e.code == "unavailable":
            raise
        text = None
    if not isinstance(text, str):
        raise PodiumError("unsupported", "this result cannot be said in the query language; give it a limit, then it is kept by its ids")
    selection = {"where": text}
    project, scope = question.get("project"), question.get("scope", "")
    if isinstance(project, str) and scope != "all":
        selection["in"] = project + ("/" if scope == "subprojects" and not project.endswith("/") else "")
    if question.get("archived") == "both":
        selection["all"] = True
    if "except" in question:
        selection["except"] = question["except"]
    return selection


def ids_of(client, question):
    """`limit 10` means those ten: they are asked for by their ids."""
    body = {**which_of(question), "order": question.get("order", []), "columns": ["id"], "limit": min(question["limit"], MOST_LIMITED)}
    return {"ids": [row[0] for row in client.call("/api/v1/tasks/query", body)["rows"] if row]}


def selection_of(client, answer):
    """What an answer is about, or None when it is about no tasks."""
    kind, entity = answer["kind"], answer.get("entity")
    if kind == "table" and entity == "task":
        question = answer.get("question")
        if question:
            return ids_of(client, question) if "limit" in question else as_selection(client, question)
        names = [c["name"] for c in answer["columns"]]
        return {"ids": [row[names.index("id")] for row in answer["rows"]]} if "id" in names else None
    if kind == "details" and entity == "task" and "id" in answer["fields"]:
        return {"ids": [answer["fields"]["id"]]}
    if kind == "chart":
        return {"ids": list(dict.fromkeys(s["task"] for s in answer["series"] if "task" in s))}
    return None


class Results:
    def __init__(self):
        self._named = {}  # name -> result

    def bind(self, name, result):
        if result._about() is None:
            raise PodiumError("invalid", "'as' names a result that is about tasks; this one is not")
        self._named[name] = result

    def spoken_of(self, line, namespace, is_result):
        """For `selections` of a command that may speak of them: named ones, and Python variables that hold results."""
        out = {}
        words = dict.fromkeys(re.findall(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.selected\b)?", unquoted(line)))
        for word in words:
            name, dot, _ = word.partition(".")
            variable = namespace.get(name)
            result = variable if is_result(variable) else self._named.get(name)
            if result is None:
                continue
            selection = result._chosen() if dot else result._about()
            if dot and not (selection and selection.get("ids", True)):
                raise PodiumError("invalid", f"nothing is selected in the table '{name}'")
            if selection is not None:
                out[word] = selection
        return out

    def all_names(self):
        """For completion: nothing is asked for."""
        return {n: {"ids": []} for name in self._named for n in (name, name + ".selected")}
