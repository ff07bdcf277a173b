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
    updates = [m["content"] for m in published if m["msg_type"] == "update_display_data" and m["content"]["transient"] == shown["transient"]]
    assert updates and "<progress" in updates[-1]["data"]["text/html"]
    assert "3" in "".join(m["content"]["data"]["text/plain"] for m in published if m["msg_type"] == "display_data")


def job_of(progress):
    return progress["data"]["text/plain"].split()[1].rstrip(":")


def ended(podium, job, *states):
    deadline = time.monotonic() + 60
    while (state := podium.call("GET", f"/api/v1/jobs/{job}")["state"]) not in ("done", "cancelled", "failed"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert state in states


def test_an_interrupt_leaves_long_work_alone(kernel, podium, marks, tmp_path):
    name, _ = marks
    cell = kernel.send(f"linger in {name} file {tmp_path}/go")
    job = job_of(progressed(kernel, cell))
    kernel.manager.interrupt_kernel()
    reply = kernel.reply(cell, 10)["content"]
    assert reply["status"] == "error" and f"'cancel {job}' stops it" in reply["evalue"]
    kernel.published(cell)
    assert podium.call("GET", f"/api/v1/jobs/{job}")["state"] in ("waiting", "running")
    (tmp_path / "go").touch()
    assert "3" in kernel.ok(f"job {job}").text
    ended(podium, job, "done")


def test_long_work_is_cancelled_by_a_command(kernel, podium, marks, tmp_path):
    name, _ = marks
    cell = kernel.send(f"linger in {name} file {tmp_path}/never")
    job = job_of(progressed(kernel, cell))
    kernel.manager.interrupt_kernel()
    kernel.reply(cell, 10)
    kernel.published(cell)
    kernel.ok(f"cancel {job}")
    ended(podium, job, "cancelled", "failed")


def test_long_work_is_cancelled_by_its_button(kernel, podium, marks, tmp_path):
    name, _ = marks
    cell = kernel.send(f"linger in {name} file {tmp_path}/never", allow_stdin=True)
    job = job_of(progressed(kernel, cell))
    while True:
        message = kernel.client.get_iopub_msg(timeout=60)
        if message["msg_type"] == "comm_open":
            button = message["content"]["comm_id"]
            assert message["content"]["data"]["state"]["_anywidget_id"] == "podium.cancel"
        if message["msg_type"] == "display_data" and "application/vnd.jupyter.widget-view+json" in message["content"]["data"]:
            shown = message["content"]
            break
    kernel.comm("comm_msg", button, {"method": "custom", "content": {"cancel": True}})
    kernel.reply(cell, 60)
    published = kernel.published(cell, 60)
    ended(podium, job, "cancelled", "failed")
    # The button goes with what it was for.
    assert any(m["msg_type"] == "comm_close" and m["content"]["comm_id"] == button for m in published)
    gone = [m["content"] for m in published if m["msg_type"] == "update_display_data" and m["content"]["transient"] == shown["transient"]]
    assert gone[-1]["data"] == {"text/plain": ""}


def test_what_a_program_runs_has_no_button(kernel, marks, tmp_path):
    name, _ = marks
    cell = kernel.send(f"linger in {name} file {tmp_path}/go", allow_stdin=False)
    progressed(kernel, cell)
    seen = 0
    while seen < 5:  # five times told how far it is: the button would be there
        message = kernel.client.get_iopub_msg(timeout=60)
        assert message["msg_type"] != "comm_open"
        seen += message["msg_type"] == "update_display_data"
    (tmp_path / "go").touch()
    kernel.reply(cell, 60)
    kernel.published(cell, 60)


def test_undo_alone_is_of_this_notebook(kernel, podium, marks):
    """What was done last from here; the host keeps nothing between commands."""
    name, tasks = marks
    tags = lambda: [podium.call("GET", f"/api/v1/tasks/{t}")["tags"].get("seen") for t in tasks]  # noqa: E731
    cell = kernel.run("undo")
    assert cell.status == "error" and "nothing was done from here that can be undone" in cell.reply["content"]["evalue"]
    kernel.ok(f"tasks in {name} sort name limit 2 as two\ntag two seen=yes")
    podium.call("POST", "/api/v1/commands", {"line": f"tag {tasks[2]} seen=no"})  # somebody else's
    assert tags() == ["yes", "yes", "no"]
    kernel.ok("undo")
    assert tags() == [None, None, "no"]
