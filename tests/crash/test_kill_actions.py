"""kill -9 in the middle of a run of an action over very many tasks, with some that refuse: after the restart it goes on by itself,
and in the end nothing was done twice and nothing left out. PODIUM_CRASH_TASKS sets how many tasks there are."""
import json
import os
import random
import time

import pytest
from ledger import Connection
from podium import Podium

TASKS = int(os.environ.get("PODIUM_CRASH_TASKS", "100000"))
KILLS = 3
REFUSING = 20


class Api(Connection):
    def __call__(self, method, path, body=None):
        status, text = self.raw(method, "/api/v1/" + path, None if body is None else json.dumps(body), {"Content-Type": "application/json"})
        assert status < 300, (method, path, status, text)
        return json.loads(text)


def fill(api, project):
    """Drafts in `project`, by the grid of a clone; some of them have a published child and refuse to be deleted."""
    seed = api("POST", "tasks", {"project": project, "name": "seed"})["id"]
    made = 1
    while made < TASKS:
        size = min(200, TASKS - made)
        clones = api("POST", "tasks/clone", {"ids": [seed], "limit": 200, "grid": {"n": list(range(made, made + size))}})
        made += sum(one["count"] for one in clones["succeeded"])
    return seed


def tasks_of(api, project, count):
    page = api("POST", "tasks/query", {"project": project, "archived": "both", "columns": ["id"], "order": ["created"], "offset": 0,
                                       "limit": min(count, 1000)})
    return page["total"], [row[0] if isinstance(row, list) else row["id"] for row in page["rows"]]


def publish_child(api, project, parent):
    child = api("POST", "tasks", {"project": project, "name": "child", "parent": parent, "state": "running"})["id"]
    api("POST", f"tasks/{child}/transition", {"kind": "complete"})
    api("POST", f"tasks/{child}/publish", {})


def killed_while(podium, job, total, chance):
    """Kills podium at some places of a job; returns the api of the podium that goes on."""
    api = Api(podium.url)
    for number in range(KILLS):
        goal = total * (number + chance.uniform(0.1, 0.9)) / (KILLS + 1)
        while (state := api("GET", f"jobs/{job}"))["done"] < goal and state["state"] in ("running", "waiting"):
            time.sleep(0.005)
        assert state["state"] in ("running", "waiting"), state
        podium.kill()
        podium.start()
        api = Api(podium.url)
    return api


def ended(api, job):
    deadline = time.monotonic() + 300
    while (state := api("GET", f"jobs/{job}"))["state"] in ("running", "waiting"):
        assert time.monotonic() < deadline, state
        time.sleep(0.05)
    return state


@pytest.fixture
def podium(tmp_path):
    started = Podium(tmp_path / "data", "--log-level", "warning").start()
    yield started
    assert started.stop() == 0


def test_runs_are_exact_over_kills(podium):
    seed = int(os.environ.get("PODIUM_CRASH_SEED", time.time_ns() % 1_000_000))
    print(f"PODIUM_CRASH_SEED={seed}")
    chance = random.Random(seed)
    api = Api(podium.url)
    api("POST", "projects", {"name": "many"})
    api("POST", "projects", {"name": "others"})
    project = next(p["id"] for p in api("GET", "projects?limit=1000")["projects"] if p["name"] == "many")
    others = next(p["id"] for p in api("GET", "projects?limit=1000")["projects"] if p["name"] == "others")
    fill(api, project)
    total, some = tasks_of(api, project, TASKS)
    assert total == TASKS
    refusing = chance.sample(some, REFUSING)
    for parent in refusing:
        publish_child(api, others, parent)

    # Each is archived once: the history of those around the kills says so.
    run = api("POST", "tasks/actions/run", {"action": "archive", "selection": {"project": project}, "wait": 0})
    api = killed_while(podium, run["job"], TASKS, chance)
    assert ended(api, run["job"])["state"] == "done"
    run = api("GET", f"tasks/actions/runs/{run['run']}")
    assert (run["state"], run["matched"], run["succeeded_count"], run["failed_count"], run["skipped"]) == ("done", TASKS, TASKS, 0, 0)
    counts = api("POST", "tasks/actions/available", {"selection": {"project": project}, "actions": ["archive", "unarchive"]})
    assert [a["count"] for a in counts["actions"]] == [0, TASKS]
    for task in chance.sample(some, 200):
        changes = [entry["change"] for entry in api("GET", f"tasks/{task}/history")["history"]]
        assert changes.count("archive") == 1, (task, changes)

    # Those that refuse are told, each once, and all others are gone.
    run = api("POST", "tasks/actions/run", {"action": "delete", "selection": {"project": project}, "wait": 0})
    api = killed_while(podium, run["job"], TASKS, chance)
    assert ended(api, run["job"])["state"] == "done"
    run = api("GET", f"tasks/actions/runs/{run['run']}")
    assert (run["matched"], run["succeeded_count"], run["failed_count"], run["skipped"]) == (TASKS, TASKS - REFUSING, REFUSING, 0)
    assert sorted(one["id"] for one in run["failed"]) == sorted(refusing)
    failed = api("GET", f"tasks/actions/runs/{run['run']}/failed")
    assert sorted(one["id"] for one in failed["failed"]) == sorted(refusing) and failed["cursor"] is None
    total, left = tasks_of(api, project, REFUSING)
    assert total == REFUSING and sorted(left) == sorted(refusing)
