"""Charts in JupyterLab: drawn by what it brings, and growing with the training."""
import logged
from playwright.sync_api import expect


def drawn(notebook, n):
    """The chart of a cell: Vega-Lite draws on a canvas or as SVG."""
    chart = notebook.output(n).locator(".vega-embed canvas, .vega-embed svg, canvas.marks").first
    expect(chart).to_be_visible()
    return chart


def test_kinds(notebooks, podium, project):
    wire = logged.Wire(podium.url)
    evil = logged.experiment(podium.url, project + "-curves")
    for n in range(3):
        run = logged.run(wire, evil, f"run {n} <b>", {}, {"lr": 0.1 * n, "arch": "ab"[n % 2]})
        for step in range(30):
            logged.log(wire, run, {"loss": 1 / (step + 1 + n)}, step=step)
    lines = [f"chart metrics.loss in {project}-curves smooth 0.5", f"chart metrics.loss in {project}-curves log", f"chart metrics.acc in {project} kind bars",
             f"chart metrics.acc params.lr in {project} kind scatter group by params.opt", f"chart metrics.acc in {project} kind box group by params.opt",
             f"chart params.lr params.opt metrics.acc in {project} kind parallel"]
    notebook = notebooks(lines)
    notebook.run_all()
    for n, line in enumerate(lines):
        notebook.cell(n).scroll_into_view_if_needed()
        box = drawn(notebook, n).bounding_box()
        assert box["width"] > 200 and box["height"] > 100, (line, box)
        notebook.shot(f"lab-chart-{n}")
    assert notebook.page.evaluate("window.hacked") is None


def test_many_points_tell_what_they_are_when_pointed_at(notebooks, podium, project):
    wire = logged.Wire(podium.url)
    where = logged.experiment(podium.url, project + "-pointed")
    for name, at in (("even", 1.0), ("upper", 2.0)):
        run = logged.run(wire, where, name, {})
        logged.log(wire, run, {"loss": at}, step=0)
        wire.call("runs/log-batch", {"run_id": run, "metrics": [{"key": "loss", "value": at, "timestamp": 1700000000000 + s, "step": s} for s in range(1, 200)]})
    notebook = notebooks([f"chart metrics.loss in {project}-pointed"])
    notebook.run_all()
    chart = drawn(notebook, 0)
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    tip = notebook.page.locator("#vg-tooltip-element")
    for y in range(0, int(box["height"]), 4):  # somewhere in the middle there is a line
        notebook.page.mouse.move(box["x"] + box["width"] / 3, box["y"] + y)
        if tip.is_visible() and "step" in tip.inner_text():
            break
    told = tip.inner_text()
    assert "step" in told and ("even" in told or "upper" in told), told


def test_curves_of_a_running_task_grow(notebooks, podium, project):
    wire = logged.Wire(podium.url)
    run = logged.run(wire, logged.experiment(podium.url, project + "-growing"), "grows", {"loss": 1.0})
    notebook = notebooks([f"chart metrics.loss in {project}-growing"])
    notebook.run_all()
    drawn(notebook, 0)
    points = """() => { let most = 0;
      for (const o of jupyterapp.shell.currentWidget.content.widgets[0].model.outputs.toJSON()) {
        const values = o.data?.['application/vnd.vegalite.v5+json'];
        if (values) most = Math.max(most, (JSON.stringify(values).match(/"(x|step)":/g) ?? []).length);
      }
      return most; }"""
    before = notebook.page.evaluate(points)
    assert before > 0
    wire = logged.Wire(podium.url)  # the first one may have been closed while the notebook opened
    for step in range(1, 40):
        logged.log(wire, run, {"loss": 1 / (step + 1)}, step=step)
    notebook.page.wait_for_function(f"(before) => ({points})() >= before + 30", arg=before, timeout=60_000)
    drawn(notebook, 0)
    notebook.shot("lab-growing")


def test_growing_curves_go_on_after_a_reload(notebooks, podium, project):
    """A page that was loaded again hears of no output that is replaced: a picture takes its place."""
    wire = logged.Wire(podium.url)
    run = logged.run(wire, logged.experiment(podium.url, project + "-reloaded"), "grows", {"loss": 1.0})
    notebook = notebooks([f"chart metrics.loss in {project}-reloaded"])
    notebook.run_all()
    drawn(notebook, 0)
    picture = notebook.cell(0).locator("img[src^='data:image/svg']")
    expect(picture).to_have_count(0)  # the chart itself grows
    notebook.save()
    notebook.page.reload()
    notebook.ready()
    expect(picture).to_be_visible()
    expect(notebook.cell(0).locator(".vega-embed").first).to_be_hidden()
    before = picture.get_attribute("src")
    for step in range(1, 20):
        logged.log(wire, run, {"loss": 1 / (step + 1)}, step=step)
    expect(picture).not_to_have_attribute("src", before)
    notebook.page.wait_for_function("(img) => img.complete && img.naturalWidth > 300", arg=picture.element_handle())
    notebook.shot("lab-growing-reloaded")
