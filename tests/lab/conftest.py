"""JupyterLab in the system's Chromium, before a podium: one of each for all tests, which have projects and notebooks of their own."""
import itertools
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.setdefault("PODIUM_BINARY", str(ROOT / "build/dev/bin/podium"))).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests/support"))

import logged  # noqa: E402
import pages  # noqa: E402
from api import Api  # noqa: E402
from jupyter import Lab, Notebook  # noqa: E402
from podium import Podium  # noqa: E402

KERNELS = BUILD / "share/jupyter"


def pytest_collection_modifyitems(items):
    if not (BUILD / "bin/podium-kernel").exists():
        for item in items:
            item.add_marker(pytest.mark.skip(reason="podium-kernel was not built: no xeus 2.4 here"))


@pytest.fixture(scope="session")
def podium(tmp_path_factory):
    with Podium(tmp_path_factory.mktemp("podium") / "data") as running:
        yield running
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"
    assert running.process.returncode == 0


@pytest.fixture(scope="session")
def api(podium):
    return Api(podium.url)


@pytest.fixture(scope="session")
def lab(podium, tmp_path_factory):
    with Lab(tmp_path_factory.mktemp("lab") / "jupyter", KERNELS, PODIUM_URL=podium.url, PYTHONPATH=str(ROOT / "kernel/python")) as running:
        yield running
        assert running.process.poll() is None, running.log_path.read_text()[-3000:]


@pytest.fixture(scope="session")
def browser():
    with pages.launched() as browser:
        yield browser


numbers = itertools.count(1)


@pytest.fixture
def project(podium):
    """A project of 40 runs, as its name."""
    name = f"vision-{next(numbers)}"
    logged.fill(podium.url, logged.experiment(podium.url, name), 40, connections=1)
    return name


@pytest.fixture
def notebooks(browser, lab):
    """Opens notebooks, each in a page of its own; after the test no page may have met an error or asked another machine."""
    context = browser.new_context(viewport={"width": 1400, "height": 900})
    opened = []

    def open_(cells=None, name=None, **kind):
        if cells is not None:
            name = lab.write(name or f"notebook-{next(numbers)}.ipynb", cells, **kind)
        opened.append(Notebook(context.new_page(), lab, name))
        return opened[-1].open()

    yield open_
    context.close()
    for notebook in opened:
        assert not notebook.page.troubles, notebook.page.troubles
