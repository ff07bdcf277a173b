"""What is looked at: a task with all that it keeps, saved views, and answers that follow what happens."""
import json
import time
import urllib.request

import pytest

from conftest import HOSTILE, PLUGIN

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000"
                    "1f15c4890000000d49444154789c6360f8cf500f000301010018dd8db00000000049454e44ae426082")
VIEW = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def project(podium):
    name = f"views-{time.monotonic_ns()}"
    return name, podium.call("POST", "/api/v1/projects", {"name": name})["id"]


def updates_of(kernel, display, seconds=60):
    """What a display is replaced with, as it comes."""
    end = time.monotonic() + seconds
    while True:
        message = kernel.client.get_iopub_msg(timeout=max(0.01, end - time.monotonic()))
        if message["msg_type"] == "update_display_data" and message["content"]["transient"] == display["transient"]:
            yield message["content"]["data"]


def until(updates, text):
    for data in updates:
        if text in data["text/plain"]:
            return data


def test_a_task_with_all_that_it_keeps(kernel, podium, project, tmp_path):
    import mlflow

    client = mlflow.MlflowClient(podium.url)
    run = client.create_run(project[1], run_name="kept", tags={"team": "cv"}).info.run_id
    client.log_param(run, "lr", "0.1")
    client.log_metric(run, "acc", 0.9)
    for name, content in (("plot.png", PNG), ("note.txt", b"<script>alert(1)</script> \x1b[31mred"), ("drawn.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"),
                          ("model.bin", bytes(1000)), ("long.txt", b"x" * 100_000)):
        (tmp_path / name).write_bytes(content)
        client.log_artifact(run, str(tmp_path / name))
    cell = kernel.ok(f"show {run}")
    details = cell.displays[0]["data"]
    for word in ("lr", "acc", "team", "plot.png", "history", "create"):
        assert word in details["text/html"], word
        assert word in details["text/plain"], word
    shown = {d["data"].get("text/plain", "").strip().split("\n")[0].strip("[]"): d["data"] for d in cell.displays[1:]}
    assert "image/png" in shown["plot.png"] and "text/html" not in shown["plot.png"]
    assert "&lt;script&gt;" in shown["note.txt"]["text/html"] and "\x1b" not in json.dumps(shown["note.txt"])
    assert shown["drawn.svg"]["text/html"].startswith("<img ")  # an image that runs no script
    assert len(shown["long.txt"]["text/plain"]) < 20_000 and "…" in shown["long.txt"]["text/plain"]
    assert "model.bin" not in shown and "<script" not in cell.html


def test_a_saved_view_is_a_table_that_works(kernel, podium, project):
    name, number = project
    tasks = [podium.task(number, f"t{i}", "completed", metrics={"acc": [i / 10]}) for i in range(4)]
    podium.call("POST", "/api/v1/views", {"name": "good ones", "project": number, "state": {
        "columns": [{"name": "name"}, {"name": "metrics.acc", "width": 90}, {"name": "state", "hidden": True}],
        "order": ["metrics.acc desc"], "filter": "metrics.acc > 0.05",
        "filters": [{"column": "name", "in": ["t1", "t2"]}]}})
    cell = kernel.ok(f"view 'good ones' in {name} as good")
    opened = [m for m in cell.of("comm_open") if m["data"]["state"]["_anywidget_id"] == "podium.table"]
    state = opened[0]["data"]["state"]
    assert state["question"]["project"] == number and state["question"]["filter"] == "metrics.acc > 0.05"
    assert [c["name"] for c in state["state"]["columns"]] == ["name", "metrics.acc"] and state["state"]["order"] == ["metrics.acc desc"]
    rows = podium.call("POST", "/api/v1/tasks/query", {**state["question"], "columns": ["name"], "order": ["metrics.acc desc"]})["rows"]
    assert [r[0] for r in rows] == ["t2", "t1"]
    both = kernel.ok("series metrics.acc of good").text
    assert "t1" in both and "t2" in both and "t3" not in both
    assert tasks[3] not in kernel.ok("widgets off\ntasks where id = '" + tasks[3] + "' and name = 't1'").text


