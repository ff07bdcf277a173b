"""The same table in a Python notebook, by the package podium-notebook."""
import re

import requests
from playwright.sync_api import expect


def python(notebooks, *cells):
    return notebooks(["%load_ext podium\nimport podium", *cells], kernel="python3", language="python")


def test_sort_select_and_act(notebooks, podium, project):
    notebook = python(notebooks, f"good = podium.tasks('in {project} where metrics.acc > :least show name, state, tags, metrics.acc sort metrics.acc desc', least=0.5)\ngood",
                      "list(good.to_df(selected=True)['name'])", "good.selection is None")
    for _ in range(2):
        notebook.command("notebook:run-cell-and-select-next")
    table = notebook.table(1)
    table.ready()
    expect(notebook.snapshot(1)).to_be_hidden()
    best = table.text(0, "Name")
    table.head("acc").click()
    expect(table.head("acc")).to_have_attribute("aria-sort", "ascending")
    expect(table.cell(0, "Name")).not_to_have_text(best)
    least = table.text(0, "Name")
    table.mark(0)
    table.selected("1 selected")
    notebook.run(2)
    expect(notebook.output(2)).to_have_text(f"['{least}']")
    table.cell(0, "Name").click(button="right")
    table.grid.locator(".pop [role=menuitem]", has_text=re.compile("^Add tags")).click()
    dialog = table.grid.locator("dialog")
    dialog.get_by_label("Tags", exact=False).first.fill("seen=yes")
    dialog.get_by_role("button", name="Add tags").click()
    table.toast("Add tags: 1 task")
    expect(table.cell(0, "Tags")).to_contain_text("seen=yes")
    found = requests.post(podium.url + "/api/v1/tasks/query", timeout=60, json={"filter": "tags.seen = 'yes'", "columns": ["name"], "offset": 0, "limit": 10}).json()
    assert [r[0] for r in found["rows"]] == [least]
    notebook.shot("python-table")
    table.grid.locator(".toast").get_by_role("button", name="Undo").click()
    expect(table.cell(0, "Tags")).not_to_contain_text("seen=yes")


TRAINING = """import mlflow, os
mlflow.set_tracking_uri(os.environ["PODIUM_URL"]); mlflow.set_experiment("{project}")
with mlflow.start_run(run_name="beside"):
    for step in range(50):
        mlflow.log_metric("acc", 0.5 + step / 1000, step=step)
    mlflow.log_metric("acc", 0.98765, step=50)"""


def test_live_beside_the_training(notebooks, project):
    """The table of a cell above follows what the cell below trains, while that cell runs."""
    notebook = python(notebooks, f"%podium tasks in {project} show name, state, metrics.acc sort started desc live", TRAINING.format(project=project),
                      f"%podium chart metrics.acc in {project} where name = 'beside'")
    for _ in range(2):
        notebook.command("notebook:run-cell-and-select-next")
    table = notebook.table(1)
    table.ready()
    expect(table.grid.locator(".bar").first.get_by_text("live", exact=True)).to_be_visible()
    notebook.run(2)
    expect(table.cell(0, "Name")).to_have_text("beside")
    expect(table.cell(0, "acc")).to_have_text("0.9877")
    expect(table.cell(0, "Status")).to_contain_text("completed")
    notebook.run(3)
    expect(notebook.cell(3).locator("canvas, svg").first).to_be_visible()
    notebook.shot("python-training")


def test_ten_tables_and_a_reload(notebooks, lab, project):
    notebook = python(notebooks, *[f"%podium tasks in {project} show name, state, metrics.acc sort metrics.acc desc"] * 10)
    notebook.run_all()
    for n in (10, 1):
        notebook.cell(n).scroll_into_view_if_needed()
        notebook.table(n).ready()
    notebook.save()
    assert (lab.notebooks / notebook.name).stat().st_size <= 100_000
    notebook.page.reload()
    notebook.ready()
    notebook.table(1).ready()
    expect(notebook.snapshot(1)).to_be_hidden()
    notebook.restart()
    expect(notebook.snapshot(1)).to_be_visible()
    expect(notebook.table(1).grid.locator("[role=grid]")).not_to_be_in_viewport()
