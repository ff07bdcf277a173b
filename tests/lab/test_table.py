"""The podium kernel's table in JupyterLab: what somebody does with it, and that the podium's state is what the table says."""
import re
import subprocess
import sys

import logged
import pytest
import requests
from playwright.sync_api import expect


@pytest.fixture
def tasks(api):
    """What the podium has of a project: name -> task."""

    def ask(project, *columns, **question):
        found = next(p["id"] for p in api("GET", "projects?limit=1000")["projects"] if p["name"] == project)
        answer = api("POST", "tasks/query", json={"project": found, "columns": ["name", "id", "state", "tags", "archived", *columns], "offset": 0,
                                                  "limit": 100, "archived": "both", **question})
        return {row[0]: dict(zip(answer["columns"], row)) for row in answer["rows"]}

    return ask


def test_sort_filter_select_and_act(notebooks, project, tasks):
    notebook = notebooks([f"tasks in {project} show name, state, tags, metrics.acc sort metrics.acc desc as best", "show best.selected"])
    notebook.command("notebook:run-cell")
    table = notebook.table(0)
    table.ready()
    table.total("40 tasks")
    expect(notebook.snapshot(0)).to_be_hidden()
    by_acc = list(tasks(project, order=["metrics.acc DESC"]))
    assert table.column("Name", 5) == by_acc[:5]
    notebook.shot("lab-table")

    table.head("Name").click()
    expect(table.head("Name")).to_have_attribute("aria-sort", re.compile("ascending|descending"))
    table.head("acc").click()
    table.head("acc").click()
    expect(table.cell(0, "Name")).to_have_text(by_acc[-1])

    table.menu("Status", "Filter")
    table.grid.locator(".pop label", has_text="failed").locator("input").check()
    table.total("13 tasks")
    notebook.shot("lab-filter")
    table.page.keyboard.press("Escape")
    failed = list(tasks(project, order=["metrics.acc"], filter="state = 'failed'"))
    assert table.column("Name", 3) == failed[:3]

    # What is selected in the table is a name in the next cell.
    table.mark(0)
    table.selected("1 selected")
    notebook.run(1)
    expect(notebook.cell(1).locator(".jp-OutputArea")).to_contain_text(tasks(project)[failed[0]]["id"])

    # From the context menu, which is podium's and not JupyterLab's.
    table.cell(1, "Name").click(button="right")
    expect(notebook.page.locator(".lm-Menu")).to_have_count(0)
    expect(table.grid.locator(".pop [role=menuitem]", has_text=re.compile("^Add tags"))).to_be_visible()
    notebook.shot("lab-menu")
    table.grid.locator(".pop [role=menuitem]", has_text=re.compile("^Add tags")).click()
    dialog = table.grid.locator("dialog")
    dialog.get_by_label("Tags", exact=False).first.fill("reviewed\nby=ana")  # Enter and letters are the field's, not JupyterLab's
    dialog.get_by_role("button", name="Add tags").click()
    table.toast("Add tags: 1 task")
    expect(table.cell(1, "Tags")).to_contain_text("reviewed")
    after = tasks(project)
    assert "reviewed" in str(after[failed[1]]["tags"]) and not any("reviewed" in str(t["tags"]) for n, t in after.items() if n != failed[1])

    # For all that the filter lets through, after a question.
    table.grid.locator(".toast").get_by_label("Close").click()
    bar = table.grid.locator(".bar[aria-label='Selected tasks']")
    bar.get_by_role("button", name="filtered 13").click()
    table.selected("13 selected")
    bar.locator("button", has_text=re.compile(r"^Archive 13")).click()
    table.grid.locator("dialog").get_by_role("button", name="Archive").click()
    table.toast("Archive: 13 tasks")
    table.total("0 tasks")
    assert {n for n, t in tasks(project).items() if t["archived"]} == set(failed)
    notebook.shot("lab-archived")
    table.grid.locator(".toast").get_by_role("button", name="Undo").click()
    table.total("13 tasks")
    assert not any(t["archived"] for t in tasks(project).values())


def test_drawn_once_without_asking(notebooks, project, tasks):
    """The rows come with the table: its page asks the kernel for the module, once, and for nothing else; the static table is never seen."""
    notebook = notebooks([f"tasks in {project} show name, state, metrics.acc sort metrics.acc desc"] * 2 + ["widgets off"])
    notebook.page.evaluate("""() => {
      window.asked = [];
      window.seen = 0;
      jupyterapp.shell.currentWidget.sessionContext.session.kernel.anyMessage.connect((_, { msg, direction }) => {
        if (direction === 'send' && msg.header.msg_type === 'comm_msg') asked.push(msg.content.data.content?.ask ?? msg.content.data.method);
      });
      const look = () => {
        for (const table of document.querySelectorAll('[data-podium-snapshot]')) seen += table.checkVisibility();
        requestAnimationFrame(look);
      };
      look();
    }""")
    for n in range(2):
        notebook.command("notebook:run-cell-and-select-next")
        notebook.table(n).ready()
        notebook.table(n).total("40 tasks")
        expect(notebook.snapshot(n)).to_be_hidden()
    by_acc = list(tasks(project, order=["metrics.acc DESC"]))
    assert notebook.table(1).column("Name", 10) == by_acc[:10]
    assert notebook.page.evaluate("[asked, seen]") == [["module"], 0]


