"""Tables that work: the anywidget protocol as a front end speaks it, and what stays in a notebook."""
import json
import time

import pytest

from conftest import HOSTILE, started
from tables import FrontEnd, check_that_rows_travel

ESM = "export default { initialize() {}, render({ el }) { el.textContent = 'a stand-in'; } };\n"


@pytest.fixture(scope="module")
def elements(tmp_path_factory):
    file = tmp_path_factory.mktemp("elements") / "podium-elements.js"
    file.write_text(ESM)
    return str(file)


@pytest.fixture
def kernel(podium, elements):
    with started(PODIUM_ELEMENTS=elements) as running:
        yield running


class Table(FrontEnd):
    def __init__(self, kernel, line):
        self.cell = kernel.ok(line)
        *library, self.opened = self.cell.of("comm_open")  # the first table brings the module
        if library:
            kernel.library = library[0]["comm_id"]
        super().__init__(kernel, self.opened["comm_id"], self.opened["data"]["state"])


def test_snapshot_then_widget(kernel, vision):
    table = Table(kernel, "tasks in vision where metrics.acc > 0.2 sort metrics.acc desc")
    snapshot, view = [m for m in table.cell.messages if m["msg_type"] in ("display_data", "execute_result")]
    assert snapshot["msg_type"] == "display_data" and view["msg_type"] == "execute_result"
    html = snapshot["content"]["data"]["text/html"]
    assert f"podium-snapshot-{table.id}" in html and f'data-podium-snapshot="{table.id}"' in html and "<script" not in html
    assert view["content"]["data"]["application/vnd.jupyter.widget-view+json"] == {"version_major": 2, "version_minor": 0, "model_id": table.id}
    assert view["content"]["data"]["text/plain"]
    assert table.opened["target_name"] == "jupyter.widget"
    assert [m["metadata"] for m in table.cell.messages if m["msg_type"] == "comm_open"] == [{"version": "2.1.0"}] * 2
    state = table.state
    assert (state["_model_module"], state["_model_module_version"], state["_model_name"], state["_view_name"]) == (
        "anywidget", "*", "AnyModel", "AnyView")
    assert state["library"] == kernel.library and len(state["_esm"]) < 2000 and state["live"] is None
    assert state["snapshot"] == table.id
    assert state["question"]["project"] == vision["project"] and "metrics.acc" in state["question"]["filter"]
    assert state["state"]["order"] == ["metrics.acc desc"]
    assert [c["name"] for c in state["state"]["columns"]][:2] == ["id", "name"]


def test_no_rows_in_the_state(kernel, vision):
    table = Table(kernel, "tasks in vision")
    text = json.dumps(table.state)
    assert vision["a"] not in text and len(text) < 3000


@pytest.mark.parametrize("line, limit", [("tasks in vision where metrics.acc > 0.2 show id, name, state, metrics.acc sort metrics.acc desc", 100),
                                         ("tasks in vision where metrics.acc > 0.2 sort name asc limit 2", 2), ("tasks in vision", 100)])
def test_what_it_asks_at_first_comes_with_it(kernel, podium, vision, line, limit):
    """To somebody, and before the static table, which need not be drawn then."""
    table = Table(kernel, line)
    kinds = [m["msg_type"] for m in table.cell.messages if m["msg_type"] != "execute_input"]
    assert kinds[-4:] == ["comm_open", "comm_msg", "display_data", "execute_result"]
    (message,) = table.cell.of("comm_msg")
    assert message["comm_id"] == table.id and message["data"]["method"] == "custom"
    window, columns = message["data"]["content"]["first"]
    shown = [c["name"] for c in table.state["state"]["columns"]]
    names = ["id", "archived", "goals_met", *(n for n in shown if n != "id"), *(["progress"] if "state" in shown else [])]
    question = {k: v for k, v in table.state["question"].items() if k != "limit"}
    order = [k.replace(" desc", " DESC").removesuffix(" asc") for k in table.state["state"]["order"]] or ["created DESC"]
    assert (window["ask"], window["body"]) == ("window", {**question, "columns": names, "order": order, "offset": 0, "limit": limit})
    assert (columns["ask"], columns["body"]) == ("columns", {**question, "limit": 200})
    asked = podium.call("POST", "/api/v1/tasks/query", window["body"])
    assert window["ok"]["rows"] == asked["rows"] and window["ok"]["columns"] == names
    assert len(asked["rows"]) == limit or limit == 100 and len(asked["rows"]) >= 3
    assert columns["ok"] == podium.call("POST", "/api/v1/tasks/columns", columns["body"])
    # They are rows that the table handed out.
    selection = {"ids": [window["ok"]["rows"][0][0]]}
    assert table.ask("run", {"action": "add_tags", "selection": selection, "parameters": {"tags": "x"}, "dry_run": True}).get("error", {}).get("code") != "denied"


def test_nothing_comes_with_it_for_a_program_or_what_is_live(kernel, vision):
    for cell in (kernel.ok("tasks in vision", allow_stdin=False), kernel.ok("tasks in vision live")):
        assert cell.of("comm_open") and not any("first" in m["data"].get("content", {}) for m in cell.of("comm_msg"))


