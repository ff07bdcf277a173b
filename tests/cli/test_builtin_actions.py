"""The built-in actions as a script types them, over runs that the MLflow client made, and what that client sees of it."""
import time

import pytest


@pytest.fixture
def runs(podium):
    """An experiment of its own with a finished run, a failed one and one that runs."""
    import mlflow

    client = mlflow.MlflowClient(podium.url)
    name = f"runs-{time.monotonic_ns()}"
    experiment = client.create_experiment(name)
    made = []
    for status in ("FINISHED", "FAILED", None):
        run = client.create_run(experiment, run_name=f"{name}-{status}").info.run_id
        client.log_param(run, "lr", "0.1")
        client.log_metric(run, "acc", 0.5)
        if status:
            client.set_terminated(run, status)
        made.append(run)
    return client, name, made


def outcomes(answer):
    section = answer["sections"]["tasks"]
    names = [c["name"] for c in section["columns"]]
    return {row[0]: dict(zip(names, row)) for row in section["rows"]}


def test_archive_and_its_undoing(podium, runs):
    client, name, (finished, failed, running) = runs
    answer = podium.json("archive", "in", name, "why", "clearing up")
    assert answer["fields"]["succeeded"] == 3 and answer["fields"]["undoable"]
    assert outcomes(answer)[running]["message"] == "it was aborted"
    assert client.get_run(finished).info.lifecycle_stage == "deleted"
    assert client.get_run(running).info.status == "KILLED"
    podium.ok("undo", answer["fields"]["run"])
    assert client.get_run(finished).info.lifecycle_stage == "active"
    history = podium.call("GET", f"/api/v1/tasks/{finished}/history")["events"]
    assert "clearing up" in [event.get("why") for event in history]
    again = podium.json("unarchive", finished, code=7)
    assert outcomes(again)[finished]["message"] == "Only an archived task can be restored."


def test_tags_of_a_client_come_back(podium, runs):
    client, name, (finished, failed, running) = runs
    client.set_tag(finished, "team", "nlp")
    answer = podium.json("tag", f"{finished},{failed}", "team=cv", "reviewed")
    assert client.get_run(finished).data.tags["team"] == client.get_run(failed).data.tags["team"] == "cv"
    podium.ok("undo", answer["fields"]["run"])
    assert client.get_run(finished).data.tags["team"] == "nlp"
    assert "team" not in client.get_run(failed).data.tags
    assert "reviewed" not in client.get_run(finished).data.tags


def test_into_a_queue_and_out(podium, runs):
    client, name, (finished, failed, running) = runs
    tried = podium.json("retry", failed, "outputs", "keep")
    assert "nobody takes tasks from the queue" in outcomes(tried)[failed]["message"]
    assert podium.json("show", failed)["fields"]["state"] == "pending"
    assert podium.json("manage-queue", failed)["fields"]["open_url"].startswith("/queues/")
    assert outcomes(podium.json("dequeue", failed))[failed]["message"] == "it is failed again"
    cloned = outcomes(podium.json("clone", finished, "name", "'{name}, again'"))[finished]["made"]
    assert podium.json("enqueue", cloned)["fields"]["succeeded"] == 1
    assert podium.json("enqueue", finished, code=7)["fields"]["failed"] == 1


def test_a_grid_of_clones_in_another_project(podium, runs):
    client, name, (finished, failed, running) = runs
    target = f"{name}/grid"
    made = podium.json("clone-grid", finished, "lr=0.1,0.01", "depth=3,4")
    assert outcomes(made)[finished]["message"] == "4 drafts made"
    drafts = podium.json("tasks", "in", name, "where", "state = 'draft'", "show", "id, params.lr, params.depth")["rows"]
    assert sorted((row[1], row[2]) for row in drafts) == [("0.01", "3"), ("0.01", "4"), ("0.1", "3"), ("0.1", "4")]
    assert podium.run("move", "in", name, "where", "state = 'draft'", "project", target).code == 7
    moved = podium.json("move", "in", name, "where", "state = 'draft'", "project", target, "create")
    assert moved["fields"]["succeeded"] == 4
    assert len(podium.json("tasks", "in", target)["rows"]) == 4


def test_what_takes_away_asks_first(podium, runs):
    client, name, (finished, failed, running) = runs
    assert podium.run("reset", failed).code == 8
    assert client.get_run(failed).data.metrics == {"acc": 0.5}
    preview = podium.json("reset", failed, "--dry-run")
    assert outcomes(preview)[failed]["message"].startswith("1 metric with 1 point")
    podium.ok("reset", failed, "yes")
    assert client.get_run(failed).data.metrics == {}
    podium.ok("archive", f"{finished},{failed}")
    asked = podium.json("delete", "in", name, "where", "archived", code=8)
    assert asked["affected"] == 2
    podium.ok("delete", "in", name, "where", "archived", f"--yes={asked['token']}")
    assert podium.run("show", finished).code == 3
    assert client.get_run(running).info.status == "RUNNING"
    podium.ok("abort", running, "yes")
    assert client.get_run(running).info.status == "KILLED"


def test_children_of_a_run(podium, runs):
    client, name, (finished, failed, running) = runs
    experiment = client.get_run(finished).info.experiment_id
    child = client.create_run(experiment, tags={"mlflow.parentRunId": finished}).info.run_id
    below = client.create_run(experiment, tags={"mlflow.parentRunId": child}).info.run_id
    done = podium.json("abort-children", finished, "yes")
    assert outcomes(done)[finished]["message"] == "2 child tasks aborted"
    assert {client.get_run(r).info.status for r in (child, below)} == {"KILLED"}
    assert client.get_run(running).info.status == "RUNNING"


def test_links(podium, runs):
    client, name, (finished, failed, running) = runs
    assert podium.json("details", finished)["fields"]["open_url"].endswith(f"/tasks?sel={finished}&tab=info")
    assert f"sel={finished},{failed}" in podium.json("share", f"{finished},{failed}")["fields"]["open_url"]
    assert podium.run("details", f"{finished},{failed}").code == 2
