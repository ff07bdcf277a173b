"""What follows what happens: tables that hear, outputs that are replaced in place."""
import time

import pytest

from test_table import Table


@pytest.fixture(scope="module")
def lively(server):
    """A project of its own: others count the tasks of theirs."""
    return server.call("POST", "/api/v1/projects", {"name": "lively"})["id"]


def updates(kernel, seconds=30):
    deadline = time.monotonic() + seconds
    while True:
        message = kernel.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
        if message["msg_type"] == "update_display_data":
            yield message["content"]


def test_a_live_table_hears(kernel, server, lively):
    table = Table(kernel, "%podium tasks in lively live")
    made = server.task(lively, "new")
    deadline = time.monotonic() + 30
    while True:
        # It may listen a little later than it is shown: something happens until it is told.
        server.log(made, {"loss": [1.0]})
        try:
            news = table.next(seconds=2, where=lambda c: "news" in c)["content"]["news"]
        except Exception:
            assert time.monotonic() < deadline
            continue
        if made in [i for e in news["events"] for i in e.get("added", []) + e.get("changed", [])]:
            return


def test_curves_of_a_running_task_grow(kernel, server, lively):
    task = server.task(lively, "grows", metrics={"acc": [0.1, 0.2]})
    shown = kernel.ok("%podium chart metrics.acc of grows").of("display_data")[0]
    assert len(shown["data"]["application/vnd.vegalite.v5+json"]["data"]["values"]) == 2
    step, deadline = 2, time.monotonic() + 60
    while True:
        server.log(task, {"acc": [0.3]}, first=step)
        step += 1
        try:
            update = next(updates(kernel, 2))
        except Exception:
            assert time.monotonic() < deadline
            continue
        assert update["transient"]["display_id"] == shown["transient"]["display_id"]
        assert len(update["data"]["application/vnd.vegalite.v5+json"]["data"]["values"]) > 2
        return


def test_text_that_follows(kernel, server, lively):
    """Groups are no widget; they are replaced where they stand."""
    shown = kernel.ok("%podium tasks in lively group by state show count live").of("display_data")[0]
    deadline = time.monotonic() + 60
    while True:
        server.task(lively, "more", "completed")
        try:
            update = next(updates(kernel, 2))
        except Exception:
            assert time.monotonic() < deadline
            continue
        if update["transient"]["display_id"] == shown["transient"]["display_id"]:
            assert update["data"]["text/html"] != shown["data"]["text/html"]
            return


def test_a_cell_that_runs_again_follows_once(kernel, lively):
    count = "sum(t.name == 'podium-events' for t in __import__('threading').enumerate())"

    def run(cell):
        message = kernel.client.session.msg("execute_request", {"code": "%podium tasks in lively group by state show count live", "silent": False,
                                                                "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True})
        message["metadata"] = {"cellId": cell}
        kernel.client.shell_channel.send(message)
        assert kernel.reply(message["header"]["msg_id"])["content"]["status"] == "ok"

    run("live")
    before = int(kernel.ok(f"print({count})").out)
    for _ in range(3):
        run("live")
    deadline = time.monotonic() + 30
    while int(kernel.ok(f"print({count})").out) > before:
        assert time.monotonic() < deadline
