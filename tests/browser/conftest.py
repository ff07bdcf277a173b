"""A real browser before a real podium. Chromium is the system's; nothing is downloaded."""
import os
import pathlib
import shutil
import sys
import urllib.parse

import pytest
from playwright.sync_api import expect, sync_playwright

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

import logged  # noqa: E402
from podium import Podium  # noqa: E402

SHOTS = os.environ.get("PODIUM_SCREENSHOTS")  # a folder that screenshots are kept in, to be looked at
FLAGS = os.environ.get("PODIUM_FLAGS", "").split()  # of `podium serve`
expect.set_options(timeout=30_000)


def chromium():
    return next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser():
    path = chromium()
    if path is None:
        pytest.fail("the tests in tests/browser need the package chromium: run .ci/setup")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


class Table:
    """A page with one table, as a person sees it."""

    def __init__(self, page):
        self.page = page
        self.grid = page.locator("podium-grid")

    def open(self, url):
        self.page.goto(url)
        self.ready()
        return self

    def ready(self):
        expect(self.grid.locator(".row .c:not(.k)").first).not_to_be_empty()

    def text(self, row, column):
        """The text of a cell, by the place of its row on screen and the label of its column."""
        return self.cell(row, column).inner_text()

    def index(self, column):
        return self.head(column).get_attribute("aria-colindex")

    def head(self, column):
        return self.grid.locator(f".h:has(.l:text-is({column!r}))")

    def cell(self, row, column):
        return self.grid.locator(f'.row[aria-rowindex="{row + 2}"] .c[aria-colindex="{self.index(column)}"]')

    def column(self, column, rows=5):
        return [self.text(i, column) for i in range(rows)]

    def labels(self):
        self.drawn()
        return self.grid.locator(".h .l").all_inner_texts()

    def drawn(self):
        """Waits until what was done is on the screen."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def total(self, text):
        expect(self.grid.locator(".bar .total")).to_have_text(text)

    def menu(self, column, item):
        self.head(column).click(button="right")
        self.grid.locator(".pop [role=menuitem]", has_text=item).first.click()

    def mark(self, row):
        self.grid.locator(f'.row[aria-rowindex="{row + 2}"] .k').click()

    def selected(self, text):
        expect(self.grid.locator(".bar[aria-label='Selected tasks'] b")).to_have_text(text)

    def said(self, text):
        expect(self.grid.locator("[role=status]")).to_contain_text(text)

    def toast(self, text):
        expect(self.grid.locator(".toast")).to_contain_text(text)

    def shot(self, name):
        if SHOTS:
            pathlib.Path(SHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{SHOTS}/{name}.png")


def watched(page, url):
    """Fails the test when the page meets an error, or asks another host than this one."""
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(f"error: {error}"))
    page.on("console", lambda m: page.troubles.append(f"console: {m.text}") if m.type == "error" and "WebSocket" not in m.text else None)

    def asked(request):
        parts = urllib.parse.urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urllib.parse.urlsplit(url).netloc:
            page.troubles.append(f"a request to {request.url}")

    page.on("request", asked)
    page.on("websocket", lambda socket: asked(socket))
    return page


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