def test_the_module_is_sent_when_it_is_asked_for(kernel, vision):
    """And stands in no state, so in no notebook."""
    table = Table(kernel, "tasks in vision")
    for _ in range(2):  # a page that comes again asks again
        kernel.comm("comm_msg", kernel.library, {"method": "custom", "content": {"ask": "module"}})
        table.id, own = kernel.library, table.id
        assert table.next(where=lambda c: "module" in c)["content"]["module"] == ESM
        table.id = own


def test_forms_keep_the_order_of_their_fields(kernel, podium, vision):
    table = Table(kernel, "tasks in vision")
    selection = {"ids": [vision["a"]]}
    told = table.ask("actions", {"selection": selection})["ok"]["actions"]
    asked = podium.call("POST", "/api/v1/tasks/actions/available", {"selection": selection})["actions"]
    orders = {a["id"]: list(a["parameters"]["properties"]) for a in asked if (a.get("parameters") or {}).get("properties")}
    assert {a["id"]: a["parameters"]["propertyOrder"] for a in told if (a.get("parameters") or {}).get("properties")} == orders
    assert any(names != sorted(names) for names in orders.values())


def test_rows_travel_as_messages(kernel, vision):
    check_that_rows_travel(Table(kernel, "tasks in vision where metrics.acc > 0.4"))


def test_rows_while_a_cell_waits(kernel, podium, vision):
    table = Table(kernel, "tasks in vision")
    task = podium.task(vision["project"], "never ends")
    cell = kernel.send(f"wait {task} timeout 10m")
    assert table.window()["rows"]
    kernel.manager.interrupt_kernel()
    assert kernel.reply(cell)["content"]["ename"] == "interrupted"


def test_state_is_answered_and_echoed(kernel, vision):
    table = Table(kernel, "tasks in vision")
    kernel.comm("comm_msg", table.id, {"method": "request_state"})
    assert table.next("update")["state"]["question"] == table.state["question"]
    kernel.comm("comm_msg", table.id, {"method": "update", "state": {"state": {"order": ["name"]}, "_esm": "alert(1)"}})
    assert table.next("echo_update")["state"] == {"state": {"order": ["name"]}}
    control = "c" * 32
    kernel.comm("comm_open", control, {}, "jupyter.widget.control")
    kernel.comm("comm_msg", control, {"method": "request_states"})
    deadline = time.monotonic() + 30
    while True:
        message = kernel.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
        if message["msg_type"] == "comm_msg" and message["content"]["comm_id"] == control:
            break
    states = message["content"]["data"]
    assert states["method"] == "update_states" and states["states"][table.id]["state"]["state"] == {"order": ["name"]}
    assert kernel.library in states["states"] and ESM not in json.dumps(states)
    comms = kernel.reply(kernel.client.comm_info())["content"]["comms"]
    assert comms[table.id] == {"target_name": "jupyter.widget"} and comms[control] == {"target_name": "jupyter.widget.control"}
    kernel.comm("comm_close", table.id, {})
    assert table.id not in kernel.reply(kernel.client.comm_info())["content"]["comms"]


def test_an_unknown_target_is_closed(kernel, vision):
    kernel.comm("comm_open", "d" * 32, {}, "nothing.of.that")
    deadline = time.monotonic() + 30
    while True:
        message = kernel.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
        if message["msg_type"] == "comm_close":
            assert message["content"]["comm_id"] == "d" * 32
            return


def test_names_and_what_is_selected(kernel, vision):
    table = Table(kernel, "tasks in vision where metrics.acc > 0.2 sort metrics.acc desc as good")
    table.window()
    cell = kernel.run("show good.selected")
    assert cell.status == "error" and cell.reply["content"]["evalue"] == "nothing is selected in the table 'good'"
    kernel.comm("comm_msg", table.id, {"method": "update", "state": {"selection": {"ids": [vision["a"]]}}})
    table.next("echo_update")
    assert "b" in kernel.ok("widgets off\ndiff good all").text
    assert vision["a"] in kernel.ok("show good.selected").text
    kernel.comm("comm_msg", table.id, {"method": "update", "state": {"selection": {**table.state["question"], "except": [vision["b"]]}}})
    table.next("echo_update")
    both = kernel.ok("series metrics.acc of good.selected").text
    assert "a " in both and "c " in both


def test_a_limit_names_those(kernel, podium, vision):
    kernel.ok("tasks in vision where metrics.acc > 0.2 sort metrics.acc desc limit 1 as top")
    podium.task(vision["project"], "better", "completed", metrics={"acc": [0.99]})
    assert vision["b"] in kernel.ok("show top").text


def test_a_name_needs_tasks(kernel, vision):
    cell = kernel.run("projects as these")
    assert cell.status == "error" and "about tasks" in cell.reply["content"]["evalue"]


def test_actions_only_on_the_tables_own_tasks(kernel, podium, vision):
    table = Table(kernel, "tasks in vision where metrics.acc > 0.94 and metrics.acc < 0.96")
    answer = table.ask("run", {"action": "archive", "selection": {"ids": [vision["a"]]}, "parameters": {}})
    assert answer["error"]["code"] == "denied"
    answer = table.ask("run", {"action": "archive", "selection": {"all": True}, "parameters": {}})
    assert answer["error"]["code"] == "denied"
    assert podium.call("GET", f"/api/v1/tasks/{vision['a']}")["archived"] is False


