"""What is left of a notebook: after a reload, a restart of the kernel, without trust, without a kernel."""
import json
import re

import nbformat
import pytest
from playwright.sync_api import expect


@pytest.fixture
def saved(notebooks, project):
    """A notebook with a table and a chart that was run and saved, still open."""
    notebook = notebooks([f"tasks in {project} show name, state, metrics.acc sort metrics.acc desc as best", f"chart metrics.acc in {project} kind bars"])
    notebook.run_all()
    notebook.table(0).ready()
    notebook.save()
    return notebook


def test_reload(saved, project):
    first = saved.table(0).text(0, "Name")
    saved.page.reload()
    saved.ready()
    table = saved.table(0)
    table.ready()  # the kernel is alive: so is the table
    expect(saved.snapshot(0)).to_be_hidden()
    assert table.text(0, "Name") == first
    table.head("acc").click()
    expect(table.head("acc")).to_have_attribute("aria-sort", "ascending")
    expect(table.cell(0, "Name")).not_to_have_text(first)
    table.mark(0)
    table.selected("1 selected")
    saved.shot("lab-reloaded")


def test_restart_of_the_kernel(saved):
    first = saved.table(0).text(0, "Name")
    saved.restart()
    saved.ready()
    expect(saved.snapshot(0)).to_be_visible()
    expect(saved.snapshot(0)).to_contain_text(first)
    expect(saved.table(0).grid.locator("[role=grid]")).not_to_be_in_viewport()  # it would show what it cannot ask for any more
    saved.shot("lab-restarted")
    saved.run_all()
    saved.table(0).ready()
    expect(saved.snapshot(0)).to_be_hidden()
    # And a page that comes after the kernel has gone.
    saved.save()
    saved.restart()
    saved.page.reload()
    saved.ready()
    expect(saved.snapshot(0)).to_be_visible()
    saved.shot("lab-restarted-reloaded")


def test_without_trust(saved, notebooks, lab):
    """A notebook that came by mail: its HTML is cleaned, and the kernel knows nothing of it."""
    notebook = lab.read(saved.name)
    notebook.cells[0].source += " "
    notebook.cells[0].outputs[0]["data"]["text/html"] += " "
    nbformat.write(notebook, lab.notebooks / "by-mail.ipynb")
    first = saved.table(0).text(0, "Name")
    other = notebooks(name="by-mail.ipynb")
    assert other.page.evaluate("() => !jupyterapp.shell.currentWidget.content.model.cells.get(0).trusted")
    expect(other.snapshot(0)).to_be_visible()
    expect(other.snapshot(0)).to_contain_text(first)
    other.shot("lab-untrusted")
    other.run_all()
    other.table(0).ready()
    expect(other.snapshot(0)).to_be_hidden()


def test_small_and_without_secrets(saved, lab):
    kept = json.loads((lab.notebooks / saved.name).read_text())
    for cell in kept["cells"]:
        for output in cell["outputs"]:
            output.get("data", {}).pop("image/png", None)  # JupyterLab's own picture of what Vega drew
    text = json.dumps(kept, indent=1)
    assert len(text) < 40_000 and "podium-grid" not in text  # neither the module nor rows beyond the static ones
    assert not re.search(r"token|authorization", text, re.I)
    assert "<script" not in text


def test_ten_tables(notebooks, lab, project):
    """JupyterLab draws only cells near the screen: each table must come when it is scrolled to, instead of its snapshot."""
    notebook = notebooks([f"tasks in {project} show name, state, metrics.acc sort metrics.acc desc"] * 10)
    notebook.run_all()
    for n in (9, 4, 0, 7):
        notebook.cell(n).scroll_into_view_if_needed()
        notebook.table(n).ready()
        expect(notebook.snapshot(n)).to_be_hidden()
    notebook.save()
    assert (lab.notebooks / notebook.name).stat().st_size <= 100_000
    notebook.shot("lab-ten")
