"""%podium and %%podium in an ipykernel."""
import json
import re
import time

import pytest

from conftest import HOSTILE, PLUGIN, started

VEGALITE, VEGA, WIDGET = "application/vnd.vegalite.v5+json", "application/vnd.vega.v5+json", "application/vnd.jupyter.widget-view+json"
plugin = pytest.mark.skipif(not PLUGIN.exists(), reason="the plugin of tests/cli was not built")


def failed(cell):
    assert cell.status == "error", cell.text
    return cell.reply["content"]


def test_the_static_table_comes_first(kernel):
    cell = kernel.ok("%podium tasks in vision where metrics.acc > 0.4 show name, metrics.acc sort metrics.acc desc")
    snapshot, view = cell.of("display_data")
    page = snapshot["data"]["text/html"]
    assert "<td>b<td>0.95" in page and "<script" not in page
    assert snapshot["data"]["text/plain"].splitlines()[1].split() == ["b", "0.95"]
    model = view["data"][WIDGET]["model_id"]
    state = next(m["data"]["state"] for m in cell.of("comm_open") if m["comm_id"] == model)
    assert f'data-podium-snapshot="{state["snapshot"]}"' in page and view["data"]["text/plain"] == "a table of 3 tasks"
    assert cell.of("execute_result") == []


def test_it_is_shown_once_wherever_it_stands(kernel):
    """In the middle of a cell, at its end, and again where it is the value of another cell."""
    cell = kernel.ok("%podium projects\n%podium projects\n1 + 1")
    assert len(cell.of("display_data")) == 2 and len(cell.of("execute_result")) == 1
    cell = kernel.ok("shown = %podium projects")
    assert len(cell.of("display_data")) == 1
    assert len(kernel.ok("shown").of("display_data")) == 1
    assert len(kernel.ok("podium.run('projects')").of("display_data")) == 1
    assert kernel.ok("held = podium.run('projects')").of("display_data") == []


def test_lines_of_a_cell(kernel):
    cell = kernel.ok("%%podium\n# what there is\nprojects\ntasks in vision \\\n  where metrics.acc > 0.92 show name as top\nshow top")
    text = cell.text
    assert "vision" in text and "a table of 1 tasks" in text and re.search(r"^state +completed", text, re.M)
    assert kernel.ok("print(top.ids() == podium.run('tasks in vision where metrics.acc > 0.92').ids())").out == "True\n"
    assert kernel.ok("%podium series metrics.acc of top").text.count("acc") >= 1


def test_variables(kernel):
    kernel.ok("import numpy\nleast, word, nothing, frame = numpy.float32(0.5) , 'cnn', None, {}")
    cell = kernel.ok("%podium tasks in vision where metrics.acc > :least and params.arch = :word show name, metrics.acc sort name")
    assert "<td>a<td>" in cell.html and "<td>b<td>" in cell.html
    told = failed(kernel.run("%podium tasks where metrics.acc > :frame"))
    assert told["ename"] == "PodiumError" and told["evalue"].startswith("the value of :frame is a dict; a number, a text")
    told = failed(kernel.run("%podium tasks where metrics.acc > :lest"))
    assert "no value is given for ':lest'" in told["evalue"]
    # What a text says is bound as it is: nothing is pasted into the line.
    kernel.ok("word = \"x' or name != '\"")
    assert "<td>" not in kernel.ok("%podium tasks in vision where params.arch = :word show name").html


def test_an_error_has_no_calls(kernel):
    told = failed(kernel.run("%podium tasks in vision where stat = 'failed'"))
    lines = told["traceback"]
    assert "did you mean 'state'?" in lines[0] and len(lines) == 4 and lines[2].index("^") == lines[1].index("stat =")
    assert not any("File" in line or "Traceback" in line for line in lines)


def test_charts(kernel):
    data = kernel.ok("%podium chart metrics.acc in vision").displays[0]["data"]
    assert data[VEGALITE]["$schema"].endswith("/v5.json") and "<svg" in data["image/svg+xml"] and "metric" in data["text/plain"]
    assert "text/html" not in data
    for kind in ("scatter", "box", "parallel", "bars"):
        names = "params.lr metrics.acc" if kind in ("scatter", "parallel") else "metrics.acc"
        data = kernel.ok(f"%podium chart {names} in vision kind {kind}").displays[0]["data"]
        assert (VEGA if kind == "parallel" else VEGALITE) in data and "text/html" not in data


