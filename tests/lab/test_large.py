"""A hundred thousand tasks in a notebook."""
import os

import logged
from playwright.sync_api import expect

ROWS = int(os.environ.get("PODIUM_BROWSER_ROWS", "100000"))


def test_any_row_is_at_hand(notebooks, podium, api):
    project = logged.many(podium.url, "large", ROWS)
    notebook = notebooks(["tasks in large show name, state, metrics.acc sort created desc"])
    notebook.run_all()
    table = notebook.table(0)
    table.total(f"{project.total:,} tasks")
    for row in (project.total // 2, project.total - 1, 0):
        table.grid.evaluate("(grid, row) => { grid.view.scroll.scrollTop = row * 28 - 60; }", row)
        name = api("POST", "tasks/query", json={"project": project.id, "columns": ["name"], "offset": row, "limit": 1, "order": ["created DESC"]})["rows"][0][0]
        expect(table.cell(row, "Name")).to_have_text(name)
    table.head("acc").click()
    best = api("POST", "tasks/query", json={"project": project.id, "columns": ["name"], "offset": 0, "limit": 1, "order": ["metrics.acc DESC"]})["rows"][0][0]
    expect(table.cell(0, "Name")).to_have_text(best)
    table.grid.locator(".h.k").click()
    table.selected(f"{project.total:,} selected")
    notebook.shot("lab-large")
    notebook.save()
    assert (notebook.lab.notebooks / notebook.name).stat().st_size < 60_000
