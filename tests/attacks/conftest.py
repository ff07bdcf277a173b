"""One podium for the session, in a folder with things that are none of its business. After each test it must be as well as
before, and they untouched."""
import hashlib
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from ledger import ARTIFACTS, Connection  # noqa: E402
from podium import Podium  # noqa: E402

SECRET = "canary 9c1f, nobody's business"


class Target:
    """The podium under attack and what surrounds it."""

    def __init__(self, folder):
        self.folder = folder
        self.secret = folder / "secret.txt"
        self.secret.write_text(SECRET)
        (folder / "data-of-others").mkdir()  # its name begins with the data folder's
        (folder / "data-of-others/secret.txt").write_text(SECRET)
        # Outside of all; a name that only an attack would make.
        self.outside = pathlib.Path(f"/tmp/podium-attack-{os.getpid()}")
        self.podium = Podium(folder / "data", "--log-level", "error", log=folder.parent / "attacked.log").start()
        connection = Connection(self.podium.url)
        self.run = connection.call("POST", "runs/create", {"experiment_id": "0"})[1]["run"]["info"]["run_id"]
        status, answer = connection.call("POST", "logged-models", {"experiment_id": "0", "name": "attacked"})
        assert status == 200, answer
        self.model = answer["model"]["info"]["model_id"]
        assert connection.raw("PUT", f"{ARTIFACTS}0/{self.run}/artifacts/own.txt", b"its own")[0] == 200
        for place in ("", f"0/{self.run}/artifacts", f"0/models/{self.model}/artifacts"):
            inside = folder / "data/artifacts" / place
            inside.mkdir(parents=True, exist_ok=True)
            (inside / "link-out").symlink_to(folder)
        self.surroundings = self.look_around()
        self.step = 0

    def look_around(self):
        """Everything beside the data folder, and the names in the data folder's top."""
        seen = {}
        for place, folders, files in os.walk(self.folder):
            if pathlib.Path(place) == self.folder:
                folders.remove("data")
            for name in files:
                path = pathlib.Path(place, name)
                seen[path] = (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for name in folders:
                seen[pathlib.Path(place, name)] = None
        for name in os.listdir(self.folder / "data"):
            seen[f"data/{name}"] = None
        return seen

    def connection(self):
        return Connection(self.podium.url)

    def check(self):
        assert self.podium.process.poll() is None, f"podium died\n{self.podium.tail()}"
        connection = self.connection()
        assert connection.raw("GET", "/healthz")[0] == 200
        self.step += 1
        body = {"run_id": self.run, "key": "health", "step": self.step, "timestamp": 1, "value": 0.5}
        assert connection.call("POST", "runs/log-metric", body) == (200, {})
        assert connection.get_run(self.run)["data"]["metrics"][0]["step"] == self.step
        assert connection.raw("GET", f"{ARTIFACTS}0/{self.run}/artifacts/own.txt") == (200, b"its own")
        assert self.look_around() == self.surroundings
        assert not self.outside.exists()


@pytest.fixture(scope="session")
def _target(tmp_path_factory):
    target = Target(tmp_path_factory.mktemp("attacked"))
    yield target
    assert target.podium.stop() == 0


@pytest.fixture
def target(_target):
    yield _target
    _target.check()
