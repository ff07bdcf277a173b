"""Boards as several people and programs use them: edited at once, left by data sets, moved by goals, followed live, logged by MLflow."""
import concurrent.futures
import time

import mlflow
import pytest

import reference
from conftest import Boards, assert_equal
from podium import Podium
from world import World

BY_M = {"primary": {"metric": "acc"}, "group_by": {"params": ["m"]}}


def names(ranking):
    return [row["label"]["params"]["m"] for row in ranking["rows"]]


def awaits(what, is_so, seconds=60):
    """Looks again, as the store goes on, until it is so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"{what}: not in {seconds} s"
        time.sleep(0.02)


def etag(api, path):
    return api.raw("GET", path).headers["ETag"]


def test_two_who_edit_a_board_at_once_do_not_overwrite_each_other(api, project):
    board = api.board(project, BY_M)
    tag = etag(api, f"boards/{board}")

    def edit(name):
        return Boards(api.url).raw("PATCH", f"boards/{board}", json={"name": name}, headers={"If-Match": tag})
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(edit, [f"name {i}" for i in range(8)]))
    assert sorted(a.status_code for a in answers) == [200] + [409] * 7
    won, = [a.json() for a in answers if a.status_code == 200]
    assert api("GET", f"boards/{board}")["name"] == won["name"]
    refused = next(a.json() for a in answers if a.status_code == 409)
    assert refused["code"] == "conflict"
    # Read again, the other one's edit goes through, and nothing of the first is lost.
    again = api.raw("PATCH", f"boards/{board}", json={"definition": {**BY_M, "least_tasks": 2}}, headers={"If-Match": etag(api, f"boards/{board}")})
    assert again.status_code == 200
    assert (again.json()["name"], again.json()["definition"]["least_tasks"]) == (won["name"], 2)


def test_two_boards_of_a_project_are_apart(api, world, project):
    """Edits of one, at the same time as those of another, touch only their own."""
    boards = [api.board(project, BY_M, name=f"board {i}") for i in range(2)]
    for m, acc in (("a", 0.5), ("b", 0.7)):
        world.run(project, {"acc": acc}, params={"m": m})

    def edit(i):
        own = Boards(api.url)
        for n in range(10):
            direction = "max" if (n + i) % 2 else "min"
            own("PATCH", f"boards/{boards[i]}", json={"definition": {**BY_M, "primary": {"metric": "acc", "direction": direction}}})
        return direction
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        directions = list(pool.map(edit, range(2)))
    assert sorted(directions) == ["max", "min"]
    for board, direction in zip(boards, directions):
        assert names(api.ranking(board)) == (["b", "a"] if direction == "max" else ["a", "b"])


def test_a_ranking_that_is_the_same_is_not_sent_again(api, world, project):
    board = api.board(project, BY_M)
    world.run(project, {"acc": 0.5}, params={"m": "a"})
    tag = etag(api, f"boards/{board}/ranking")
    assert api.raw("GET", f"boards/{board}/ranking", headers={"If-None-Match": tag}).status_code == 304
    world.run(project, {"acc": 0.9}, params={"m": "b"}, state="failed")
    world.run(project, {"acc": 0.9}, params={"m": "b"}, state="completed")
    answer = api.raw("GET", f"boards/{board}/ranking", headers={"If-None-Match": tag})
    assert answer.status_code == 200 and names(answer.json()) == ["b", "a"]


@pytest.mark.parametrize("mode", ["podium", "compatible"])
def test_a_data_set_that_is_deleted(api, world, project, check, mode):
    """It goes with its project; the board goes on asking for it."""
    name = next(name for name, id in world.projects.items() if id == project)
    below = world.project(f"{name}/below")
    world.run(project, {"acc": 0.5}, params={"m": "a"}, datasets=[("kept", "1", "")])
    world.run(below, {"acc": 0.7}, params={"m": "a"}, datasets=[("lost", "1", "")])
    world.label(world.datasets[1], "prod", "")
    listed = {**BY_M, "mode": mode, "subprojects": True, "datasets": [{"name": "lost", "digest": "1"}]}
    labelled = {**BY_M, "mode": mode, "subprojects": True, "coverage": [{"label": "prod", "last": 1}]}
    for definition in (listed, labelled):
        row, = check(project, definition)["rows"]
        assert (row["rank"], row["values"]["acc"]) == (1, 0.7)
    counted = api("POST", "projects/delete", json={"project": below, "dry_run": True})
    api("POST", "projects/delete", json={"project": below, "token": counted["token"]})
    awaits("the data set is gone", lambda: not api("GET", "datasets", params={"name": "lost", "project": project, "scope": "subprojects"})["datasets"])
    awaits("its task is gone", lambda: api.raw("GET", f"tasks/{world.tasks[1].id}").status_code in (404, 410))
    world.tasks = [t for t in world.tasks if t.project == project]
    world.datasets = [s for s in world.datasets if s.project == project]
    del world.projects[f"{name}/below"]
    for definition in (listed, labelled):
        row, = check(project, definition)["rows"]
        assert not row["qualified"] and row["reasons"]


def test_a_goal_that_is_changed(api, world, project):
    goal = api("POST", f"projects/{project}/goals", json={"metric": "acc", "direction": "max", "target": 0.6})
    board = api.board(project, {**BY_M, "filter": "goals_met"})
    for m, acc in (("a", 0.5), ("b", 0.7), ("c", 0.9)):
        world.run(project, {"acc": acc}, params={"m": m})
    awaits("those who meet the goal are on the board", lambda: names(api.ranking(board)) == ["c", "b"])
    goal = api("PATCH", f"projects/{project}/goals/{goal['id']}", json={"target": 0.8})
    awaits("the other goal is judged by", lambda: names(api.ranking(board)) == ["c"])
    api("DELETE", f"projects/{project}/goals/{goal['id']}")
    awaits("without a goal nobody meets it", lambda: names(api.ranking(board)) == [])


def test_a_board_is_live(api, world, project):
    board = api.board(project, BY_M)
    topic = {"topic": "collection/leaderboard/boards"}
    since = api("GET", "events", params=topic)["revision"]

    def heard():
        nonlocal since
        message = api("GET", "events", params={**topic, "since": since, "wait": 30})
        since = message["revision"]
        # What is added may be known already (docs/events.md).
        return {id for event in message["events"] for kind in ("added", "changed") for id in event.get(kind, [])}

    world.run(project, {"acc": 0.5}, params={"m": "a"})
    while board not in heard():
        pass
    assert names(api.ranking(board)) == ["a"]
    world.run(project, {"acc": 0.9}, params={"m": "b"})
    while board not in heard():
        pass
    assert names(api.ranking(board)) == ["b", "a"]
    world.archive(world.tasks[1])
    while board not in heard():
        pass
    assert names(api.ranking(board)) == ["a"]


def test_runs_of_the_mlflow_client(api, world, project, check):
    """As people log them: nested parameters as numbers, a curve, a data set as an input with a role."""
    name = next(name for name, id in world.projects.items() if id == project)
    client = mlflow.MlflowClient(api.url)
    for m, lr, accs in (("a", 0.1, [0.1, 0.9]), ("a", 1e-1, [0.5, 0.7]), ("b", 0.01, [0.75])):
        run = client.create_run(client.get_experiment_by_name(name).experiment_id)
        client.log_param(run.info.run_id, "m", m)
        client.log_param(run.info.run_id, "lr", lr)
        for step, acc in enumerate(accs):
            client.log_metric(run.info.run_id, "acc", acc, step=step)
        client.set_terminated(run.info.run_id)
    board = api.board(project, {"primary": {"metric": "acc", "value": "best"}, "group_by": {"params": ["m", "lr"]}})
    rows = api.ranking(board)["rows"]
    assert [(r["rank"], r["label"]["params"], r["tasks"], round(r["values"]["acc"], 9)) for r in rows] == [
        (1, {"m": "a", "lr": "0.1"}, 2, 0.8), (2, {"m": "b", "lr": "0.01"}, 1, 0.75)]


def test_boards_survive_kill(tmp_path):
    """What was acknowledged is on the board after kill -9, and what a board said is played back."""
    podium = Podium(tmp_path / "data").start()
    world = World(Boards(podium.url))
    project = world.project("killed")
    board = world.api.board(project, BY_M)
    told = []
    for i in range(12):
        world.run(project, {"acc": (i * 5 % 7) / 8}, params={"m": f"m{i % 5}"})
        if i % 4 == 1:
            world.archive(world.tasks[i // 2])
        moment = world.moment()
        if i % 2:
            assert_equal(world.api.ranking(board), reference.board(world, project, BY_M))
        if i % 3 == 2:
            podium.kill()
            podium.start()
            world.api = Boards(podium.url)
            assert_equal(world.api.ranking(board), reference.board(world, project, BY_M))
        told.append((moment, world.api.ranking(board)["rows"]))
    for moment, rows in told:
        assert world.api.ranking(board, at=moment)["rows"] == rows
    assert podium.stop() == 0
