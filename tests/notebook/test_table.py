"""The table's widget: the protocol that its front end speaks, and what stays in a notebook."""
import json

from conftest import support

tables = support("tables")


class Table(tables.FrontEnd):
    def __init__(self, kernel, code):
        self.cell = kernel.ok(code)
        opened = {m["comm_id"]: m["data"]["state"] for m in self.cell.of("comm_open")}
        super().__init__(kernel, *next((i, s) for i, s in opened.items() if "question" in s))
        self.opened = opened

    def set(self, **state):
        self.kernel.comm("comm_msg", self.id, {"method": "update", "state": state, "buffer_paths": []})
        self.next("echo_update")


def test_its_state(kernel, vision):
    table = Table(kernel, "podium.tasks('in vision where metrics.acc > 0.2 sort metrics.acc desc')")
    state = table.state
    assert (state["_model_module"], state["_model_name"], state["_view_name"]) == ("anywidget", "AnyModel", "AnyView")
    assert state["question"]["project"] == vision["project"] and "metrics.acc" in state["question"]["filter"]
    assert state["state"]["order"] == ["metrics.acc desc"] and [c["name"] for c in state["state"]["columns"]][:2] == ["id", "name"]
    # The module is kept once, rows never.
    assert len(state["_esm"]) < 1000 and vision["b"] not in json.dumps(state) and len(json.dumps(state)) < 3000
    again = Table(kernel, "podium.tasks('in vision')")
    assert again.state["library"] == state["library"] and again.state["library"] not in again.opened


def test_rows_travel_as_messages(kernel, vision):
    tables.check_that_rows_travel(Table(kernel, "podium.tasks('in vision where metrics.acc > 0.4')"))


def test_what_is_selected(kernel, server, vision):
    table = Table(kernel, "good = podium.tasks('in vision where metrics.acc > 0.2 sort metrics.acc desc')")
    table.window()
    table.set(selection={"ids": [vision["a"]]})
    assert kernel.ok("print(good.selected(), good.selection)").out == f"{[vision['a']]} {{'ids': ['{vision['a']}']}}\n"
    assert kernel.ok("good.to_df(selected=True)['name'].tolist()").of("execute_result")[0]["data"]["text/plain"] == "['a']"
    kernel.ok("%podium tag good.selected chosen=yes")
    assert server.call("GET", f"/api/v1/tasks/{vision['a']}")["tags"]["chosen"] == "yes"
    table.set(selection={**table.state["question"], "except": [vision["b"]]})
    both = kernel.ok("%podium series metrics.acc of good.selected").text
    assert "a " in both and "c " in both
    assert kernel.ok(f"print('{vision['b']}' in good.selected(), len(good.selected()))").out == "False 3\n"


def test_actions_only_on_its_own_tasks(kernel, server, vision):
    table = Table(kernel, "podium.tasks('in vision where metrics.acc > 0.94 and metrics.acc < 0.96')")
    table.window()
    for selection in ({"ids": [vision["a"]]}, {"all": True}, None):
        answer = table.ask("run", {"action": "archive", "selection": selection, "parameters": {}})
        assert answer["error"]["code"] == "denied"
    assert server.call("GET", f"/api/v1/tasks/{vision['a']}")["archived"] is False
    done = table.ask("run", {"action": "tag", "selection": {"ids": [vision["b"]]}, "parameters": {"tags": ["looked"]}})
    assert done["ok"]["undoable"], done
    tags = lambda: server.call("GET", f"/api/v1/tasks/{vision['b']}")["tags"]  # noqa: E731
    assert "looked" in tags()
    # It is taken back from the table, or by a command; a run of somebody else's from neither.
    assert table.state["asks"] == ["undo", "progress"]
    assert table.ask("progress", {"run": done["ok"]["run"]})["ok"]["state"] == "done"
    assert table.ask("undo", {"run": "0" * 32})["error"]["code"] == "denied"
    assert "ok" in table.ask("undo", {"run": done["ok"]["run"]}) and "looked" not in tags()
    again = table.ask("run", {"action": "tag", "selection": {"ids": [vision["b"]]}, "parameters": {"tags": ["looked"]}})
    assert again["ok"]["undoable"], again
    undone = kernel.ok("%podium undo").text
    assert "looked" not in tags(), undone + str(again)


def test_rows_while_a_cell_runs(kernel, vision):
    """In a subshell, as JupyterLab asks: a training keeps no table from scrolling."""
    table = Table(kernel, "podium.tasks('in vision')")
    request = kernel.client.session.msg("create_subshell_request", {})
    kernel.client.control_channel.send(request)
    shell = kernel.client.get_control_msg(timeout=30)["content"]["subshell_id"]
    cell = kernel.send("import threading; print('it runs', flush=True); threading.Event().wait(60)")
    while kernel.client.get_iopub_msg(timeout=30)["content"].get("text") != "it runs\n":
        pass
    message = kernel.client.session.msg("comm_msg", {"comm_id": table.id, "data": {"method": "custom", "content": {
        "id": 99, "ask": "window", "body": {**table.state["question"], "columns": ["id"], "order": [], "offset": 0, "limit": 10}}}})
    message["header"]["subshell_id"] = shell
    kernel.client.shell_channel.send(message)
    assert table.next(where=lambda c: c.get("id") == 99)["content"]["ok"]["rows"]
    kernel.manager.interrupt_kernel()
    assert kernel.reply(cell)["content"]["ename"] == "KeyboardInterrupt"


def test_a_cell_that_runs_again_closes_its_tables(kernel, vision):
    def comms():
        return set(kernel.reply(kernel.client.comm_info())["content"]["comms"])

    def run(cell):
        message = kernel.client.session.msg("execute_request", {"code": "%podium tasks in vision limit 1", "silent": False, "store_history": True,
                                                                "user_expressions": {}, "allow_stdin": False, "stop_on_error": True})
        message["metadata"] = {"cellId": cell}
        kernel.client.shell_channel.send(message)
        assert kernel.reply(message["header"]["msg_id"])["content"]["status"] == "ok"

    run("first")
    before = comms()
    for cell in ("one", "two", "one", "one"):
        run(cell)
    assert len(comms() - before) == 2


def test_many_tables_are_bounded(kernel, vision):
    """A day of work does not fill the memory: the oldest tables are closed."""
    kernel.ok("for _ in range(205): podium.tasks('in vision limit 1')", seconds=120)
    kept = kernel.ok("from ipywidgets.widgets import widget\nprint(sum('Tasks' in type(w).__name__ for w in widget._instances.values()))").out
    assert int(kept) == 200


def test_ten_tables_are_small(server, vision, tmp_path, monkeypatch):
    """Of fifty rows each, as nbclient saves them, with the state of their widgets."""
    import nbclient
    import nbformat
    many = server.call("POST", "/api/v1/projects", {"name": "fifty"})["id"]
    for i in range(60):
        server.task(many, f"cnn-{i}", "completed", metrics={"acc": [0.1 * i]})
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(c) for c in ["%load_ext podium"] + ["%podium tasks in fifty sort metrics.acc desc"] * 10],
        metadata={"kernelspec": {"name": "python3", "display_name": "python3", "language": "python"}})
    nbclient.NotebookClient(notebook, timeout=120).execute()
    assert sum("podium-snapshot" in str(c.outputs) for c in notebook.cells) == 10
    size = len(nbformat.writes(notebook))
    assert size < 100_000, size
