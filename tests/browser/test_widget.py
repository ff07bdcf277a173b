"""The module as a notebook loads it: anywidget's protocol, with a kernel that only passes bodies on."""
import logged
from pages import Table
from playwright.sync_api import expect

KERNEL = """async ({ project, snapshot }) => {
  const module = await import('/assets/podium-elements.js');
  const paths = { window: 'query', facets: 'facets', columns: 'columns', actions: 'actions/available', run: 'actions/run' };
  const listeners = new Map(), traits = { question: { project, limit: 5 }, state: { order: ['name'] }, snapshot, height: 400 };
  const hear = (event, ...args) => (listeners.get(event) ?? []).forEach((f) => f(...args));
  const model = {
    asked: [], saved: 0, get: (name) => traits[name], set: (name, value) => { traits[name] = value; }, save_changes() { ++this.saved; },
    on: (event, f) => listeners.set(event, [...(listeners.get(event) ?? []), f]), off: () => {},
    async send(message) {
      this.asked.push(message);
      if (!message.ask) return;
      const answer = await fetch('/api/v1/tasks/' + paths[message.ask], {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(message.body) });
      const json = await answer.json();
      hear('msg:custom', answer.ok ? { id: message.id, ok: json } : { id: message.id, error: { code: json.code, detail: json.detail } });
    },
  };
  document.body.insertAdjacentHTML('beforeend', `<div class="jp-OutputArea-child"><div data-podium-snapshot="${snapshot}">static</div></div><div id="out"></div>`);
  window.model = model; window.hear = hear; window.traits = traits;
  window.close_ = module.default.render({ model, el: document.getElementById('out') });
  traits.live = true;
  hear('change:live');
}"""


def test_a_notebook_shows_the_table(page, podium, project):
    page.goto(podium.url + "/")
    page.evaluate(KERNEL, {"project": project, "snapshot": "s1"})
    table = Table(page)
    table.ready()
    table.total("5 tasks")  # of 300
    assert table.column("Name", 3) == ["cnn-0", "cnn-1", "cnn-10"]
    expect(page.get_by_text("static")).to_be_hidden()
    expect(table.grid.locator(".bar").first.get_by_text("live", exact=True)).to_be_visible()
    assert 200 < table.grid.bounding_box()["height"] < 300  # five rows; 400 at most
    for name in ("data-jp-suppress-context-menu", "data-lm-suppress-shortcuts"):
        assert table.grid.get_attribute(name) == "true"
    table.mark(1)
    table.selected("1 selected")
    assert len(page.evaluate("traits.selection.ids")) == 1
    table.page.keyboard.press("Control+a")  # five, not all that the question has
    table.selected("5 selected")
    assert len(page.evaluate("traits.selection.ids")) == 5
    table.page.keyboard.press("Escape")
    assert page.evaluate("traits.selection") is None
    table.cell(0, "Name").dblclick()
    assert page.evaluate("model.asked.filter((m) => m.open).length") == 1
    table.shot("widget")


def test_the_static_table_stands_where_there_is_no_kernel(page, podium, project):
    page.goto(podium.url + "/")
    page.evaluate("""() => { const real = window.fetch, gate = new Promise((open) => (window.go = open));
        window.fetch = async (...question) => (await gate, real(...question)); }""")
    page.evaluate(KERNEL, {"project": project, "snapshot": "s0"})
    expect(page.get_by_text("static")).to_be_visible()
    expect(page.locator("podium-grid [role=grid]")).not_to_be_in_viewport()
    page.evaluate("go()")
    Table(page).ready()
    expect(page.get_by_text("static")).to_be_hidden()
    page.evaluate("hear('comm_live_update')")  # the kernel went away
    expect(page.get_by_text("static")).to_be_visible()
    expect(page.locator("podium-grid [role=grid]")).not_to_be_in_viewport()


def test_news_from_the_kernel(page, podium):
    project = logged.experiment(podium.url, "told")
    run_id = logged.run(logged.Wire(podium.url), project, "run", {"acc": 0.25})
    page.goto(podium.url + "/")
    page.evaluate(KERNEL, {"project": project, "snapshot": "s2"})
    table = Table(page)
    expect(table.cell(0, "acc")).to_have_text("0.25")
    logged.log(logged.Wire(podium.url), run_id, {"acc": 0.75}, step=9)
    page.evaluate("(id) => hear('msg:custom', { news: { revision: 9, events: [{ topic: 'tasks', changed: [id] }] } })", run_id)
    expect(table.cell(0, "acc")).to_have_text("0.75")
    page.evaluate("hear('msg:custom', { id: 12345, ok: {} })")  # an answer that nobody waits for


def test_two_tables_and_what_the_kernel_refuses(page, podium, project):
    page.goto(podium.url + "/")
    page.evaluate(KERNEL, {"project": project, "snapshot": "s3"})
    page.evaluate("""async () => { const module = await import('/assets/podium-elements.js?other');  // each output imports its own
        module.default.render({ model, el: document.getElementById('out') }); }""")
    expect(page.locator("podium-grid")).to_have_count(2)
    page.evaluate(KERNEL, {"project": "no such project", "snapshot": "s4"})
    expect(page.locator("podium-grid .err")).to_contain_text("no such project")
    page.troubles[:] = [t for t in page.troubles if "404" not in t]
