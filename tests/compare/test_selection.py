"""Which tasks are compared, and how they are shown: labels and colours."""
import re


def ids(answer):
    return [t["id"] for t in answer["tasks"]]


def test_by_ids_each_once_and_what_is_missing(api, project):
    a, b = api.task(project, name="a"), api.task(project, name="b")
    answer = api.compare("colors", tasks=[b, "nobody", a, b])
    assert ids(answer) == [b, a] and answer["missing"] == ["nobody"] and answer["more"] is False
    assert answer["tasks"][0] == {"id": b, "name": "b", "label": "b", "color": answer["tasks"][0]["color"], "state": "running", "project": project}


def test_by_question(api):
    vision, deep = api.project("ask vision"), api.project("ask vision/deep")
    a = api.task(vision, name="alpha 100%", params={"lr": 0.1})
    b = api.task(vision, name="beta", params={"lr": 0.2})
    c = api.task(deep, name="gamma", params={"lr": 0.3})
    assert ids(api.compare("colors", project=vision)) == [b, a]
    assert ids(api.compare("colors", project="ask vision")) == [b, a]
    assert ids(api.compare("colors", project="ask vision", scope="subprojects")) == [c, b, a]
    assert ids(api.compare("colors", project=vision, scope="subprojects")) == [c, b, a]
    assert ids(api.compare("colors", project=vision, filter="params.lr > :least", bind={"least": 0.15})) == [b]
    assert ids(api.compare("colors", project=vision, search="ALPHA 100%")) == [a]
    assert ids(api.compare("colors", project=vision, search="l")) == [a]
    assert ids(api.compare("colors", search=c)) == [c]
    assert ids(api.compare("colors", project=vision, order=["params.lr"])) == [a, b]
    first = api.compare("colors", project=vision, order=["params.lr desc"], limit=1)
    assert ids(first) == [b] and first["more"] is True
    api("POST", f"tasks/{b}/transition", json={"kind": "complete"})
    api("POST", f"tasks/{b}/archive", json={})
    assert ids(api.compare("colors", project=vision)) == [a]
    assert ids(api.compare("colors", project=vision, archived="yes")) == [b]
    assert ids(api.compare("colors", project=vision, archived="both")) == [b, a]
    assert ids(api.compare("colors", project=vision, filter="archived")) == [b]
    assert ids(api.compare("colors", tasks=[b])) == [b]


def test_nothing_selected_is_the_first_hundred(api, project):
    made = [api.task(project) for _ in range(101)]
    answer = api.compare("colors")
    assert ids(answer) == made[:0:-1] and answer["more"] is True


def test_shared_names_are_told_apart(api, project):
    a, b, c = (api.task(project, name=n) for n in ("same", "same", "other"))
    answer = api.compare("colors", tasks=[a, b, c])
    assert [t["label"] for t in answer["tasks"]] == [f"same.{a[-6:]}", f"same.{b[-6:]}", "other"]


def test_colors_are_of_the_id_until_they_are_given(api, project):
    tasks = [api.task(project) for _ in range(40)]

    def colors(**asked):
        return {t["id"]: t["color"] for t in api.compare("colors", **asked)["tasks"]}

    own = colors(tasks=tasks)
    assert all(re.fullmatch("#[0-9a-f]{6}", c) for c in own.values()) and len(set(own.values())) > 35
    assert colors(tasks=tasks[:1]) == {tasks[0]: own[tasks[0]]}
    answer = api("PUT", "comparisons/colors", json={"colors": {tasks[0]: "#ABCDEF", tasks[1]: None}})
    assert {t["id"]: t["color"] for t in answer["tasks"]} == {tasks[0]: "#abcdef", tasks[1]: own[tasks[1]]}
    api.curve(tasks[0], "m", [(0, 1.0)])
    series = api.series(tasks=tasks[:2])
    assert series["series"][0]["color"] == "#abcdef" == series["tasks"][0]["color"]
    api("PUT", "comparisons/colors", json={"colors": {tasks[0]: "#000001"}})
    assert colors(tasks=tasks[:1]) == {tasks[0]: "#000001"}
    api("PUT", "comparisons/colors", json={"colors": {tasks[0]: None}})
    assert colors(tasks=tasks) == own
    for given, status, member in [({tasks[0]: "red"}, 400, f"colors.{tasks[0]}"), ({"nobody": "#000000"}, 404, "colors.nobody")]:
        refused = api("PUT", "comparisons/colors", status, json={"colors": {tasks[1]: "#111111", **given}})
        assert refused["field"] == member
    assert colors(tasks=tasks) == own
    api("PUT", "comparisons/colors", json={"colors": {tasks[2]: "#222222"}})
    api("POST", f"tasks/{tasks[2]}/transition", json={"kind": "complete"})
    api("POST", f"tasks/{tasks[2]}/archive", json={})
    api("DELETE", f"tasks/{tasks[2]}")
    assert api.compare("colors", tasks=[tasks[2]])["missing"] == [tasks[2]]
    assert api("PUT", "comparisons/colors", json={"colors": {}})["tasks"] == []
