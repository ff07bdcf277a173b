"""Acting on tasks from the table: counts and reasons, forms, questions, undo; and that the host's state is what the table says."""
import re

import logged
import pytest
import requests
from pages import Table
from playwright.sync_api import expect


@pytest.fixture
def project(podium):
    """A project of its own: 12 runs, every third is running."""
    test_actions_made.append(1)
    project = logged.experiment(podium.url, f"acting-{len(test_actions_made)}")
    logged.fill(podium.url, project, 12, connections=1)
    return project


test_actions_made = []


def tasks(podium, project, **question):
    body = {"project": project, "columns": ["id", "name", "state", "tags", "archived"], "offset": 0, "limit": 100, "archived": "both", **question}
    answer = requests.post(podium.url + "/api/v1/tasks/query", json=body, timeout=60).json()
    return [dict(zip(answer["columns"], row)) for row in answer["rows"]]


def bar(table):
    return table.grid.locator(".bar[aria-label='Selected tasks']")


def button(table, label):
    return bar(table).locator("button", has_text=re.compile(rf"^{label} \d"))


def test_counts_and_reasons(table):
    table.mark(0)
    table.mark(1)
    table.mark(2)  # one of three in a row is running
    table.selected("3 selected")
    expect(button(table, "Abort")).to_have_text("Abort 1")
    expect(button(table, "Archive")).to_have_text("Archive 3")
    expect(button(table, "Restore")).to_have_attribute("aria-disabled", "true")
    assert button(table, "Restore").get_attribute("title")
    expect(button(table, "Rename")).to_have_count(0)  # one at a time
    table.shot("batch")


def test_form_and_undo(table, podium, project):
    table.mark(0)
    table.mark(1)
    button(table, "Add tags").click()
    dialog = table.grid.locator("dialog")
    expect(dialog).to_contain_text("A word (reviewed), or KEY=VALUE")
    table.shot("form")
    dialog.get_by_label("Tags", exact=False).first.fill("reviewed\nby=<b>ana</b>")
    dialog.get_by_role("button", name="Add tags").click()
    table.toast("Add tags: 2 tasks")
    expect(table.cell(0, "Tags")).to_contain_text("reviewed")
    expect(table.cell(1, "Tags")).to_contain_text("by=<b>ana</b>")
    assert sum("reviewed" in t["tags"] for t in tasks(podium, project)) == 2
    table.shot("tagged")
    table.grid.locator(".toast").get_by_role("button", name="Undo").click()
    table.toast("Undone: 2 tasks")
    expect(table.cell(0, "Tags")).not_to_contain_text("reviewed")
    assert not any("reviewed" in t["tags"] for t in tasks(podium, project))


def test_a_question_first(table, podium, project):
    table.mark(0)
    button(table, "Archive").click()
    table.grid.locator("dialog").get_by_role("button", name="Archive").click()
    table.total("11 tasks")
    table.menu("Name", "Columns")
    table.grid.locator(".pop input[type=search]").fill("archived")
    table.grid.locator(".pop label", has_text=re.compile("^Archived$")).locator("input").check()
    table.page.keyboard.press("Escape")
    table.menu("Archived", "Filter")
    table.grid.locator(".pop label", has_text="yes").locator("input").check()
    table.total("1 task")
    table.page.keyboard.press("Escape")
    table.cell(0, "Name").click(button="right")
    table.grid.locator(".pop [role=menuitem]", has_text=re.compile("^Delete")).click()
    dialog = table.grid.locator("dialog")
    expect(dialog).to_contain_text("Delete 1 tasks for good")
    table.shot("question")
    dialog.get_by_role("button", name="Cancel").click()
    assert len(tasks(podium, project)) == 12
    table.cell(0, "Name").click(button="right")
    table.grid.locator(".pop [role=menuitem]", has_text=re.compile("^Delete")).click()
    dialog.get_by_role("button", name="Delete").click()
    table.toast("Delete: 1 task")
    assert len(tasks(podium, project)) == 11


def test_the_menu_of_a_row(table):
    table.cell(0, "Name").click()
    table.page.keyboard.press("Shift+F10")
    pop = table.grid.locator(".pop")
    expect(pop.locator("[role=menuitem]", has_text=re.compile("^Rename"))).to_be_visible()
    restore = pop.locator("[role=menuitem]", has_text=re.compile("^Restore"))
    expect(restore).to_have_attribute("aria-disabled", "true")
    expect(restore.locator(".why")).not_to_be_empty()
    table.shot("menu")
    pop.locator("[role=menuitem]", has_text=re.compile("^Rename")).click()
    table.grid.locator("dialog input").first.fill("another name")
    table.page.keyboard.press("Enter")
    expect(table.cell(0, "Name")).to_have_text("another name")


def test_what_a_filter_lets_through_but_one(table, podium, project):
    table.menu("Status", "Filter")
    table.grid.locator(".pop label", has_text="failed").locator("input").check()
    table.total("4 tasks")
    table.page.keyboard.press("Escape")
    table.page.keyboard.press("Control+a")
    table.selected("4 selected")
    kept = table.text(0, "Name")
    table.mark(0)
    table.selected("3 selected")
    expect(button(table, "Archive")).to_have_text("Archive 3")
    button(table, "Archive").click()
    table.grid.locator("dialog").get_by_role("button", name="Archive").click()
    table.toast("Archive: 3 tasks")
    table.total("1 task")
    expect(table.cell(0, "Name")).to_have_text(kept)
    assert sum(t["archived"] for t in tasks(podium, project)) == 3