def test_a_name_is_no_formula(notebooks, podium, project):
    experiment = requests.get(f"{podium.url}/api/2.0/mlflow/experiments/get-by-name", params={"experiment_name": project}, timeout=60).json()["experiment"]["experiment_id"]
    name = "costs $x^2$ or \\(y\\)"
    run = {"experiment_id": experiment, "run_name": name, "start_time": 1}
    assert requests.post(f"{podium.url}/api/2.0/mlflow/runs/create", json=run, timeout=60).status_code == 200
    notebook = notebooks(["widgets off", f"tasks in {project} where name like 'costs%' show name as one", "show one"])
    notebook.run_all()
    expect(notebook.output(1).locator("td")).to_have_text(name)
    expect(notebook.output(2)).to_contain_text(name)
    # Behind those of the cells, so when they are done.
    assert notebook.page.evaluate("""async () => {
      const formula = document.createElement('div');
      formula.textContent = '$z$';
      document.body.append(formula);
      await jupyterapp.shell.currentWidget.content.rendermime.latexTypesetter.typeset(formula);
      const drawn = formula.querySelectorAll('mjx-container').length;
      formula.remove();
      return drawn;
    }""") == 1
    expect(notebook.panel.locator("mjx-container")).to_have_count(0)


def test_keys_are_the_tables_own(notebooks, project):
    """JupyterLab deletes the cell for `d d` and moves to another for `j`: not while somebody is in the table."""
    notebook = notebooks([f"tasks in {project} show name, state", "help"])
    notebook.command("notebook:run-cell")
    table = notebook.table(0)
    table.ready()
    table.cell(0, "Name").click()
    for key in ("j", "j", "ArrowDown"):
        notebook.page.keyboard.press(key)
    expect(table.cell(3, "Name")).to_be_focused()
    for key in ("d", "d", "Space"):
        notebook.page.keyboard.press(key)
    table.selected("1 selected")
    expect(notebook.panel.locator(".jp-Cell")).to_have_count(2)
    notebook.page.keyboard.press("/")
    notebook.page.keyboard.type("cnn-39")
    table.total("1 task")


def test_questions_are_asked_in_the_notebook(notebooks, project, tasks):
    notebook = notebooks([f"tasks in {project} show name, metrics.acc sort name limit 3 as these\narchive these", "delete these"])
    notebook.command("notebook:run-cell")
    notebook.table(0).ready()
    notebook.run(1)
    expect(notebook.cell(1).locator(".jp-OutputArea")).to_contain_text("Delete 3 tasks for good")
    expect(notebook.cell(1).locator(".jp-Stdin")).to_contain_text("[y/N]")
    notebook.shot("lab-question")
    notebook.cell(1).locator(".jp-Stdin input").fill("y")
    notebook.page.keyboard.press("Enter")
    expect(notebook.cell(1).locator(".jp-OutputArea")).to_contain_text("3")
    expect(notebook.cell(1).locator(".jp-InputPrompt")).to_have_text("[2]:")
    assert len(tasks(project)) == 37 and not {"cnn-0", "cnn-1", "cnn-10"} & set(tasks(project))


TRAINING = """
import sys, mlflow
mlflow.set_tracking_uri(sys.argv[1]); mlflow.set_experiment(sys.argv[2])
with mlflow.start_run(run_name="client"):
    mlflow.log_params({"lr": 0.5})
    for step in range(20):
        mlflow.log_metric("acc", step / 20, step=step)
    mlflow.log_metric("acc", 0.98765, step=20)
    print("logged", flush=True)
    sys.stdin.readline()
"""


