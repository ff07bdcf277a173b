"""One podium with a few tasks, and the binary run as a script runs it: no terminal, stdin closed."""
import dataclasses
import json
import os
import pathlib
import pty
import select
import subprocess
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/support"))

from host import Host as FilledHost  # noqa: E402
from podium import BINARY, Podium  # noqa: E402

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from schema import validate  # noqa: E402

# Actions and verbs of a stranger's, beside podium's own.
PLUGIN = pathlib.Path(BINARY).parents[1] / "tests/cli/plugin/cli_actions.so"
SCHEMA = json.loads((ROOT / "docs/commands.schema.json").read_text())


@dataclasses.dataclass
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


class Terminal:
    """The binary with a person before it: stdin and stderr are a terminal, stdout goes into a pipe."""

    def __init__(self, command, environment):
        self.ours, theirs = pty.openpty()
        self.process = subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment)
        os.close(theirs)
        self.seen = ""

    def until(self, text, seconds=60):
        """Reads the terminal until a text is there."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            ready, _, _ = select.select([self.ours], [], [], max(0, end - time.monotonic()))
            assert ready, f"no {text!r} in {self.seen!r}"
            assert self._read(), f"it ended without {text!r}: {self.seen!r}"
        return self

    def type(self, line):
        os.write(self.ours, line.encode() + b"\n")
        return self

    def end(self, seconds=60):
        out = self.process.stdout.read().decode()
        code = self.process.wait(seconds)
        while self._read():
            pass
        os.close(self.ours)
        return Ended(code, out, self.seen)

    def _read(self):
        try:
            chunk = os.read(self.ours, 4096)
        except OSError:  # the other end is closed
            return False
        self.seen += chunk.decode(errors="replace")
        return bool(chunk)


class Host(FilledHost):
    def start(self, *words, url=None, environment=None):
        env = {k: v for k, v in os.environ.items() if k not in ("PODIUM_URL", "MLFLOW_TRACKING_URI")}
        env.update(environment if environment is not None else {"PODIUM_URL": url or self.url})
        return subprocess.Popen([BINARY, *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=env)

    def on_a_terminal(self, *words):
        return Terminal([BINARY, *map(str, words)], dict(os.environ, PODIUM_URL=self.url))

    def run(self, *words, **where):
        process = self.start(*words, **where)
        out, err = process.communicate(timeout=120)
        return Ended(process.returncode, out.decode(), err.decode())

    def ok(self, *words, **where):
        ended = self.run(*words, **where)
        assert ended.code == 0, f"{words}: {ended}"
        return ended

    def json(self, *words, code=0):
        """The answer as JSON, held to the documented schema."""
        ended = self.run(*words, "--json")
        assert ended.code == code, f"{words}: {ended}"
        answer = ended.json
        validate(answer, SCHEMA)
        return answer


@pytest.fixture(scope="session")
def podium(tmp_path_factory):
    with Podium(tmp_path_factory.mktemp("podium") / "data", "--plugin", str(PLUGIN)) as running:
        yield Host(running.url)
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"


@pytest.fixture(scope="session")
def vision(podium):
    """A project with tasks a (acc 0.9), b (0.95) and c (0.5, failed)."""
    project = podium.call("POST", "/api/v1/projects", {"name": "vision"})["id"]
    tasks = {
        "a": podium.task(project, "a", "completed", {"lr": 0.1, "arch": "cnn"}, {"acc": [0.1, 0.5, 0.9]}, {"team": "cv"}),
        "b": podium.task(project, "b", "completed", {"lr": 0.2, "arch": "cnn"}, {"acc": [0.2, 0.6, 0.95]}, {"team": "cv"}),
        "c": podium.task(project, "c", "failed", {"lr": 0.1, "arch": "mlp"}, {"acc": [0.5], "loss": [float(i % 7) for i in range(3000)]}),
    }
    return tasks | {"project": project}
