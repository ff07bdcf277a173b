"""A hundred thousand tasks: every row is at hand, and what is drawn stays small."""
import os

import logged
import pytest
import requests
from pages import Table
from playwright.sync_api import expect

ROWS = int(os.environ.get("PODIUM_BROWSER_ROWS", "100000"))


@pytest.fixture(scope="module")
def large(podium):
    return logged.many(podium.url, "large", ROWS)


def test_any_row_is_at_hand(page, podium, large):
    project, total = large.id, large.total
    table = Table(page).open(f"{podium.url}/p/{project}/tasks")
    table.total(f"{total:,} tasks")
    for row in (total // 2, total - 1, 12_345 % total, 0):
        page.evaluate("(row) => { document.querySelector('podium-grid').view.scroll.scrollTop = row * 28 - 200; }", row)
        name = requests.post(podium.url + "/api/v1/tasks/query", timeout=60, json={
            "project": project, "columns": ["name"], "offset": row, "limit": 1, "order": ["created DESC"]}).json()["rows"][0][0]
        expect(table.cell(row, "Name")).to_have_text(name)
    page.keyboard.press("Tab")
    table.cell(0, "Name").click()
    page.keyboard.press("Control+End")
    expect(table.cell(total - 1, "Name")).to_be_focused()
    table.shot("large")
    # A few screens further, it is no larger.
    for _ in range(20):
        page.keyboard.press("PageUp")
    nodes = page.evaluate("""() => { let n = 0; const walk = (e) => { ++n; for (const c of e.childNodes) walk(c); };
        walk(document.querySelector('podium-grid').shadowRoot); return n; }""")
    assert nodes <= 1500


def test_all_of_them_are_selected_by_a_question(page, podium, large):
    project, total = large.id, large.total
    table = Table(page).open(f"{podium.url}/p/{project}/tasks")
    table.grid.locator(".h.k").click()
    table.selected(f"{total:,} selected")
    table.mark(0)
    table.selected(f"{total - 1:,} selected")
    expect(table.grid.locator(".bar[aria-label='Selected tasks'] button", has_text="Archive")).to_have_text(f"Archive {total - 1:,}")
    assert len(str(page.evaluate("JSON.stringify(document.querySelector('podium-grid').selection.json())"))) < 300
    page.keyboard.press("Escape")


def test_sort_and_filter(page, podium, large):
    project, total = large.id, large.total
    table = Table(page).open(f"{podium.url}/p/{project}/tasks")
    table.head("acc").click()
    expect(table.head("acc")).to_have_attribute("aria-sort", "descending")
    best = requests.post(podium.url + "/api/v1/tasks/query", timeout=60, json={
        "project": project, "columns": ["name"], "offset": 0, "limit": 1, "order": ["metrics.acc DESC"]}).json()["rows"][0][0]
    expect(table.cell(0, "Name")).to_have_text(best)
    table.menu("Status", "Filter")
    table.grid.locator(".pop label", has_text="failed").locator("input").check()
    table.total("333 tasks")
