"""What a command answered: shown when it is the value of a cell, and read by programs."""
from .errors import PodiumError
from .outputs import any_running, show_file, show_previews, topics_of
from .results import selection_of


class Result:
    """`answer` is the host's, as docs/commands.md tells."""

    _podium_result = True

    def _take(self, session, client, command, request, answer):
        self._session, self._client, self._command, self._request = session, client, command, request
        self._shown_in = None
        self._selection = None
        self.answer = answer

    # ---- for commands that speak of it

    def _about(self):
        """The tasks that it is about, as a command's selection: told once, so that `limit 10` stays those ten."""
        if self._selection is None:
            self._selection = selection_of(self._client, self.answer)
        return self._selection

    def _chosen(self):
        return {"ids": []}

    # ---- for people

    def show(self):
        """Shows it now. Throws when what it tells of ended badly."""
        self._shown_in = self._session.screen.execution()
        for notice in self.answer.get("notices", ()):
            self._session.screen.print(notice)
        self._show()
        outcome = self.answer.get("outcome", "done")
        if outcome == "failed":
            raise PodiumError("conflict", "it was carried out and ended badly, see above")
        if outcome == "timed_out":
            raise PodiumError("conflict", "what was waited for did not happen in time")

    def _show(self):
        screen, client, answer = self._session.screen, self._client, self.answer
        kind = answer["kind"]
        if kind == "text":
            screen.print(answer["text"].rstrip("\n"))
        elif kind == "file":
            show_file(screen, client, answer)
        elif self._command.live or (kind == "chart" and any_running(client, answer)):
            screen.follow(client, topics_of(answer), self._request, answer["forms"])
        else:
            screen.display(answer["forms"])
            if kind == "details" and answer.get("entity") == "task":
                show_previews(screen, client, answer, self._session.look.forms())

    def _ipython_display_(self):
        # A magic has shown it, and IPython shows what a cell's last line is worth: once is enough.
        if self._shown_in is None or self._shown_in != self._session.screen.execution():
            self.show()

    def __repr__(self):
        return self.answer.get("forms", {}).get("text/plain") or self.answer.get("text") or f"<{self.answer['kind']} of '{self.answer['line']}'>"

    # ---- for programs

    def to_df(self):
        """The rows of a table, or the points of curves, as a pandas.DataFrame."""
        from .frame import frame_of_answer
        return frame_of_answer(self.answer)
