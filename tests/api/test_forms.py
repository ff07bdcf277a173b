"""Answers as notebooks show them: the member `forms` of a command."""
import json

import pytest

HOSTILE = "</script><img src=x onerror=alert(1)> & \"q\" 'a' \u202egnp.exe"
VEGALITE, VEGA = "application/vnd.vegalite.v5+json", "application/vnd.vega.v5+json"


@pytest.fixture(scope="module")
def drawn(api):
    """Runs a line; returns its answer."""
    project = api.project("drawn")
    for i in range(12):
        task = api.task(project, name=f"t{i}", params={"lr": str(i), "p": HOSTILE}, tags={"t": HOSTILE})
        api.log(task, "loss", range(1, 6))
    return lambda line, forms=(), status=200: api("POST", "commands", status, json={"line": line, "forms": dict(forms)})


def test_only_when_asked(api, drawn):
    assert "forms" not in api("POST", "commands", json={"line": "projects"})
    assert drawn("projects")["forms"]["text/plain"]


def test_a_table(drawn):
    forms = drawn("tasks in drawn show name, params.lr sort created")["forms"]
    assert set(forms) == {"text/html", "text/plain"}
    assert forms["text/plain"].startswith("name") and "(10 of 12 rows)" in forms["text/plain"]
    assert forms["text/html"].count("<tr>") == 13
    forms = drawn("tasks in drawn show name", {"rows": 3, "text_rows": 2})["forms"]
    assert forms["text/html"].count("<tr>") == 4 and "3 of 12 rows" in forms["text/html"] and "(2 of 12 rows)" in forms["text/plain"]


def test_a_mark_for_the_widget(drawn):
    """Of tables of tasks that a widget can go on with; it is other people's text, too."""
    page = drawn("tasks in drawn", {"snapshot": "ab\"><img>"})["forms"]["text/html"]
    assert 'data-podium-snapshot="ab&quot;&gt;&lt;img&gt;"' in page and "<img" not in page
    for line in ("projects", "tasks in drawn group by state show count"):
        assert "podium-snapshot" not in drawn(line, {"snapshot": "ab"})["forms"]["text/html"]


@pytest.mark.parametrize("line, kinds", [
    ("chart metrics.loss in drawn", {VEGALITE, "image/svg+xml", "text/plain"}),
    ("series metrics.loss of t1", {VEGALITE, "image/svg+xml", "text/plain"}),
    ("chart params.lr metrics.loss in drawn kind scatter", {VEGALITE, "text/plain"}),
    ("chart params.lr metrics.loss in drawn kind parallel", {VEGA, "text/plain"}),
    ("show t1", {"text/html", "text/plain"}),
    ("help tasks", {"text/plain"}),
    ("export in drawn", set()),
    ("wait in drawn where name = 't1' until metrics.loss > 0", {"text/html", "text/plain"}),
])
def test_other_answers(drawn, line, kinds):
    answer = drawn(line)
    assert set(answer["forms"]) == kinds
    if VEGALITE in kinds:
        assert answer["forms"][VEGALITE]["$schema"] == "https://vega.github.io/schema/vega-lite/v5.json"


def test_what_others_wrote_is_text(drawn):
    for line in ("tasks in drawn show name, params.p, tags.t", "show t1", "chart params.p metrics.loss in drawn kind scatter", "diff t1 t2 all"):
        for kind, text in drawn(line)["forms"].items():
            text = text if isinstance(text, str) else json.dumps(text, ensure_ascii=False)
            assert "\u202e" not in text, (line, kind)
            if kind in ("text/html", "image/svg+xml"):
                assert "<img" not in text and "</script" not in text and "onerror=alert(1)&gt;" in text, (line, kind)


@pytest.mark.parametrize("forms, told", [({"rows": 0}, "forms.rows"), ({"rows": 1001}, "forms.rows"), ({"snapshot": "x" * 65}, "forms.snapshot"),
                                         ({"colour": 1}, "colour")])
def test_what_is_refused(drawn, forms, told):
    answer = drawn("projects", forms, status=400)
    assert answer["code"] == "invalid" and told in answer["detail"]


def test_they_come_with_a_wait(api, drawn):
    answer = api("POST", "commands/wait", json={"line": "wait t1 until metrics.loss > 0", "forms": {}})
    assert answer["outcome"] == "done" and "t1" in answer["forms"]["text/plain"]