@plugin
def test_figures(kernel):
    data = kernel.ok("%podium sketch waves").displays[0]["data"]
    assert data[VEGALITE]["mark"] == "bar" and "waves" in data["text/plain"]
    assert VEGA in kernel.ok("%podium sketch waves vega").displays[0]["data"]
    assert kernel.ok("print(podium.run('sketch waves').to_df()['height'].tolist())").out == "[0, 1, 2]\n"


def test_hostile_names(kernel, vision):
    for line in ("tasks in vision show name, params.p, tags.t", f"show {vision['hostile']}", f"series metrics.acc of {vision['hostile']}",
                 "chart metrics.acc in vision kind bars"):
        for display in kernel.ok("%%podium\nwidgets off\n" + line).displays:
            for kind, text in display["data"].items():
                text = text if isinstance(text, str) else json.dumps(text)
                assert "\u202e" not in text, (line, kind)
                if kind in ("text/html", "image/svg+xml"):
                    assert "<img src=x" not in text and "</script" not in text and "<script" not in text, (line, kind)
                    assert "onerror=alert(1)&gt;" in text or HOSTILE[:9] not in text
    kernel.ok("%podium widgets on")


def test_own_words(kernel, server):
    assert kernel.ok("%podium connect").out == f"connected to {server.url}\n"
    kernel.ok("%podium set rows 1")
    page = kernel.ok("%podium tasks in vision show name").html
    assert page.count("<tr>") == 2 and "1 of 4 rows" in page
    kernel.ok("%podium set rows 50")
    assert "1 to 1000" in failed(kernel.run("%podium set rows many"))["evalue"]
    kernel.ok("%podium widgets off")
    cell = kernel.ok("%podium tasks in vision")
    assert cell.of("comm_open") == [] or all(WIDGET not in d["data"] for d in cell.displays)
    assert "podium-snapshot" not in cell.html
    kernel.ok("%podium widgets on")


def test_actions_and_undo(kernel, server, vision):
    tags = lambda: server.call("GET", f"/api/v1/tasks/{vision['a']}")["tags"]  # noqa: E731
    kernel.ok("mine = podium.tasks('in vision where name = :who', who='a')\n%podium tag mine looked=yes")
    assert tags()["looked"] == "yes"
    kernel.ok("%podium undo")
    assert "looked" not in tags()
    told = failed(kernel.run("%podium tag mine.selected looked=yes"))
    assert told["evalue"] == "nothing is selected in the table 'mine'"


@plugin
def test_a_question_is_asked(kernel):
    """The answer comes from the person at the notebook; without one the line says how to go on."""
    told = failed(kernel.run("%podium inquire it", allow_stdin=False))
    assert told["evalue"] == "nothing was done: nobody is there to answer; say 'yes', or 'yes t1' to do exactly this"
    for reply, out in (("y", "done as 't1'"), ("n", None)):
        parent = kernel.send("%podium inquire it", allow_stdin=True)
        asked = kernel.client.get_stdin_msg(timeout=30)
        assert asked["content"] == {"prompt": "Do it? [y/N] ", "password": False}
        kernel.client.input(reply)
        status = kernel.reply(parent)["content"]
        published = kernel.published(parent)
        if out:
            assert status["status"] == "ok" and out in "".join(m["content"]["text"] for m in published if m["msg_type"] == "stream")
        else:
            assert status["evalue"] == "nothing was done"
        assert "Really?" in next(m for m in published if m["msg_type"] == "display_data")["content"]["data"]["text/html"]


@plugin
def test_long_work_shows_how_far_it_is(kernel, vision, tmp_path):
    file = tmp_path / "go"
    parent = kernel.send(f"%podium linger a file '{file}'")
    bars = []
    while not bars:
        message = kernel.client.get_iopub_msg(timeout=30)
        if message["msg_type"] in ("display_data", "update_display_data") and "<progress" in message["content"]["data"].get("text/html", ""):
            bars.append(message)
    file.touch()
    assert kernel.reply(parent)["content"]["status"] == "ok"
    published = kernel.published(parent)
    last = [m for m in published if m["msg_type"] == "update_display_data"][-1]["content"]
    assert last["transient"]["display_id"] == bars[0]["content"]["transient"]["display_id"] and "done, 1 of 1" in last["data"]["text/plain"]
    assert "linger" in published[-1]["content"]["data"]["text/plain"]


