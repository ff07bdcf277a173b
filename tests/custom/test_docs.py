"""The example of docs/custom-actions.md, as it stands there but for the server's address."""
import os
import pathlib
import re
import subprocess

from api import Api
from podium import BINARY, Podium

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs/custom-actions.md"


def test_the_example_works(tmp_path, receiver):
    toml = re.search(r"```toml\n(.*?)```", DOCS.read_text(), re.S).group(1)
    assert "https://ci.example" in toml
    (tmp_path / "podium.toml").write_text(toml.replace("https://ci.example", receiver.url))
    receiver.answer = lambda r: (202 if "staging" in r.body.decode() else 200, {"message": "on its way", "url": "https://ci.example/jobs/7"})
    with Podium(tmp_path / "data", environment={"CI_TOKEN": "s3cret-token-of-ci"}) as podium:
        api = Api(podium.url, seconds=90)
        project = api.project("vision")
        task = api.task(project, name="resnet \"50\"")
        api("POST", f"tasks/{task}/log", json={"metrics": [{"key": "loss", "points": [[1, 1700000000000, 0.5], [2, 1700000001000, 0.25]]}]})
        available = {a["id"]: a for a in api("POST", "tasks/actions/available", json={"selection": {"ids": [task]}})["actions"]}
        assert available["deploy"]["count"] == 0
        api("POST", f"tasks/{task}/transition", json={"kind": "complete"})
        available = {a["id"]: a for a in api("POST", "tasks/actions/available", json={"selection": {"ids": [task]}})["actions"]}
        assert available["deploy"]["count"] == 1

        def podium_says(*words):
            return subprocess.run([BINARY, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                                  env=dict(os.environ, PODIUM_URL=podium.url))

        asked = podium_says("deploy", task, "env", "staging")
        assert asked.returncode == 8 and receiver.received == [], asked
        done = podium_says("deploy", task, "env", "staging", "--yes")
        assert done.returncode == 0, done
        (received,) = receiver.received
        assert received.path == f"/deploy/{task}"
        assert received.headers["authorization"] == "Bearer s3cret-token-of-ci"
        assert received.json() == {"name": "resnet \"50\"", "loss": 0.25, "env": "staging"}
        assert "deployed" in api("GET", f"tasks/{task}")["tags"]