def test_a_task_that_is_watched(kernel, podium, project):
    task = podium.task(project[1], "growing")
    (shown,) = kernel.ok(f"show {task} live").displays
    assert "completed" not in shown["data"]["text/plain"]
    podium.end(task)
    assert "text/html" in until(updates_of(kernel, shown), "completed")


def test_a_table_that_is_none_of_tasks_follows_too(kernel, podium, project):
    (shown,) = kernel.ok("set rows 1000\nprojects live").displays
    name = f"{project[0]}-more"
    podium.call("POST", "/api/v1/projects", {"name": name})
    assert until(updates_of(kernel, shown), name)


def test_a_figure_follows(kernel, podium, project):
    if not PLUGIN.exists():
        pytest.skip("the tests' plugin was not built")
    (shown,) = kernel.ok("sketch waves live").displays
    updates = updates_of(kernel, shown)
    next(updates)  # the first one: what changed before it was heard
    podium.task(project[1], "new")
    assert "application/vnd.vegalite.v5+json" in next(updates)


def test_curves_grow_until_their_task_ends(kernel, podium, project):
    task = podium.task(project[1], "growing", metrics={"loss": [3.0]})
    cell = kernel.ok(f"chart metrics.loss of {task}", allow_stdin=False)
    (shown,) = cell.displays  # a program that runs notebooks gets no widget
    podium.log(task, {"loss": [2.0, 1.25]}, first=1)
    updates = updates_of(kernel, shown)
    assert until(updates, "1.25")
    podium.log(task, {"loss": [0.625]}, first=3)
    podium.end(task)
    assert until(updates, "0.625")


def test_curves_go_on_in_a_page_that_is_loaded_again(kernel, podium, project):
    task = podium.task(project[1], "growing", metrics={"loss": [3.0]})
    cell = kernel.ok(f"chart metrics.loss of {task}", allow_stdin=True)
    shown, view = cell.displays
    (opened,) = cell.of("comm_open")
    picture = opened["comm_id"]
    assert view["data"][VIEW]["model_id"] == picture and "application/vnd.vegalite.v5+json" in shown["data"]
    assert "<svg" not in json.dumps(opened)  # the picture is in no notebook's state
    kernel.comm("comm_open", "e" * 32, {}, "jupyter.widget.control")
    kernel.comm("comm_msg", "e" * 32, {"method": "request_states"})

    def heard(where, seconds=60):
        end = time.monotonic() + seconds
        while True:
            message = kernel.client.get_iopub_msg(timeout=max(0.01, end - time.monotonic()))
            if message["msg_type"].startswith("comm_") and where(message["msg_type"], message["content"]):
                return message["content"]

    states = heard(lambda kind, c: c["comm_id"] == "e" * 32 and kind == "comm_msg")["data"]["states"]
    assert states[picture]["state"]["reloaded"] is True
    kernel.comm("comm_msg", picture, {"method": "custom", "content": {"ask": "picture"}})
    first = heard(lambda kind, c: c["comm_id"] == picture and kind == "comm_msg")["data"]["content"]["picture"]
    assert first.startswith("<svg ") and "polyline" not in first
    podium.log(task, {"loss": [2.0, 1.0]}, first=1)
    assert heard(lambda kind, c: c["comm_id"] == picture and kind == "comm_msg" and "polyline" in c["data"].get("content", {}).get("picture", ""))
    podium.end(task)
    heard(lambda kind, c: c["comm_id"] == picture and kind == "comm_close")


def test_hostile_figures_and_details_follow_as_text(kernel, podium, project):
    task = podium.task(project[1], HOSTILE, params={HOSTILE[:200]: HOSTILE})
    (shown,) = kernel.ok(f"show {task} live").displays
    podium.end(task)
    data = until(updates_of(kernel, shown), "completed")
    assert "<img" not in data["text/html"] and "<script" not in data["text/html"] and "\u202e" not in json.dumps(data, ensure_ascii=False)