def test_live_while_an_mlflow_client_logs(notebooks, podium, project):
    notebook = notebooks([f"tasks in {project} show name, state, metrics.acc sort started desc live"])
    notebook.command("notebook:run-cell")
    table = notebook.table(0)
    table.ready()
    expect(table.grid.locator(".bar").first.get_by_text("live", exact=True)).to_be_visible()
    with subprocess.Popen([sys.executable, "-c", TRAINING, podium.url, project], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as training:
        assert training.stdout.readline() == "logged\n"
        expect(table.cell(0, "Name")).to_have_text("client")
        expect(table.cell(0, "acc")).to_have_text("0.9877")
        expect(table.cell(0, "Status")).to_contain_text("running")
        table.total("41 tasks")
        notebook.shot("lab-live")
        training.stdin.write("\n")
        training.stdin.flush()
        assert training.wait(120) == 0
    expect(table.cell(0, "Status")).to_contain_text("completed")


def test_two_tables_and_two_notebooks_on_one_kernel(notebooks, lab, project, tasks):
    first = notebooks([f"tasks in {project} where state = 'failed' show name, state, tags as bad\ntasks in {project} where state = 'running' show name, state, tags as going",
                       "projects"])
    first.command("notebook:run-cell")
    grids = first.cell(0).locator("podium-grid")
    expect(grids).to_have_count(2)
    expect(grids.nth(0).locator(".bar .total")).to_have_text("13 tasks")
    expect(grids.nth(1).locator(".bar .total")).to_have_text("14 tasks")
    # The other notebook finds the names, and its table acts on the same podium.
    name = lab.write("second-on-the-kernel.ipynb", ["tag bad checked=yes", f"tasks in {project} where state = 'failed' show name, tags.checked, metrics.acc"])
    lab.session(name, first.kernel_id())
    second = notebooks(name=name)
    assert second.kernel_id() == first.kernel_id()
    second.run_all()
    table = second.table(1)
    table.ready()
    table.total("13 tasks")
    assert set(table.column("checked", 5)) == {"yes"}
    second.shot("lab-second")
    # The first table is still alive.
    grids.nth(0).get_by_role("button", name="Refresh").click()
    expect(grids.nth(0).locator(".row .c", has_text="checked=yes").first).to_be_visible()
    grids.nth(1).locator(".row .k").first.click()
    expect(grids.nth(1).locator(".bar[aria-label='Selected tasks'] b")).to_have_text("1 selected")
    expect(grids.nth(0).locator(".bar[aria-label='Selected tasks']")).to_be_hidden()
    first.type_and_run(1, "show going.selected")
    expect(first.cell(1).locator(".jp-OutputArea")).to_contain_text("running")


def test_hostile_names(notebooks, podium, project):
    evil = logged.experiment(podium.url, f"{project} <b>evil</b>")
    wire = logged.Wire(podium.url)
    for name in logged.HOSTILE:
        logged.run(wire, evil, name, {"m": 1.5}, {"p": name}, {f"t{len(name)}": name}, status="FINISHED")
    notebook = notebooks([f"tasks in '{project} <b>evil</b>' show name, params.p, tags, metrics.m as evil", f"chart metrics.m in '{project} <b>evil</b>' kind bars",
                          f"widgets off\ntasks in '{project} <b>evil</b>' show name, params.p, tags, metrics.m"])
    notebook.run_all()
    table = notebook.table(0)
    table.ready()
    table.total(f"{len(logged.HOSTILE)} tasks")
    whole = []  # the middle of what is too long for its column is on hover
    for row in range(len(logged.HOSTILE)):
        table.cell(row, "Name").hover()
        whole.append(table.cell(row, "Name").get_attribute("title") or table.text(row, "Name"))
    assert "</script><script>window.hacked=1</script>" in whole and "<img src=x onerror=window.hacked=1>" in whole
    table.cell(0, "Name").click(button="right")
    expect(table.grid.locator(".pop [role=menuitem]").first).to_be_visible()
    notebook.shot("lab-hostile")
    notebook.page.keyboard.press("Escape")
    notebook.cell(2).scroll_into_view_if_needed()
    static = notebook.cell(2).locator(".jp-RenderedHTML")
    expect(static).to_contain_text("<img src=x onerror=window.hacked=1>")
    assert static.locator("img, script, b").count() == 0
    assert notebook.page.evaluate("window.hacked") is None
    notebook.shot("lab-hostile-static")


def test_a_dark_theme(notebooks, project):
    notebook = notebooks([f"tasks in {project} sort metrics.acc desc", f"chart metrics.acc in {project} kind bars"])
    notebook.run_all()
    table = notebook.table(0)
    table.ready()
    background = "e => getComputedStyle(e).backgroundColor"
    light = table.grid.evaluate(background)
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Dark"})
    notebook.page.wait_for_function("document.body.dataset.jpThemeLight === 'false'")
    dark = table.grid.evaluate(background)
    assert sum(map(int, re.findall(r"\d+", light)[:3])) > 600 > 150 > sum(map(int, re.findall(r"\d+", dark)[:3]))
    table.cell(2, "Name").click(button="right")
    notebook.shot("lab-dark")
    notebook.page.keyboard.press("Escape")
    notebook.command("apputils:change-theme", {"theme": "JupyterLab Light"})
    notebook.page.wait_for_function("document.body.dataset.jpThemeLight === 'true'")
    assert table.grid.evaluate(background) == light
