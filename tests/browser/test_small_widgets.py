"""The kernel's small widgets (kernel/share) as anywidget calls them, in a page that stands for a notebook."""
import pathlib

import pytest
from playwright.sync_api import expect

SHARE = pathlib.Path(__file__).resolve().parents[2] / "kernel/share"
PAGE = """<div class="jp-OutputArea"><div class="jp-OutputArea-child" id="above"><div class="jp-RenderedVegaCommon5">the chart</div></div>
<div class="jp-OutputArea-child"><div id="here"></div></div></div>"""
RENDER = """async ([source, traits]) => {
  const module = await import(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
  window.sent = [];
  window.heard = [];
  const model = { get: (name) => traits[name], send: (message) => window.sent.push(message),
    on: (event, f) => event === 'msg:custom' && window.heard.push(f), off: (event, f) => window.heard = window.heard.filter((g) => g !== f) };
  window.end = await module.default.render({ model, el: document.getElementById('here') });
}"""
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'><script>window.hacked = 1</script><text>ä #</text></svg>"


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.set_content(PAGE)
    yield page
    page.close()


def render(page, name, **traits):
    page.evaluate(RENDER, [(SHARE / name).read_text(), traits])


def say(page, message):
    page.evaluate("(message) => window.heard.forEach((f) => f(message))", message)


def test_the_button_is_pressed_once(page):
    render(page, "podium-cancel.js")
    button = page.get_by_role("button", name="Cancel")
    button.click()
    expect(button).to_be_disabled()
    assert page.evaluate("window.sent") == [{"cancel": True}]


def test_in_its_first_page_the_chart_stands(page):
    render(page, "podium-picture.js", reloaded=False)
    say(page, {"picture": SVG})
    expect(page.locator("img")).to_have_count(0)
    expect(page.locator("#above")).to_be_visible()
    assert page.evaluate("window.sent") == []


def test_in_a_page_loaded_again_the_picture_does(page):
    render(page, "podium-picture.js", reloaded=True)
    assert page.evaluate("window.sent") == [{"ask": "picture"}]
    expect(page.locator("#above")).to_be_visible()  # until there is something to show
    say(page, {"picture": SVG})
    picture = page.locator("img")
    expect(picture).to_be_visible()
    expect(page.locator("#above")).to_be_hidden()
    page.wait_for_function("(img) => img.complete && img.naturalWidth === 40", arg=picture.element_handle())
    say(page, {"picture": SVG.replace("40", "80")})
    page.wait_for_function("(img) => img.complete && img.naturalWidth === 80", arg=picture.element_handle())
    say(page, {"picture": None})
    expect(picture).to_have_count(1)
    assert page.evaluate("window.hacked") is None  # a picture runs nothing
    page.evaluate("window.end()")
    assert page.evaluate("window.heard.length") == 0
