"""Defining custom actions by the API and by podium.toml."""
import json

import pytest
from api import Api
from conftest import config
from podium import Podium


def definition(receiver, **members):
    return {"id": "build", "label": "Build", "request": {"url": f"{receiver.url}/build"}, **members}


def test_an_action_is_defined_changed_and_removed(api, receiver):
    answer = api.raw("POST", "custom-actions", json=definition(receiver))
    assert answer.status_code == 201
    made = answer.json()
    assert made["from"] == "api" and made["definition"] == definition(receiver)
    first = answer.headers["ETag"]
    assert api.raw("GET", "custom-actions/build").headers["ETag"] == first
    api("POST", "custom-actions", 409, json=definition(receiver))

    changed = definition(receiver, label="Build it")
    answer = api.raw("PUT", "custom-actions/build", json=changed, headers={"If-Match": first})
    assert answer.status_code == 200 and answer.json()["definition"] == changed
    assert answer.headers["ETag"] != first
    api("PUT", "custom-actions/build", 409, json=changed, headers={"If-Match": first})
    api("DELETE", "custom-actions/build", 409, headers={"If-Match": first})
    api("PUT", "custom-actions/build", 400, json={**changed, "id": "other"})

    listed = api("GET", "custom-actions")["custom_actions"]
    assert [(a["id"], a["from"]) for a in listed] == [("configured", "configuration"), ("build", "api")]
    api("DELETE", "custom-actions/build", headers={"If-Match": answer.headers["ETag"]})
    for method in ("GET", "PUT", "DELETE"):
        api(method, "custom-actions/build", 404, **({"json": changed} if method == "PUT" else {}))


def test_it_is_offered_while_it_is_defined(api, define):
    def offered():
        return {a["id"]: a for a in api("GET", "tasks/actions")["actions"]}

    assert offered()["configured"]["plugin"] == "custom-actions"
    assert "build" not in offered()
    define("build", tooltip="Builds", group="Ops", confirm={"text": "Build {{count}} tasks?"}, when="state = 'running'")
    build = offered()["build"]
    assert (build["tooltip"], build["group"], build["confirm"], build["verb"]) == \
        ("Builds", "Ops", "Build {count} tasks?", "build")


@pytest.mark.parametrize("members, path", [
    ({"id": "No Word"}, "id"),
    ({"label": ""}, "label"),
    ({"when": "stat = 'x'"}, "when"),
    ({"request": {"url": "http://{{task.name}}/"}}, "request.url"),
    ({"request": {"url": "https://not-listed.example/"}}, "request.url"),
    ({"request": {"url": "http://127.0.0.1:1/"}}, "request.url"),
    ({"request": {"url": "http://0x7f.1/"}}, "request.url"),
    ({"request": {"url": "file:///etc/passwd"}}, "request.url"),
    ({"request": {"url": "http://user@127.0.0.1/"}}, "request.url"),
    ({"surplus": 1}, "surplus"),
])
def test_a_bad_definition_is_refused_with_the_path(api, receiver, members, path):
    problem = api("POST", "custom-actions", 400, json=definition(receiver, **members))
    assert problem["field"] == path, problem
    assert not [a for a in api("GET", "custom-actions")["custom_actions"] if a["from"] == "api"]


def test_a_secret_outside_of_headers_is_refused(api, receiver):
    for request in ({"url": f"{receiver.url}/{{{{secret:ci}}}}"}, {"url": receiver.url + "/", "body": {"a": "{{secret:ci}}"}},
                    {"url": receiver.url + "/", "headers": {"X": "{{secret:unknown}}"}}):
        assert api("POST", "custom-actions", 400, json=definition(receiver, request=request))["field"].startswith("request.")


def test_what_podium_toml_defines_is_changed_there(api, receiver):
    assert api("GET", "custom-actions/configured")["from"] == "configuration"
    changed = definition(receiver, id="configured")
    api("POST", "custom-actions", 409, json=changed)
    api("PUT", "custom-actions/configured", 409, json=changed)
    api("DELETE", "custom-actions/configured", 409)


def test_definitions_outlive_a_restart_and_a_bad_configuration_is_told(tmp_path, receiver):
    (tmp_path / "podium.toml").write_text(config(receiver.url))
    environment = {"PODIUM_OUTBOUND_ALLOW": receiver.url}
    with Podium(tmp_path / "data", environment=environment) as podium:
        Api(podium.url, seconds=90)("POST", "custom-actions", 201, json=definition(receiver))
    with Podium(tmp_path / "data", environment=environment) as podium:
        api = Api(podium.url, seconds=90)
        assert {"configured", "build"} <= {a["id"] for a in api("GET", "tasks/actions")["actions"]}
    (tmp_path / "podium.toml").write_text(config(receiver.url, when="nonsense ="))
    with Podium(tmp_path / "data", environment=environment) as podium:
        plugin = {p["id"]: p for p in Api(podium.url, seconds=90)("GET", "plugins")["plugins"]}["custom-actions"]
        assert plugin["state"] == "failed" and "actions[0].when" in plugin["reason"], plugin


def test_try_shows_the_request_and_sends_none(api, receiver, task, define):
    api("POST", f"tasks/{task}/log", json={"params": {"lr": "0.1"},
                                           "metrics": [{"key": "loss", "points": [[1, 1700000000000, 0.5], [2, 1700000001000, 0.25]]}]})
    request = {"url": receiver.url + "/{{task.params.lr}}", "headers": {"Authorization": "Bearer {{secret:ci}}"}, "sign": "signing",
               "body": {"last": "{{task.metrics.loss.last}}", "max": "{{task.metrics.loss.max}}", "env": "{{params.env}}"}}
    parameters = {"type": "object", "properties": {"env": {"type": "string", "default": "staging"}}}
    wanted = definition(receiver, request=request, parameters=parameters, when="state = 'failed'")
    answer = api.raw("POST", "custom-actions/try", json={"definition": wanted, "task": task})
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert shown["url"] == receiver.url + "/0.1" and shown["method"] == "POST" and shown["matches"] is False
    assert shown["headers"]["Authorization"] == "Bearer ***" and shown["headers"]["Podium-Signature"] == "***"
    assert json.loads(shown["body"]) == {"last": 0.25, "max": 0.5, "env": "staging"}
    assert "problem" not in shown
    assert "s3cret" not in answer.text
    define("build", when="state = 'running'")
    assert api("POST", "custom-actions/try", json={"action": "build", "task": task})["matches"] is True
    api("POST", "custom-actions/try", 404, json={"action": "none", "task": task})
    api("POST", "custom-actions/try", 404, json={"action": "build", "task": "none"})
    api("POST", "custom-actions/try", 400, json={"task": task})
    assert "outbound_allow" in api("POST", "custom-actions/try", json={
        "definition": definition(receiver, request={"url": "https://not-listed.example/"}), "task": task})["problem"]
    assert receiver.received == []