@plugin
def test_an_interrupt_leaves_the_job_alone(kernel, server, tmp_path):
    parent = kernel.send(f"%podium linger b file '{tmp_path / 'never'}'")
    while True:
        message = kernel.client.get_iopub_msg(timeout=30)
        if "<progress" in message["content"].get("data", {}).get("text/html", ""):
            break
    kernel.manager.interrupt_kernel()
    told = kernel.reply(parent)["content"]
    assert told["ename"] == "Interrupted" and told["evalue"].startswith("the job goes on;") and len(told["traceback"]) == 1
    kernel.published(parent)
    job = re.search(r"%podium job (\w+)", told["evalue"]).group(1)
    assert server.call("GET", f"/api/v1/jobs/{job}")["state"] in ("waiting", "running")
    kernel.ok(f"%podium cancel {job}")
    deadline = time.monotonic() + 30
    while server.call("GET", f"/api/v1/jobs/{job}")["state"] != "cancelled":
        assert time.monotonic() < deadline
        time.sleep(0.05)


def complete(kernel, text, cursor=None):
    reply = kernel.reply(kernel.client.complete(text, len(text) if cursor is None else cursor))["content"]
    return [text[: reply["cursor_start"]] + match for match in reply["matches"]]


def test_completion(kernel):
    assert "%podium tasks" in complete(kernel, "%podium ta")
    assert "%podium connect" in complete(kernel, "%podium con")
    assert "x = %podium tasks in vision where state" in complete(kernel, "x = %podium tasks in vision where sta")
    assert "%podium tasks in vision where metrics.acc" in complete(kernel, "%podium tasks in vision where metrics.a")
    assert "%%podium\nprojects\ntasks in vision" in complete(kernel, "%%podium\nprojects\ntasks in vis")
    assert "1\n%podium tasks in vision where state" in complete(kernel, "1\n%podium tasks in vision where sta")
    # Other lines are Python's.
    assert complete(kernel, "podium.PodiumEr") == ["podium.PodiumError"]


def test_files(kernel, server, tmp_path):
    import mlflow
    mlflow.set_tracking_uri(server.url)
    mlflow.set_experiment("pictures")
    (tmp_path / "notes.md").write_text("# <b>bold</b>\nsecond\n")
    (tmp_path / "drawn.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    (tmp_path / "model.bin").write_bytes(b"\0\1\2")
    with mlflow.start_run() as run:
        for name in ("notes.md", "drawn.svg", "model.bin"):
            mlflow.log_artifact(str(tmp_path / name))
    page = kernel.ok(f"%podium show {run.info.run_id}").html
    assert "&lt;b&gt;bold" in page and "<script" not in page and "data:image/svg+xml;base64," in page
    assert "neither an image" in kernel.ok(f"%podium artifacts {run.info.run_id} model.bin").out
    kernel.ok(f"import os; os.chdir({str(tmp_path)!r})")
    assert "written to out.csv" in kernel.ok("%podium export in vision show id, name to out.csv").out
    assert (tmp_path / "out.csv").read_text().startswith("id,name")


def test_a_token_is_in_no_output(server, vision, tmp_path):
    """Neither what is shown nor what goes wrong has it."""
    with started("python3", PODIUM_TOKEN="s3cret-token", IPYTHONDIR=str(tmp_path), HOME=str(tmp_path)) as other:
        cells = [other.run(code) for code in ("%load_ext podium", "import podium", "%podium connect", "%podium tasks in vision", "podium.tasks('in vision')",
                                              "%podium tasks in nowhere", "podium._session.client.address", "%podium connect http://127.0.0.1:9")]
    assert cells[3].status == "ok" and cells[5].status == "error"
    assert "s3cret-token" not in json.dumps([[m["content"] for m in c.messages] + [c.reply["content"]] for c in cells], default=str)


def test_it_can_be_unloaded(server, vision, tmp_path):
    with started("python3", IPYTHONDIR=str(tmp_path), HOME=str(tmp_path)) as other:
        other.ok("%load_ext podium\n%podium projects")
        other.ok("%unload_ext podium")
        assert other.run("get_ipython().run_line_magic('podium', 'projects')").status == "error"
        other.ok("%load_ext podium\n%podium projects")