def test_an_action_of_a_table_is_taken_back(kernel, podium, vision):
    table = Table(kernel, "tasks in vision where metrics.acc > 0.94 and metrics.acc < 0.96")
    assert table.state["asks"] == ["undo", "progress"]
    table.window()
    run = table.ask("run", {"action": "archive", "selection": {"ids": [vision["b"]]}, "parameters": {}})["ok"]
    assert podium.call("GET", f"/api/v1/tasks/{vision['b']}")["archived"] and run["undoable"]
    assert table.ask("progress", {"run": run["run"]})["ok"]["state"] != "running"
    assert table.ask("undo", {"run": "0" * 32})["error"]["code"] == "denied"
    assert table.ask("undo", {"run": "../../../x"})["error"]["code"] == "denied"
    back = table.ask("undo", {"run": run["run"]})["ok"]
    assert back["succeeded_count"] == 1 and not podium.call("GET", f"/api/v1/tasks/{vision['b']}")["archived"]
    # What a table did is what `undo` in a cell means too.
    table.ask("run", {"action": "archive", "selection": {"ids": [vision["b"]]}, "parameters": {}})
    kernel.ok("undo")
    assert not podium.call("GET", f"/api/v1/tasks/{vision['b']}")["archived"]


def test_a_task_is_opened_below_its_table(kernel, vision):
    table = Table(kernel, "tasks in vision")

    def opened(task, kind):
        kernel.comm("comm_msg", table.id, {"method": "custom", "content": {"open": task}})
        while True:
            message = kernel.client.get_iopub_msg(timeout=30)
            if message["msg_type"] == kind:
                return message

    first = opened(vision["a"], "display_data")
    assert first["parent_header"]["msg_type"] == "execute_request" and vision["a"] in first["content"]["data"]["text/plain"]
    second = opened(vision["b"], "update_display_data")  # in the same place
    assert second["content"]["transient"] == first["content"]["transient"] and vision["b"] in second["content"]["data"]["text/plain"]


def test_a_live_table_hears(kernel, podium, vision):
    table = Table(kernel, "tasks in vision live")
    assert table.next("update")["state"] == {"live": True}
    deadline = time.monotonic() + 30
    made = None
    while True:
        made = made or podium.task(vision["project"], "new")
        try:
            news = table.next(seconds=2, where=lambda c: "news" in c)["content"]["news"]
        except Exception:
            podium.log(made, {"loss": [1.0]})
            assert time.monotonic() < deadline
            continue
        touched = [i for e in news["events"] for i in e.get("added", []) + e.get("changed", [])]
        if made in touched:
            return


def test_without_a_front_end_the_snapshot_stays(vision, tmp_path):
    with started(PODIUM_ELEMENTS=str(tmp_path / "nothing.js")) as kernel:
        cell = kernel.ok("tasks in vision")
        assert cell.of("comm_open", "execute_result") == [] and len(cell.of("display_data")) == 1
        refused = kernel.run("widgets on")
        assert refused.status == "error" and "nothing.js" in refused.reply["content"]["evalue"]


def test_hostile_names(kernel, vision):
    """Other people's text is text, wherever it stands."""
    for line in ("tasks in vision show name, params.p, tags.t", f"show {vision['hostile']}",
                 f"series metrics.acc of {vision['hostile']}", "chart metrics.acc in vision kind bars"):
        cell = kernel.ok("widgets off\n" + line)
        for display in cell.displays:
            for kind, text in display["data"].items():
                text = text if isinstance(text, str) else json.dumps(text)
                assert "\u202e" not in text, (line, kind)
                if kind in ("text/html", "image/svg+xml"):
                    assert "<img" not in text and "</script" not in text and "<script" not in text, (line, kind)
                    assert "onerror=alert(1)&gt;" in text or HOSTILE[:9] not in text


def test_many_tables_are_bounded(kernel, vision):
    """A day of work does not fill the memory: the oldest tables are closed."""
    for _ in range(21):
        kernel.ok("\n".join(["tasks in vision limit 1"] * 10), seconds=120)
    comms = kernel.reply(kernel.client.comm_info())["content"]["comms"]
    assert len(comms) == 200 + 1  # and the library


def test_a_cell_that_runs_again_closes_its_tables(kernel, vision):
    def run(cell):
        message = kernel.client.session.msg("execute_request", {"code": "tasks in vision limit 1", "silent": False, "store_history": True,
                                                                "user_expressions": {}, "allow_stdin": False, "stop_on_error": True})
        message["metadata"] = {"cellId": cell}
        kernel.client.shell_channel.send(message)
        assert kernel.reply(message["header"]["msg_id"])["content"]["status"] == "ok"
    for cell in ("one", "two", "one", "one"):
        run(cell)
    assert len(kernel.reply(kernel.client.comm_info())["content"]["comms"]) == 2 + 1  # and the library
