"""The first page: what a browser is sent, the projects, and a store with nothing in it."""
import re

import logged
import pytest
import requests
from conftest import FLAGS
from pages import Table, watched
from playwright.sync_api import expect
from podium import Podium


@pytest.fixture
def empty(tmp_path):
    with Podium(tmp_path / "data", *FLAGS) as running:
        yield running


def test_what_is_sent(podium):
    page = requests.get(podium.url + "/", timeout=30)
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert page.headers["Cache-Control"] == "no-cache"
    names = re.findall(r'/assets/([^"]+)', page.text)
    assert len(names) == 2
    for name in names:
        asset = requests.get(f"{podium.url}/assets/{name}", timeout=30)
        assert "immutable" in asset.headers["Cache-Control"]
        assert asset.headers["Content-Encoding"] == "gzip" or len(asset.content) < 2000
        plain = requests.get(f"{podium.url}/assets/{name}", headers={"Accept-Encoding": "identity"}, timeout=30)
        assert "Content-Encoding" not in plain.headers and plain.content == asset.content
        again = requests.get(f"{podium.url}/assets/{name}", headers={"If-None-Match": asset.headers["ETag"]}, timeout=30)
        assert again.status_code == 304 and not again.content
    module = requests.get(podium.url + "/assets/podium-elements.js", timeout=30)
    assert module.headers["Content-Type"].startswith("text/javascript")
    assert module.headers["Cache-Control"] == "no-cache"  # its name stays, its content does not
    assert requests.get(podium.url + "/assets/index.html", timeout=30).status_code == 404
    missing = requests.get(podium.url + "/assets/nothing.js", timeout=30)
    assert missing.status_code == 404 and "nothing.js" in missing.json()["detail"]


def test_projects(page, podium, project):
    page.goto(podium.url + "/")
    line = page.locator("tr", has_text="vision/mnist")
    expect(line).to_contain_text("300")
    Table(page).shot("projects")
    line.locator("a").click()
    Table(page).ready()
    expect(page.locator("#where")).to_contain_text("vision/mnist")
    page.goto(podium.url + "/p/12345/tasks")
    expect(page.locator("main")).to_contain_text("12345")
    page.troubles[:] = [t for t in page.troubles if "404" not in t]  # the browser tells of the answer, too


def test_an_empty_store_says_how_to_begin_and_hears_when_it_happened(browser, empty):
    context = browser.new_context()
    page = watched(context.new_page(), empty.url)
    page.goto(empty.url + "/")
    expect(page.locator("main")).to_contain_text("No tasks yet")
    expect(page.locator("main")).to_contain_text(f'set_tracking_uri("{empty.url}")')
    Table(page).shot("empty")
    logged.run(logged.Wire(empty.url), logged.experiment(empty.url, "first"), "run")
    expect(page.locator("table")).to_contain_text("first")
    context.close()
    assert not page.troubles
