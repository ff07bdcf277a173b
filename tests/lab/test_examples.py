"""The notebooks of examples/notebooks as somebody runs and uses them, in a JupyterLab and a podium of their own. `pictures.py` takes what is
shown here into docs/images."""
import os
import re
import shutil
import subprocess
import sys

import pytest
from conftest import KERNELS, ROOT
from jupyter import Lab, Notebook
from pages import SHOTS
from playwright.sync_api import expect
from podium import Podium

EXAMPLES = ROOT / "examples/notebooks"


@pytest.fixture(scope="module")
def example_lab(tmp_path_factory):
    folder = tmp_path_factory.mktemp("examples")
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true"}
    with Podium(folder / "data") as podium:
        subprocess.run([sys.executable, EXAMPLES / "fill.py", podium.url], check=True, timeout=300, stdout=subprocess.DEVNULL,
                       env={**os.environ, **quiet, "MLFLOW_TRACKING_URI": podium.url})
        with Lab(folder / "jupyter", KERNELS, PODIUM_URL=podium.url, PYTHONPATH=str(ROOT / "kernel/python"), **quiet) as lab:
            yield lab


@pytest.fixture
def example(browser, example_lab):
    """Opens one and runs it; it may have no error."""
    context = browser.new_context(viewport={"width": 1100, "height": 760})

    def opened(name):
        shutil.copy(EXAMPLES / name, example_lab.notebooks / name)
        notebook = Notebook(context.new_page(), example_lab, name).open()
        notebook.command("application:toggle-left-area")
        notebook.run_all()
        for n in range(notebook.panel.locator(".jp-Cell").count()):
            expect(notebook.cell(n).locator(".jp-RenderedText[data-mime-type*=stderr]")).to_have_count(0)
        return notebook

    yield opened
    context.close()


def picture(notebook, name, first, last):
    """From one cell to another, as far as the screen is high."""
    notebook.cell(first).evaluate("cell => cell.scrollIntoView({ block: 'start' })")
    for n in range(first, last + 1):
        expect(notebook.cell(n).locator(".jp-OutputArea-output").first).to_be_attached()
    notebook.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    SHOTS.mkdir(parents=True, exist_ok=True)
    notebook.panel.screenshot(path=SHOTS / f"{name}.png")


def test_tour(example):
    notebook = example("tour.ipynb")
    notebook.cell(5).scroll_into_view_if_needed()
    table = notebook.table(5)
    table.ready()
    table.total("8 tasks")
    table.mark(0)
    table.mark(1)
    table.selected("2 selected")
    table.cell(1, "Name").click(button="right")
    expect(table.grid.locator(".pop [role=menuitem]", has_text=re.compile("^Archive"))).to_be_visible()
    picture(notebook, "notebook-table", 5, 5)
    notebook.page.keyboard.press("Escape")
    for n, name in ((9, "notebook-curves"), (12, "notebook-values")):
        notebook.cell(n).scroll_into_view_if_needed()
        expect(notebook.cell(n).locator("canvas, svg").first).to_be_visible()
        picture(notebook, name, n, n)


def test_training(example):
    notebook = example("training.ipynb")
    notebook.cell(6).scroll_into_view_if_needed()
    table = notebook.table(6)
    table.ready()
    table.total("9 tasks")
    notebook.cell(7).scroll_into_view_if_needed()
    expect(notebook.cell(7).locator("canvas, svg").first).to_be_visible()
    picture(notebook, "notebook-python", 6, 6)
    notebook.cell(10).scroll_into_view_if_needed()
    notebook.table(10).ready()
    notebook.table(10).mark(0)
    notebook.table(10).selected("1 selected")
    picture(notebook, "notebook-python-table", 10, 11)
