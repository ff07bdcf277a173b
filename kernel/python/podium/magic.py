"""%podium and %%podium."""
from IPython.core.completer import SimpleCompletion, context_matcher
from IPython.core.magic import Magics, line_cell_magic, magics_class

from .errors import PodiumError

PATIENCE = 2  # seconds that somebody who types waits
OWN_WORDS = ("connect", "set", "widgets")


@magics_class
class PodiumMagics(Magics):
    def __init__(self, shell, session):
        super().__init__(shell)
        self._session = session

    @line_cell_magic
    def podium(self, line, cell=None):
        """`%podium LINE` runs one command of podium, `%%podium` one a line; `%podium help` lists them. Values of :name are variables;
        `as NAME` makes the result a variable of that name."""
        result = None
        text = line if cell is None else f"{line}\n{cell}"
        for result in self._session.run(text, None, self.shell.user_ns):
            if result._command.name.isidentifier():
                self.shell.user_ns[result._command.name] = result
            result.show()
        return result if cell is None else None


def _typed(text, cursor):
    """What stands before the cursor of a line that is podium's, or None."""
    before = text[:cursor]
    line = before.rpartition("\n")[2]
    if text.startswith("%%podium") and "\n" in before:
        return line
    head, magic, rest = line.partition("%podium")
    return rest.lstrip() if magic and rest[:1].isspace() and (not head.strip("% ") or head.rstrip().endswith("=")) else None


def completer(session):
    @context_matcher(identifier="podium")
    def matcher(context):
        text = context.full_text
        cursor = sum(len(line) + 1 for line in text.split("\n")[: context.cursor_line]) + context.cursor_position
        typed = _typed(text, cursor)
        if typed is None:
            return {"completions": [], "suppress": False}
        found, start = [], len(typed)
        try:
            answer = session.client.call("/api/v1/commands/complete", {"line": typed, "selections": session.results.all_names()}, PATIENCE)
            start = len(typed.encode()[: answer["start"]].decode(errors="ignore"))
            found = [SimpleCompletion(m["text"], type=m["kind"]) for m in answer["matches"]]
        except PodiumError:
            pass  # nobody answers, or it took too long: the own words are known all the same
        if len(typed.split()) <= 1 and not typed.endswith(" "):
            start = start if found else len(typed) - len(typed.lstrip())
            found += [SimpleCompletion(w, type="verb") for w in OWN_WORDS if w.startswith(typed[start:])]
        return {"completions": found, "matched_fragment": typed[start:], "suppress": True, "ordered": True}

    return matcher
