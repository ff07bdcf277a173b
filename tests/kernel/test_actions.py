"""What changes something: questions, long work, results by name."""
import time

import pytest

from conftest import PLUGIN


@pytest.fixture
def marks(podium):
    if not PLUGIN.exists():
        pytest.skip("the tests' plugin was not built")
    name = f"marks-{time.monotonic_ns()}"
    project = podium.call("POST", "/api/v1/projects", {"name": name})["id"]
    return name, [podium.task(project, f"t{i}", "completed") for i in range(3)]


def test_a_question_is_asked(kernel, marks):
    for reply, said in (("y", "done as 't1'"), ("n", None)):
        cell = kernel.send("inquire", allow_stdin=True)
        question = kernel.client.get_stdin_msg(timeout=30)["content"]
        assert question["password"] is False and "pwd" not in question and "[y/N]" in question["prompt"]
        kernel.client.input(reply)
        answer = kernel.reply(cell)["content"]
        published = kernel.published(cell)
        assert any("Really?" in m["content"]["data"]["text/plain"] for m in published if m["msg_type"] == "display_data")
        if said:
            assert answer["status"] == "ok" and any(said in m["content"]["text"] for m in published if m["msg_type"] == "stream")
        else:
            assert answer["status"] == "error" and answer["evalue"] == "nothing was done"


def test_without_stdin_it_says_how(kernel, marks):
    cell = kernel.run("inquire", allow_stdin=False)
    assert cell.status == "error" and "'yes t1'" in cell.reply["content"]["evalue"]
    assert "done as 't1'" in kernel.ok("inquire yes t1", allow_stdin=False).out


def test_an_action_on_a_result(kernel, podium, marks):
    name, tasks = marks
    kernel.ok(f"tasks in {name} sort name limit 2 as two")
    cell = kernel.ok("archive two yes")
    assert cell.displays or cell.out
    assert [podium.call("GET", f"/api/v1/tasks/{t}")["archived"] for t in tasks] == [True, True, False]


def progressed(kernel, cell):
    """Reads up to the first progress of a cell."""
    while True:
        message = kernel.client.get_iopub_msg(timeout=60)
        if message["parent_header"].get("msg_id") == cell and message["msg_type"] == "display_data":
            if message["content"]["data"]["text/plain"].startswith("job "):
                return message["content"]


def test_long_work_shows_how_far_it_is(kernel, marks, tmp_path):
    name, _ = marks
    cell = kernel.send(f"linger in {name} file {tmp_path}/go")
    shown = progressed(kernel, cell)
    assert "<progress" in shown["data"]["text/html"]
    (tmp_path / "go").touch()
    assert kernel.reply(cell, 60)["content"]["status"] == "ok"
    published = kernel.published(cell, 60)
    updates = [m["content"] for m in published if m["msg_type"] == "update_display_data"]
    assert updates and all(u["transient"] == shown["transient"] for u in updates)
    assert "3" in "".join(m["content"]["data"]["text/plain"] for m in published if m["msg_type"] == "display_data")


def test_an_interrupt_cancels_long_work(kernel, podium, marks, tmp_path):
    name, _ = marks
    cell = kernel.send(f"linger in {name} file {tmp_path}/never")
    job = progressed(kernel, cell)["data"]["text/plain"].split()[1].rstrip(":")
    kernel.manager.interrupt_kernel()
    reply = kernel.reply(cell, 10)["content"]
    assert reply["status"] == "error" and job in reply["evalue"]
    deadline = time.monotonic() + 60
    while podium.call("GET", f"/api/v1/jobs/{job}")["state"] not in ("cancelled", "failed"):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    kernel.published(cell)
    kernel.ok("projects")


def test_undo_alone_is_of_this_notebook(kernel, podium, marks):
    """What was done last from here; the host keeps nothing between commands."""
    name, tasks = marks
    tags = lambda: [podium.call("GET", f"/api/v1/tasks/{t}")["tags"].get("seen") for t in tasks]  # noqa: E731
    cell = kernel.run("undo")
    assert cell.status == "error" and "nothing was done from this notebook that can be undone" in cell.reply["content"]["evalue"]
    kernel.ok(f"tasks in {name} sort name limit 2 as two\ntag two seen=yes")
    podium.call("POST", "/api/v1/commands", {"line": f"tag {tasks[2]} seen=no"})  # somebody else's
    assert tags() == ["yes", "yes", "no"]
    kernel.ok("undo")
    assert tags() == [None, None, "no"]
