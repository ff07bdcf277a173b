"""A real browser before a real podium. Chromium is the system's; nothing is downloaded."""
import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

import logged  # noqa: E402
import pages  # noqa: E402
from pages import Table, watched  # noqa: E402
from podium import Podium  # noqa: E402

FLAGS = os.environ.get("PODIUM_FLAGS", "").split()  # of `podium serve`


@pytest.fixture(scope="session")
def browser():
    with pages.launched() as browser:
        yield browser


@pytest.fixture
def page(browser, podium):
    context = browser.new_context(viewport={"width": 1400, "height": 800})
    page = watched(context.new_page(), podium.url)
    yield page
    context.close()
    assert not page.troubles, page.troubles


@pytest.fixture(scope="module")
def podium(tmp_path_factory):
    with Podium(tmp_path_factory.mktemp("browser") / "data", *FLAGS) as running:
        yield running
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"
    assert running.process.returncode == 0


@pytest.fixture(scope="module")
def project(podium):
    """A project of 300 runs that a client logged."""
    project = logged.experiment(podium.url, "vision/mnist")
    logged.fill(podium.url, project, 300)
    return project


@pytest.fixture
def table(page, podium, project):
    return Table(page).open(f"{podium.url}/p/{project}/tasks")
