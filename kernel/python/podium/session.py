"""One conversation with a podium: which one it is, how answers are to be shown, which names results have."""
import time
from dataclasses import replace
from uuid import uuid4

from .address import USUAL, find_host
from .cell import bound_names, commands_of, words_of
from .client import Client
from .errors import Interrupted, PodiumError
from .results import Results
from .values import bindings


class Look:
    """How a person wants answers shown."""

    def __init__(self):
        self.rows = 50  # of a static table
        self.text_rows = 10  # of a table as text
        self.widgets = True

    def forms(self, snapshot=""):
        """For `forms` of a command: the host draws what needs no kernel to be read."""
        return {"rows": self.rows, "text_rows": self.text_rows, **({"snapshot": snapshot} if snapshot else {})}


class Session:
    def __init__(self, screen, make_result):
        self.screen = screen  # where things are shown: outputs.Screen
        self.look = Look()
        self.results = Results()
        self._make_result = make_result
        self._client = None
        self._local = None
        self._last_run = ""  # of an action that can be undone

    @property
    def client(self):
        if self._client is None:
            self._client = Client(find_host())
        return self._client

    # ---- which podium

    def connect(self, where=""):
        """To an address, or `local`: the podium of this machine, which is started when there is none. Returns the address."""
        if not where:
            return self.client.address.url
        client = Client(find_host(USUAL if where == "local" else where))
        try:
            client.call("/api/v1/commands")
        except PodiumError as e:
            if e.problem.get("status") in (401, 403):
                raise PodiumError("denied", "this podium wants a token: set PODIUM_TOKEN, or a file in PODIUM_TOKEN_FILE, and connect again") from None
            if where != "local" or e.code != "unavailable":
                raise
            from .local import LocalPodium
            self._local = self._local or LocalPodium()
            client = Client(find_host(self._local.start()))
        self._client = client
        return client.address.url

    # ---- commands

    def run(self, text, given=None, namespace=None, own=True):
        """The results of the commands of a text, one after the other, each as soon as it is there."""
        for command in commands_of(text):
            if not (own and self._run_own(command)):
                yield self._result_of(command, given or {}, namespace or {})

    def _run_own(self, command):
        first, *rest = words_of(command.line)
        if first == "connect":
            if len(rest) > 1:
                raise PodiumError("invalid", "'connect' takes one address, or the word 'local'")
            self.screen.print(f"connected to {self.connect(rest[0] if rest else '')}")
        elif first == "set":
            if len(rest) != 2 or rest[0] != "rows" or not rest[1].isdecimal() or not 1 <= int(rest[1]) <= 1000:
                raise PodiumError("invalid", "'set rows N' sets how many rows are shown, 1 to 1000")
            self.look.rows = self.look.text_rows = int(rest[1])
        elif first == "widgets":
            if rest not in (["on"], ["off"]):
                raise PodiumError("invalid", "'widgets' takes 'on' or 'off'")
            self.look.widgets = rest == ["on"]
        else:
            return False
        return True

    def _result_of(self, command, given, namespace):
        client = self.client
        command = self._completed(command)
        # A table that works hides the static one, which it finds by this name.
        snapshot = uuid4().hex[:12] if self.look.widgets and self.screen.has_widgets() else ""
        body = {"line": command.line, "forms": self.look.forms(snapshot)}
        if bind := bindings(bound_names(command.line), given, namespace):
            body["bind"] = bind
        if named := self.results.spoken_of(command.line, namespace, lambda v: hasattr(v, "_podium_result")):
            body["selections"] = named
        try:
            answer, request = self._answer_to(client, command, body)
        except KeyboardInterrupt as e:
            raise e if isinstance(e, Interrupted) else Interrupted() from None
        if answer.get("entity") == "action_run":
            self.did(answer.get("fields", {}))
        result = self._make_result(self, client, command, request, answer)
        if command.name:
            self.results.bind(command.name, result)
        return result

    def did(self, run):
        """A run of an action, by a command or from a table."""
        if run.get("undoable"):
            self._last_run = run["run"]

    def _completed(self, command):
        """`undo` alone takes back what was last done from here: the host keeps nothing between commands."""
        if words_of(command.line) != ["undo"]:
            return command
        if not self._last_run:
            raise PodiumError("invalid", "nothing was done from here that can be undone; 'undo RUN' names a run")
        return replace(command, line=f"{command.line} {self._last_run}")

    def _answer_to(self, client, command, body):
        """Asks, confirms, waits: until there is an answer that is shown. Returns it with the request that was answered."""
        waits = words_of(command.line)[0] == "wait"
        began = time.monotonic()
        while True:
            answer = client.call("/api/v1/commands/wait" if waits else "/api/v1/commands", body)
            if answer.get("outcome") == "pending":
                body["waited"] = int((time.monotonic() - began) * 1000)
            elif answer["kind"] == "question":
                token = answer.get("token", "")
                if not self.screen.confirmed(answer):
                    raise PodiumError("conflict", "nothing was done")
                body["line"] = f"{command.line} yes {token}".rstrip()
            elif answer["kind"] == "progress":
                self._watch(client, answer)
                body = {"line": "job " + answer["job"], "forms": body["forms"]}
            else:
                return answer, body

    def _watch(self, client, progress):
        """Shows how far a job is until it has ended. An interrupt leaves it alone."""
        job, pause = progress["job"], 0.05
        try:
            bar = self.screen.bar(progress)
            while True:
                told = client.call(f"/api/v1/jobs/{job}")
                progress = {**progress, **{m: told[m] for m in ("state", "done", "total") if told.get(m) is not None}}
                bar.show(progress)
                if progress["state"] in ("done", "failed", "cancelled"):
                    return
                time.sleep(pause)
                pause = min(pause * 2, 0.5)
        except KeyboardInterrupt:
            raise Interrupted(f"the job goes on; `%podium job {job}` watches it, `%podium cancel {job}` stops it") from None
