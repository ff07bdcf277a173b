"""A podium for the whole session; tasks are logged by the real MLflow client, and over podium's own API."""
import itertools
import json
import os
import pathlib
import struct
import subprocess
import sys

import numpy
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from api import Api  # noqa: E402
from podium import BINARY, Podium  # noqa: E402

BINARY_TYPE = "application/x-podium-series"
_numbers = itertools.count()


class Compare(Api):
    def series(self, **asked):
        """Curves as JSON; what the binary form says is held against it."""
        answer = self("POST", "series", json=asked)
        packed = self.raw("POST", "series", json=asked, headers={"Accept": BINARY_TYPE})
        assert packed.status_code == 200 and packed.headers["Content-Type"] == BINARY_TYPE, packed.text
        assert unpacked(packed.content) == numbers_of(answer)
        return answer

    def compare(self, what, status=200, **asked):
        return self("POST", f"comparisons/{what}", status, json=asked)

    def curve(self, task, key, points, scope=""):
        """points: (step, value) or (step, time, value)."""
        rows = [[p[0], 1_700_000_000_000 + p[0], p[1]] if len(p) == 2 else list(p) for p in points]
        self("POST", f"tasks/{task}/log", json={"metrics": [{"key": key, "scope": scope, "points": rows}]})


def number(v):
    """As JSON of podium spells what is no number."""
    return {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}.get(v, v) if isinstance(v, str) else v


def numbers_of(answer):
    """The answer with columns as lists of floats that compare (NaN equals itself)."""
    for s in answer["series"]:
        s["columns"] = {name: [repr(float(number(v))) for v in column] for name, column in s["columns"].items()}
    return answer


def unpacked(data):
    """Reads the binary form as docs/comparison.md tells it."""
    assert data[:8] == b"PODSERI1"
    length, zero = struct.unpack_from("<II", data, 8)
    assert length % 8 == 0 and zero == 0
    answer = json.loads(data[16 : 16 + length])
    end = 0
    for s in answer["series"]:
        for name, c in s["columns"].items():
            assert c["offset"] % 8 == 0 and c["offset"] == end
            kind = {"f64": "<f8", "u32": "<u4"}[c["type"]]
            values = numpy.frombuffer(data, kind, c["n"], 16 + length + c["offset"])
            size = values.nbytes
            end = c["offset"] + (size + 7) // 8 * 8
            s["columns"][name] = [repr(float(v) + c["base"] if c["type"] == "u32" else float(v)) for v in values]
    assert len(data) == 16 + length + end
    return answer


@pytest.fixture(scope="session")
def podium(tmp_path_factory):
    with Podium(tmp_path_factory.mktemp("podium") / "data") as running:
        yield running
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"
    assert running.process.returncode == 0


@pytest.fixture
def api(podium):
    return Compare(podium.url)


@pytest.fixture
def project(api):
    return api.project(f"compare-{next(_numbers)}")


@pytest.fixture
def mlflow(podium, monkeypatch, tmp_path):
    import mlflow as module

    monkeypatch.chdir(tmp_path)
    module.set_tracking_uri(podium.url)
    module.set_experiment(f"logged-{next(_numbers)}")
    yield module
    while module.active_run():
        module.end_run()


@pytest.fixture
def command(podium):
    def run(*words, code=0):
        ended = subprocess.run([BINARY, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
                               env=dict(os.environ, PODIUM_URL=podium.url))
        assert ended.returncode == code, (words, ended.stdout, ended.stderr)
        return ended

    run.json = lambda *words, code=0: json.loads(run(*words, "--json", code=code).stdout)
    return run
