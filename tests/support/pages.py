"""Pages with podium's table, as a person sees them."""
import contextlib
import os
import pathlib
import urllib.parse

import chromium
from playwright.sync_api import expect, sync_playwright

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHOTS = pathlib.Path(os.environ.get("PODIUM_SCREENSHOTS") or ROOT / "build/screenshots")  # to be looked at
# No name is resolved but those of this machine: whoever asks another host gets nothing.
OFFLINE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
expect.set_options(timeout=30_000)


@contextlib.contextmanager
def launched():
    """The system's browser."""
    path = chromium.path()
    assert path, "these tests need a browser: run `.ci/setup build test`, or name one in PODIUM_CHROMIUM"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*chromium.FLAGS, OFFLINE])
        yield browser
        browser.close()


def shot(page, name):
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


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
        shot(self.page, name)


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
