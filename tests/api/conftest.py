"""One podium for the session, with a project, tasks and a data set in it."""
import pathlib
import sys

import pytest
import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from podium import Podium  # noqa: E402


class Api:
    """podium's API as a script calls it."""

    def __init__(self, url):
        self.url = url
        self.session = requests.Session()

    def __call__(self, method, path, status=200, **arguments):
        answer = self.session.request(method, f"{self.url}/api/v1/{path}", timeout=60, **arguments)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def project(self, name):
        return self("POST", "projects", json={"name": name})["id"]

    def task(self, project, **fields):
        return self("POST", "tasks", json={"project": project, "state": "running", **fields})["id"]

    def log(self, task, key, steps, scope=""):
        points = [[step, 1_700_000_000_000 + step, float(step)] for step in steps]
        self("POST", f"tasks/{task}/log", json={"metrics": [{"key": key, "scope": scope, "points": points}]})


@pytest.fixture(scope="session")
def podium(tmp_path_factory):
    with Podium(tmp_path_factory.mktemp("api") / "data") as running:
        yield running
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"
    assert running.process.returncode == 0


@pytest.fixture(scope="session")
def api(podium):
    return Api(podium.url)


@pytest.fixture
def own_podium(tmp_path):
    """A podium for a test that stops or starves it."""
    running = Podium(tmp_path / "data", "--max-connections", "4000")
    with running:
        yield running
