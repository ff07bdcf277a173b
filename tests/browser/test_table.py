"""The table: order, columns, filters, selection, keys, and what changes while somebody looks."""
import pathlib
import random
import re
import subprocess
import sys

import logged
import requests
from pages import Table
from playwright.sync_api import expect


def query(podium, project, **question):
    body = {"project": project, "columns": ["id", "name"], "offset": 0, "limit": 10, "order": ["created DESC"], **question}
    answer = requests.post(podium.url + "/api/v1/tasks/query", json=body, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_open(table, podium, project):
    table.total("300 tasks")
    expected = [row[1] for row in query(podium, project)["rows"]]
    assert table.column("Name", 10) == expected
    grid = table.grid.locator("[role=grid]")
    assert grid.get_attribute("aria-rowcount") == "301"
    assert int(grid.get_attribute("aria-colcount")) == len(table.grid.locator(".h").all()) or int(grid.get_attribute("aria-colcount")) > 10
    assert table.grid.locator(".row").first.get_attribute("aria-rowindex") == "2"
    nodes = table.page.evaluate("""() => { let n = 0; const walk = (e) => { ++n; for (const c of e.childNodes) walk(c); };
        walk(document.querySelector('podium-grid').shadowRoot); return n; }""")
    assert nodes <= 1500
    table.shot("open")


def test_sort_by_clicks(table, podium, project):
    table.head("acc").click()
    expect(table.head("acc")).to_have_attribute("aria-sort", "descending")
    best = [row[1] for row in query(podium, project, order=["metrics.acc DESC"])["rows"]]
    expect(table.cell(0, "Name")).to_have_text(best[0])
    assert table.column("Name", 10) == best
    table.head("acc").click()
    worst = [row[1] for row in query(podium, project, order=["metrics.acc"])["rows"]]
    expect(table.cell(0, "Name")).to_have_text(worst[0])
    table.said("Sorted by metrics.acc ascending")
    table.head("opt").click()
    table.head("acc").click(modifiers=["Shift"])
    both = [row[1] for row in query(podium, project, order=["params.opt", "metrics.acc"])["rows"]]
    expect(table.cell(0, "Name")).to_have_text(both[0])
    expect(table.head("opt")).to_contain_text("1")
    expect(table.head("acc")).to_contain_text("2")
    assert table.column("Name", 10) == both


def test_exact_values_on_hover(table):
    for column, row in (("acc", 0), ("lr", table.column("lr", 20).index("0.0001235"))):
        cell = table.cell(row, column)
        shown = cell.inner_text()
        cell.hover()
        expect(cell).to_have_attribute("title", re.compile("."))
        exact = cell.get_attribute("title")
        assert abs(float(exact) - float(shown)) <= abs(float(exact)) * 1e-3 and len(exact) > len(shown)
    table.menu("acc", "Show exact values")
    table.drawn()
    assert len(table.text(0, "acc")) > 8
    table.cell(0, "Started").hover()
    expect(table.cell(0, "Started")).to_have_attribute("title", re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$"))


def test_columns_move_resize_fit_hide(table):
    page = table.page
    before = table.labels()
    a, b = table.head("Started").bounding_box(), table.head("Tags").bounding_box()
    page.mouse.move(a["x"] + 20, a["y"] + 10)
    page.mouse.down()
    page.mouse.move(b["x"] + 40, b["y"] + 12, steps=8)
    page.mouse.up()
    after = table.labels()
    assert after.index("Started") == before.index("Tags"), after
    assert table.head("Started").get_attribute("aria-sort") == "none"  # a drag is no click
    # By keys.
    table.cell(0, "Started").click()
    page.keyboard.press("Alt+ArrowRight")
    expect(table.head("Tags")).to_have_attribute("aria-colindex", str(before.index("Tags") + 2))
    # Width.
    edge = table.head("acc").locator(".e").bounding_box()
    width = table.head("acc").bounding_box()["width"]
    page.mouse.move(edge["x"] + 3, edge["y"] + 5)
    page.mouse.down()
    page.mouse.move(edge["x"] + 83, edge["y"] + 5, steps=5)
    page.mouse.up()
    table.drawn()
    assert abs(table.head("acc").bounding_box()["width"] - width - 80) <= 2
    table.head("acc").locator(".e").dblclick()
    expect(table.head("acc")).not_to_have_css("width", f"{width + 80}px")
    assert table.head("acc").bounding_box()["width"] < width + 40
    table.cell(0, "acc").click()
    page.keyboard.press("Alt+Shift+ArrowRight")
    page.keyboard.press("h")
    assert "acc" not in table.labels()
    # What was changed is there when the page comes again.
    page.reload()
    table.ready()
    assert "acc" not in table.labels()
    page.get_by_role("button", name="Columns").click()
    table.grid.locator(".pop label", has_text="acc").locator("input").check()
    table.grid.locator(".pop label", has_text="val/loss").locator("select").select_option("min")
    page.keyboard.press("Escape")
    expect(table.head("acc")).to_be_attached()
    assert table.page.evaluate("document.querySelector('podium-grid').state.columns.some(c => c.name === 'metrics.val/loss.min')")


def test_filter_of_values(table, podium, project):
    table.menu("Status", "Filter")
    pop = table.grid.locator(".pop")
    expect(pop.locator("label.v")).to_have_count(3)
    expect(pop.locator("label", has_text="running")).to_contain_text("100")
    table.shot("filter-values")
    pop.locator("label", has_text="failed").locator("input").check()
    table.total("100 tasks")
    pop.locator("label", has_text="running").locator("input").check()
    table.total("200 tasks")
    pop.locator("select").select_option("none of")
    table.total("100 tasks")
    table.page.keyboard.press("Escape")
    expect(pop).to_have_count(0)
    assert set(table.column("Status", 8)) == {"✓ completed"}
    expect(table.head("Status")).to_have_class(re.compile(r"\bf\b"))
    table.grid.get_by_label("Remove the filter of state").click()
    table.total("300 tasks")


def test_filter_of_a_range(table):
    table.menu("acc", "Filter")
    pop = table.grid.locator(".pop")
    pop.get_by_label("from").fill("0.9")
    pop.get_by_label("from").press("Enter")
    expect(table.grid.locator(".chip")).to_contain_text("acc ≥ 0.9")
    expect(table.cell(0, "acc")).to_have_text(re.compile(r"^0\.9|^1$"))
    assert all(float(x) >= 0.9 for x in table.column("acc"))
    table.grid.get_by_label("Remove the filter of metrics.acc").click()
    table.menu("Started", "Filter")
    pop.get_by_role("button", name="1 hour").click()
    expect(table.grid.locator(".chip")).to_contain_text("Started")
    expect(table.grid.locator(".bar .total")).to_have_text(re.compile(r"^(5\d|6\d) tasks$"))


def test_filter_of_tags(table):
    table.menu("Tags", "Filter")
    pop = table.grid.locator(".pop")
    best = pop.locator(".tri", has_text="best")
    best.click()
    expect(best).to_have_attribute("aria-checked", "true")
    table.total("43 tasks")
    best.click()
    expect(best).to_have_attribute("aria-checked", "mixed")
    table.total("257 tasks")
    best.click()
    table.total("300 tasks")
    pop.locator("select").select_option("all of them")
    best.click()
    pop.locator(".tri", has_text="team").click()
    table.total("43 tasks")
    table.shot("filter-tags")
    pop.get_by_role("button", name="Clear").click()
    table.total("300 tasks")


def test_search_and_nothing_found(table):
    table.cell(0, "Name").click()
    table.page.keyboard.press("/")
    table.page.keyboard.type("cnn-29")
    table.total("11 tasks")
    table.page.keyboard.type("zzz")
    expect(table.grid.locator(".note")).to_contain_text("1 filter hides all tasks")
    table.grid.locator(".note").get_by_role("button").click()
    table.total("300 tasks")


def test_selection(table, podium, project):
    page = table.page
    table.mark(1)
    table.selected("1 selected")
    table.grid.locator('.row[aria-rowindex="8"] .c:not(.k)').first.click(modifiers=["Shift"])
    table.selected("6 selected")
    page.keyboard.press("Control+a")
    table.selected("300 selected")
    table.mark(0)
    table.selected("299 selected")
    selection = page.evaluate("document.querySelector('podium-grid').selection.json()")
    assert selection["project"] == project and len(selection["except"]) == 1 and "ids" not in selection
    page.keyboard.press("Escape")
    expect(table.grid.locator(".bar[aria-label='Selected tasks']")).to_be_hidden()
    # Only what a filter lets through.
    table.menu("Status", "Filter")
    table.grid.locator(".pop label", has_text="failed").locator("input").check()
    table.total("100 tasks")
    page.keyboard.press("Escape")
    table.grid.locator(".h.k").click()
    table.selected("100 selected")
    table.shot("selected")
    table.grid.locator(".h.k").click()
    expect(table.grid.locator(".bar[aria-label='Selected tasks']")).to_be_hidden()


def test_ids_survive_a_filter(table):
    table.mark(0)
    table.mark(1)
    table.page.keyboard.press("/")
    table.page.keyboard.type("cnn-299")
    table.total("1 task")
    table.selected("2 selected")


def test_keys(table):
    page = table.page
    table.cell(0, "Name").click()
    for key in ("j", "j", "ArrowDown", "k"):
        page.keyboard.press(key)
    expect(table.cell(2, "Name")).to_be_focused()
    assert table.grid.locator("[role=grid] [tabindex='0']").count() == 1  # one stop, which moves
    page.keyboard.press("ArrowRight")
    expect(table.cell(2, "Status")).to_be_focused()
    page.keyboard.press("Space")
    table.selected("1 selected")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    table.selected("3 selected")
    page.keyboard.press("Control+End")
    expect(table.grid.locator('.row[aria-rowindex="301"]')).to_be_visible()
    expect(table.cell(299, "Status")).to_be_focused()
    page.keyboard.press("Control+Home")
    expect(table.cell(0, "Status")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(table.head("Status")).to_be_focused()
    page.keyboard.press("Enter")
    expect(table.grid.locator(".pop")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(table.head("Status")).to_have_attribute("aria-sort", "descending")
    page.keyboard.press("s")
    expect(table.head("Status")).to_have_attribute("aria-sort", "ascending")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("p")
    expect(table.head("Name")).not_to_have_class(re.compile(r"\bp\b"))
    page.keyboard.press("?")
    expect(table.grid.locator("dialog")).to_contain_text("Shift+F10")
    page.keyboard.press("Escape")
    expect(table.grid.locator("dialog")).to_have_count(0)


def test_scrolled_rows_are_those_of_the_server(table, podium, project):
    rng = random.Random(5)
    for _ in range(6):
        row = rng.randrange(300)
        table.page.evaluate("(row) => { document.querySelector('podium-grid').view.scroll.scrollTop = row * 28 - 100; }", row)
        name = query(podium, project, offset=row, limit=1)["rows"][0][1]
        expect(table.cell(row, "Name")).to_have_text(name)


def test_live_while_another_process_logs(page, podium):
    project = logged.experiment(podium.url, "live")
    logged.fill(podium.url, project, 20)
    table = Table(page).open(f"{podium.url}/p/{project}/tasks")
    first = table.text(0, "Name")
    run_id = query(podium, project)["rows"][0][0]
    script = "import sys; sys.path.insert(0, sys.argv[1]); import logged; w = logged.Wire(sys.argv[2]);" \
             "logged.log(w, sys.argv[3], {'acc': 0.77777, 'new/metric': 1.0}, step=7)"
    expect(table.grid.locator(".bar").first.get_by_text("live", exact=True)).to_be_visible()
    subprocess.run([sys.executable, "-c", script, str(pathlib.Path(logged.__file__).parent), podium.url, run_id], check=True, timeout=60)
    expect(table.cell(0, "acc")).to_have_text("0.7778")
    expect(table.cell(0, "acc")).to_have_class(re.compile("tint"))
    # Somebody is at work in the table: rows do not move under the hand, a pill tells of new ones.
    table.cell(2, "Name").click()
    logged.run(logged.Wire(podium.url), project, "newcomer", {"acc": 0.5})
    pill = table.grid.locator(".pill")
    expect(pill).to_have_text("▲ 1 new")
    assert table.text(0, "Name") == first
    table.shot("live")
    pill.click()
    table.total("21 tasks")
    expect(table.cell(0, "Name")).to_have_text("newcomer")
    # Nobody is: they come by themselves.
    table.page.mouse.move(5, 5)
    table.page.evaluate("document.querySelector('podium-grid').view.active.row = 0")
    logged.run(logged.Wire(podium.url), project, "another", {"acc": 0.5})
    expect(table.cell(0, "Name")).to_have_text("another")
    table.total("22 tasks")


def test_hostile_names_are_text(page, podium):
    project = logged.experiment(podium.url, "<b>bold</b></script>")
    wire = logged.Wire(podium.url)
    for name in logged.HOSTILE:
        run_id = logged.run(wire, project, name, {"m": 1.5}, {"p": name}, {f"t{len(name)}": name})
        # What MLflow's client may not name so, others can.
        requests.post(f"{podium.url}/api/v1/tasks/{run_id}/log", timeout=60, json={
            "metrics": [{"key": "<i>m</i>", "points": [[1, 1_700_000_000_000, 0.5]]}]}).raise_for_status()
    page.goto(podium.url + "/")
    expect(page.locator("tr", has_text="<b>bold</b></script>")).to_be_visible()
    table = Table(page).open(f"{podium.url}/p/{project}/tasks")
    table.total(f"{len(logged.HOSTILE)} tasks")
    shown = set(table.column("Name", len(logged.HOSTILE)))
    assert "</script><script>window.hacked=1</script>" in shown and "<img src=x onerror=window.hacked=1>" in shown
    long = next(text for text in shown if text.startswith("xxx"))
    assert long.endswith("chars!!") and "…" in long
    row = next(i for i in range(len(shown)) if table.text(i, "Name") == long)
    table.cell(row, "Name").hover()
    assert table.cell(row, "Name").get_attribute("title").startswith("x" * 480)
    table.menu("Tags", "Filter")
    expect(table.grid.locator(".pop .tri")).to_have_count(len(logged.HOSTILE))
    page.keyboard.press("Escape")
    table.cell(0, "Name").click(button="right")
    expect(table.grid.locator(".pop [role=menuitem]", has_text="Copy id")).to_be_visible()
    table.shot("hostile")
    page.keyboard.press("Escape")
    assert page.evaluate("window.hacked") is None
    assert table.grid.locator("img, script, .row b, .row i").count() == 0
    assert page.locator("script").count() == 1


def test_dark(browser, podium, project):
    context = browser.new_context(viewport={"width": 1200, "height": 500}, color_scheme="dark")
    table = Table(context.new_page()).open(f"{podium.url}/p/{project}/tasks")
    background = table.grid.evaluate("e => getComputedStyle(e).backgroundColor")
    assert sum(map(int, background.removeprefix("rgb(").removesuffix(")").split(","))) < 150
    table.shot("dark")
    # A notebook's theme wins over the system's.
    table.page.evaluate("document.documentElement.style.setProperty('--jp-layout-color0', 'rgb(255, 250, 240)')")
    assert table.grid.evaluate("e => getComputedStyle(e).backgroundColor") == "rgb(255, 250, 240)"
    context.close()
