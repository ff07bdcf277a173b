"""A podium for the whole session; tasks are logged by the real MLflow client."""
import functools
import itertools
import json
import os
import pathlib
import subprocess
import sys

import jsonschema_rs
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from api import Api  # noqa: E402
from drawing import check, render  # noqa: E402
from podium import BINARY, Podium  # noqa: E402

_numbers = itertools.count()


class Charts(Api):
    @functools.cached_property
    def document(self):
        return self("GET", "openapi.json")

    def compare(self, what, status=200, **asked):
        """The answer, which was held to the schema of the OpenAPI document."""
        answer = self("POST", f"comparisons/{what}", status, json=asked)
        content = self.document["paths"][f"/api/v1/comparisons/{what}"]["post"]["responses"].get(str(status), {}).get("content", {})
        if schema := content.get("application/json", {}).get("schema"):
            jsonschema_rs.validate({**schema, "components": self.document["components"]}, answer)
        else:
            assert status != 200
        return answer

    def chart(self, kind, name=None, **asked):
        """A chart that was validated; with a name also rendered, which is answered, too."""
        answer = self.compare("charts", kind=kind, **asked)
        check(answer["specification"], answer["media_type"])
        if name is None:
            return answer
        return answer, render(answer["specification"], answer["media_type"], name)


@pytest.fixture(scope="session")
def podium(tmp_path_factory):
    with Podium(tmp_path_factory.mktemp("podium") / "data") as running:
        yield running
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"
    assert running.process.returncode == 0


@pytest.fixture(scope="session")
def api(podium):
    return Charts(podium.url)


@pytest.fixture(scope="session")
def gallery(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gallery")
    subprocess.run([pathlib.Path(BINARY).parent / "chart_gallery", folder], check=True)
    return folder


@pytest.fixture(scope="session")
def mlflow(podium, tmp_path_factory):
    import mlflow as module

    before = os.getcwd()
    os.chdir(tmp_path_factory.mktemp("client"))
    module.set_tracking_uri(podium.url)
    yield module
    os.chdir(before)


@pytest.fixture
def experiment(mlflow):
    """A fresh one, by name."""
    name = f"charts-{next(_numbers)}"
    mlflow.set_experiment(name)
    return name


@pytest.fixture
def command(podium):
    def run(*words, code=0):
        ended = subprocess.run([BINARY, *words, "--json"], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
                               env=dict(os.environ, PODIUM_URL=podium.url))
        assert ended.returncode == code, (words, ended.stdout, ended.stderr)
        return json.loads(ended.stdout)

    return run
