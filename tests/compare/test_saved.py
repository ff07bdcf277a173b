"""Saved comparisons: kept with a link, changed under an ETag."""
import pytest


def test_one_from_its_making_to_its_end(api, project):
    task = api.task(project)
    layout = {"cards": [{"metric": "loss", "log": True}], "order": ["a"]}
    made = api("POST", "comparisons", json={"name": "best of May", "project": project, "selection": {"tasks": [task]}, "layout": layout})
    assert made["layout"] == layout and made["selection"] == {"tasks": [task]} and made["project"] == project
    at = f"comparisons/{made['id']}"
    read = api.raw("GET", at)
    assert read.json() == made and read.headers["ETag"] == f'"{made["version"]}"'
    assert api("GET", f"comparisons/links/{made['link']}") == made
    assert made in api("GET", f"comparisons?project={project}")["comparisons"]
    changed = api("PATCH", at, json={"name": "best of June"}, headers={"If-Match": read.headers["ETag"]})
    assert changed["name"] == "best of June" and changed["layout"] == layout and changed["link"] == made["link"]
    assert changed["version"] > made["version"]
    # Of two that change it at once one is refused.
    late = api("PATCH", at, 409, json={"name": "mine"}, headers={"If-Match": read.headers["ETag"]})
    assert late["code"] == "conflict" and late["facts"]["version"] == changed["version"]
    assert api("GET", at) == changed
    assert api("DELETE", at, 409, headers={"If-Match": read.headers["ETag"]})["code"] == "conflict"
    question = {"project": project, "scope": "subprojects", "filter": "params.lr > :x", "bind": {"x": 1}, "limit": 7}
    moved = api("PATCH", at, json={"project": None, "selection": question, "layout": {}})
    assert moved["project"] is None and moved["selection"] == question and moved["layout"] == {}
    assert api("GET", f"comparisons?project={project}")["comparisons"] == []
    assert api("DELETE", at) == {"deleted": True}
    for path in (at, f"comparisons/links/{made['link']}"):
        assert api("GET", path, 404)["code"] == "not_found"


def test_pages_newest_first(api, project):
    made = [api("POST", "comparisons", json={"name": f"c{i}", "project": project})["id"] for i in range(5)]
    first = api("GET", f"comparisons?project={project}&limit=3")
    rest = api("GET", f"comparisons?project={project}&limit=3&cursor={first['cursor']}")
    assert [c["id"] for c in first["comparisons"] + rest["comparisons"]] == made[::-1] and rest["cursor"] is None


@pytest.mark.parametrize("body, status, member", [
    ({}, 400, "name"), ({"name": ""}, 400, "name"), ({"name": "x" * 201}, 400, "name"), ({"name": "x", "layout": []}, 400, "layout"),
    ({"name": "x", "layout": {"a": "x" * 262_144}}, 413, "layout"), ({"name": "x", "project": "nowhere"}, 404, "project"),
    ({"name": "x", "selection": {"tasks": "all"}}, 400, "selection.tasks"), ({"name": "x", "selection": {"taks": []}}, 400, "selection.taks"),
    ({"name": "x", "selection": {"tasks": ["a"], "limit": 3}}, 400, "selection.limit"), ({"name": "x", "color": 1}, 400, "color"),
])
def test_refusals(api, body, status, member):
    refused = api("POST", "comparisons", status, json=body)
    assert refused["field"] == member, refused
