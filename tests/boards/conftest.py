"""A podium whose tasks are logged over its API and MLflow's wire, and whose boards are read over HTTP."""
import itertools
import math
import os
import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from api import Api  # noqa: E402
from podium import BINARY, Podium  # noqa: E402

import reference  # noqa: E402
from verb import Said, Vision, by_lr, valid  # noqa: E402
from world import World  # noqa: E402


class Boards(Api):
    def mlflow(self, path, **body):
        answer = self.session.post(f"{self.url}/api/2.0/mlflow/{path}", json=body, timeout=60)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    def board(self, project, definition, name="board", **more):
        return self("POST", "boards", json={"name": name, "project": project, "definition": definition, **more})["id"]

    def ranking(self, board, **params):
        return self("GET", f"boards/{board}/ranking", params={"limit": 1000, **params})

    def trust(self, board, **params):
        return self("GET", f"boards/{board}/trust", params=params)


def numbers(value):
    """JSON's spelling of what JSON cannot say."""
    return {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}.get(value, value) if isinstance(value, str) else value


def close(a, b):
    a, b = numbers(a), numbers(b)
    if a is None or b is None:
        return a is b
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    return a == b or math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-15)


def told(rows, names):
    """Rows as they are compared: of podium or of the reference."""
    made = []
    for row in rows:
        values = row["values"] if isinstance(row["values"], dict) else dict(zip(names, row["values"]))
        spread = row.get("spread", {})  # of a single task there is none
        spread = spread if isinstance(spread, dict) else dict(zip(names, spread))
        first = row["first"][0] if isinstance(row["first"], tuple) else row["first"]
        made.append((row.get("rank"), row["label"], row["tasks"], row["qualified"], first, values, spread, row["columns"]))
    return made


def assert_equal(ranking, expected):
    """A ranking that podium gave, and a board of the reference."""
    names = expected.names
    rows = expected.rows()
    assert ranking["total"] == len(rows)
    assert ranking["ranked"] == sum(row["qualified"] for row in rows)
    if isinstance(expected, reference.Compatible):
        assert close(ranking["best"], expected.best()), f"{ranking['best']}, not {expected.best()}"
    for got, want in zip(told(ranking["rows"], names), told(rows, names), strict=True):
        assert got[:5] == want[:5], f"{got}\n{want}"
        for part in (5, 6, 7) if got[6] else (5, 7):
            for name, value in want[part].items():
                found = got[part].get(name)
                found = found.get("value") if isinstance(found, dict) else found
                assert close(found, value), f"{name}: {found}, not {value}\n{got}\n{want}"
    for row in ranking["rows"]:
        assert row["qualified"] or row["reasons"], row
        assert not row["qualified"] or not row.get("reasons"), row


@pytest.fixture(scope="session")
def podium(tmp_path_factory):
    with Podium(tmp_path_factory.mktemp("boards") / "data") as running:
        yield running
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"
    assert running.process.returncode == 0


@pytest.fixture(scope="session")
def api(podium):
    return Boards(podium.url)


counter = itertools.count()


@pytest.fixture
def world(api):
    return World(api)


@pytest.fixture
def project(world):
    return world.project(f"p{next(counter)}")


@pytest.fixture
def check(api, world):
    """Makes a board and compares it with the reference, now and whenever it is called again."""
    known = {}

    def check(project, definition):
        key = (project, repr(definition))
        if key not in known:
            known[key] = api.board(project, definition, name=f"board {len(known)}")
        expected = reference.board(world, project, definition)
        ranking = api.ranking(known[key])
        assert_equal(ranking, expected)
        return ranking

    return check


# Of the word `board`.

@pytest.fixture
def say(api):
    def say(line, **more):
        answer = api("POST", "commands", json={"line": line, **more})
        return Said(valid(answer))
    return say


@pytest.fixture
def refused(api):
    def refused(line, code=400, **more):
        answer = api.raw("POST", "commands", json={"line": line, **more})
        assert answer.status_code == code, answer.text
        return answer.json()
    return refused


@pytest.fixture
def run(api):
    """The binary as a script runs it."""
    def run(*words):
        env = {k: v for k, v in os.environ.items() if k not in ("PODIUM_URL", "MLFLOW_TRACKING_URI")}
        return subprocess.run([BINARY, *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                              env=env | {"PODIUM_URL": api.url})
    return run


@pytest.fixture
def vision(world, api):
    return Vision(world, api)


@pytest.fixture
def board(vision, say):
    """The name and the id of a board that was saved by the verb."""
    name = f"which lr {next(counter)}"
    said = say(by_lr(vision, f"least 3 columns energy energy relative save as '{name}'"))
    assert said.kind == "table" and any("saved" in n for n in said.notices)
    found = [b for b in vision.api("GET", "boards", params={"project": vision.id})["boards"] if b["name"] == name]
    assert len(found) == 1
    return name, found[0]["id"]
