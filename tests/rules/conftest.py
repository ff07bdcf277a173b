"""A podium whose runs are logged over MLflow's wire, and whose rules are made over its own API."""
import pathlib
import sys
import time

import pytest
import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from podium import Podium  # noqa: E402


class Client:
    def __init__(self, podium):
        self.podium = podium
        self.session = requests.Session()

    def __call__(self, method, path, status=200, **arguments):
        answer = self.session.request(method, self.podium.url + path, timeout=60, **arguments)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    # As an MLflow client does.
    def mlflow(self, path, **body):
        return self("POST", f"/api/2.0/mlflow/{path}", json=body)

    def run(self, experiment="0"):
        return self.mlflow("runs/create", experiment_id=experiment)["run"]["info"]["run_id"]

    def log(self, run, key, value, step):
        self.mlflow("runs/log-metric", run_id=run, key=key, value=value, step=step, timestamp=int(time.time() * 1000))

    def end(self, run, status):
        self.mlflow("runs/update", run_id=run, status=status)

    # As a person does.
    def rule(self, **rule):
        made = self("POST", "/api/v1/rules", json=rule)
        assert made["armed"] or not made["enabled"]
        return made["id"]

    def firings(self, rule):
        return self("GET", f"/api/v1/rules/{rule}/firings")["firings"]

    def tags(self, run):
        return self("GET", f"/api/v1/tasks/{run}")["tags"]

    def awaits(self, what, is_so, seconds=60):
        """Looks whenever a change of the store may have come, until it is so."""
        deadline = time.monotonic() + seconds
        while not (found := is_so()):
            assert time.monotonic() < deadline, f"{what}: not in {seconds} s\n{self.podium.tail()}"
            time.sleep(0.02)
        return found


@pytest.fixture
def podium(tmp_path):
    with Podium(tmp_path / "data") as running:
        yield running
    assert running.process.returncode == 0


@pytest.fixture
def client(podium):
    return Client(podium)
