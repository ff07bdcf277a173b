"""What is sent when a custom action runs, and what is made of the answers."""
import hashlib
import hmac
import threading
import time
import urllib.parse

import pytest
from conftest import SECRETS

HOSTILE = ["a/../../b?c=d&e=f#g", "\"},{\"admin\":true}", "{{secret:ci}}", "100% \\ ' <script>", "ü€ 😀", ".."]


def test_each_task_is_a_request_of_its_own(api, receiver, project, define, run):
    tasks = [api.task(project, name=f"task {i}") for i in range(10)]
    define("notify", request={"url": receiver.url + "/{{task.id}}", "body": {"name": "{{task.name}}", "project": "{{task.project}}"}},
           response={"toast": "$.said", "then": {"add_tags": ["notified"]}})
    receiver.answer = lambda received: (200, {"said": "heard " + received.json()["name"]})
    result = run("notify", tasks)
    assert (result["state"], result["succeeded_count"], result["failed_count"]) == ("done", 10, 0)
    assert sorted(r.path for r in receiver.received) == sorted("/" + t for t in tasks)
    assert {r.json()["project"] for r in receiver.received} == {project}
    assert len({r.headers["idempotency-key"] for r in receiver.received}) == 10
    assert {i["message"] for i in result["succeeded"]} == {f"heard task {i}" for i in range(10)}
    for task in tasks:
        assert "notified" in str(api("GET", f"tasks/{task}")["tags"])
    rows = api("GET", "custom-actions/audit?action=notify")["entries"]
    assert {r["task"] for r in rows} == set(tasks)
    assert {(r["status"], r["attempts"], r["who"]) for r in rows} == {(200, 1, "local")}


def test_single_is_one_request_for_all(api, receiver, project, define, run):
    tasks = [api.task(project) for _ in range(5)]
    define("bundle", batch="single", request={"body": {"n": "{{count}}", "ids": "{{ids}}"}})
    assert run("bundle", tasks)["succeeded_count"] == 5
    (received,) = receiver.received
    assert received.json()["n"] == 5 and sorted(received.json()["ids"]) == sorted(tasks)
    assert len(api("GET", "custom-actions/audit?action=bundle")["entries"]) == 5


def test_one_failure_stops_no_other(api, receiver, project, define, run):
    tasks = [api.task(project, name=f"n{i}") for i in range(6)]
    define("pick", request={"url": receiver.url + "/{{task.name}}"}, response={"toast": "/why"})
    receiver.answer = lambda r: (422, {"why": "no third"}) if r.path == "/n3" else (200, {})
    result = run("pick", tasks)
    assert (result["succeeded_count"], result["failed_count"]) == (5, 1)
    assert result["failed"] == [{"id": tasks[3], "code": "invalid", "message": "the other server answered 422: no third",
                                 **{k: v for k, v in result["failed"][0].items() if k not in ("id", "code", "message")}}]
    row = api("GET", f"custom-actions/audit?task={tasks[3]}")["entries"][0]
    assert (row["status"], row["error"]) == (422, "invalid")


def test_parameters_are_checked_and_sent(api, receiver, task, define, run):
    define("deploy", request={"body": {"to": "{{params.env}}", "n": "{{params.copies}}"}},
           parameters={"type": "object", "required": ["env"], "properties": {
               "env": {"enum": ["staging", "prod"]}, "copies": {"type": "integer", "default": 2}}})
    run("deploy", [task], 400, parameters={"env": "moon"})
    run("deploy", [task], 400)
    assert receiver.received == []
    assert run("deploy", [task], parameters={"env": "prod"})["succeeded_count"] == 1
    assert receiver.received[0].json() == {"to": "prod", "n": 2}


def test_when_is_held_to(api, receiver, project, define, run):
    running, draft = api.task(project), api.task(project, state="draft")
    define("only", when="state = 'running'", why_not="Only running tasks")
    result = run("only", [running, draft])
    assert [i["id"] for i in result["succeeded"]] == [running]
    assert [(i["id"], i["message"]) for i in result["failed"]] == [(draft, "Only running tasks")]
    assert len(receiver.received) == 1


def test_a_dry_run_sends_nothing(api, receiver, task, define, run):
    define("careful")
    assert run("careful", [task], dry_run=True)["succeeded_count"] == 1
    assert receiver.received == []


def test_what_failed_for_a_while_is_sent_again_with_the_same_key_and_signed(api, receiver, task, define, run):
    define("patient", request={"retries": 3, "sign": "signing", "body": {"id": "{{task.id}}"}})
    answers = iter([(503, {}), (429, {}, {"Retry-After": "0"}), (200, {})])
    receiver.answer = lambda _: next(answers)
    result = run("patient", [task])
    assert result["succeeded_count"] == 1
    assert len(receiver.received) == 3
    assert len({r.headers["idempotency-key"] for r in receiver.received}) == 1
    for r in receiver.received:
        signed = r.headers["podium-timestamp"].encode() + b"." + r.body
        wanted = "v1=" + hmac.new(SECRETS["SIGNING_KEY"].encode(), signed, hashlib.sha256).hexdigest()
        assert hmac.compare_digest(wanted, r.headers["podium-signature"])
        assert abs(time.time() - int(r.headers["podium-timestamp"])) < 600
    assert api("GET", f"custom-actions/audit?task={task}")["entries"][0]["attempts"] == 3


@pytest.mark.parametrize("status, code", [(400, "invalid"), (403, "denied"), (404, "not_found"), (409, "conflict")])
def test_what_would_fail_again_is_not_sent_again(receiver, task, define, run, status, code):
    define("once", request={"retries": 3})
    receiver.answer = lambda _: (status, {})
    assert run("once", [task])["failed"][0]["code"] == code
    assert len(receiver.received) == 1


def test_a_redirect_is_not_followed(receiver, other, task, define, run):
    other.forget()
    define("astray", request={"retries": 2})
    receiver.answer = lambda _: (302, {}, {"Location": other.url + "/"})
    failed = run("astray", [task])["failed"]
    assert "302, a redirect, which is not followed" in failed[0]["message"]
    assert len(receiver.received) == 1 and other.received == []


def test_a_name_with_a_forbidden_address_is_refused_after_the_look_up(api, receiver, task, define, run):
    define("inward", request={"url": f"http://localhost:{receiver.port}/hook"})
    failed = run("inward", [task])["failed"]
    assert failed[0]["code"] == "denied" and "outbound_networks" in failed[0]["message"], failed
    assert receiver.received == []
    row = api("GET", f"custom-actions/audit?task={task}")["entries"][0]
    assert row["error"] == "denied" and "status" not in row


def test_a_slow_server_and_a_huge_answer(receiver, task, define, run):
    over = threading.Event()
    define("slow", request={"timeout_ms": 200})

    def wait(_):
        over.wait(60)
        return 200, {}

    receiver.answer = wait
    assert run("slow", [task])["failed"][0]["code"] == "timeout"
    over.set()
    define("huge")
    receiver.answer = lambda _: (200, b"x" * (2 << 20))
    assert run("huge", [task])["failed"][0]["code"] == "too_large"


def test_no_answer_is_taken_at_its_word(receiver, task, define, run):
    define("word", response={"toast": "$.message", "open_url": "$.url"})
    for url, opened in [("https://ci.example/1", True), ("/tasks/1", True), ("http://ci.example/", False), ("javascript:alert(1)", False),
                        ("//evil.example/", False), ("https://ci.example@evil.example/", False), ("/\\evil.example", False)]:
        receiver.answer = lambda _: (200, {"message": "two\nlines", "url": url})
        result = run("word", [task])
        assert result["succeeded_count"] == 1
        assert (result.get("open_url") == url) == opened, (url, result)
        assert result["message"].startswith("two lines")
    for body in (b"no json", b"[" * 100000, b"", b'{"message": {"a": 1}}', b"\xff\xfe"):
        receiver.answer = lambda _: (200, body)
        assert run("word", [task])["succeeded_count"] == 1


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_where_it_was_put(api, receiver, project, define, run, name):
    task = api.task(project, name=name)
    define("escape", request={"url": receiver.url + "/at/{{task.name}}/end?q={{task.name}}", "headers": {"X-Name": "{{task.name|url}}"},
                              "body": {"name": "{{task.name}}", "mixed": "[{{task.name}}]"}})
    result = run("escape", [task])
    if name == "..":  # as a segment of a path it would take away another
        assert result["failed"][0]["code"] == "invalid" and receiver.received == []
        return
    assert result["succeeded_count"] == 1, result
    (received,) = receiver.received
    path, query = received.path.split("?")
    assert path.split("/")[0:2] == ["", "at"] and len(path.split("/")) == 4
    assert urllib.parse.unquote(path.split("/")[2]) == name
    assert urllib.parse.parse_qs(query)["q"] == [name]
    assert urllib.parse.unquote(received.headers["x-name"]) == name
    assert received.json() == {"name": name, "mixed": f"[{name}]"}


def test_a_line_break_does_not_get_into_a_header(api, receiver, project, define, run):
    task = api.task(project, name="a")
    api("POST", f"tasks/{task}/log", json={"tags": {"note": "x\r\nX-Evil: 1"}})
    define("header", request={"headers": {"X-Note": "{{task.tags.note}}"}})
    failed = run("header", [task])["failed"]
    assert failed[0]["code"] == "invalid" and "X-Note" in failed[0]["message"]
    assert receiver.received == []


def test_secrets_come_out_nowhere(api, podium, receiver, task, define, run):
    define("secretive", request={"headers": {"Authorization": "Bearer {{secret:ci}}"}, "sign": "signing"},
           response={"toast": "$.echo", "open_url": "$.url"})
    receiver.answer = lambda r: (200, {"echo": "you sent " + r.headers["authorization"],
                                       "url": "https://x.example/?" + r.headers["authorization"].split()[1]})
    done = api.raw("POST", "tasks/actions/run", json={"action": "secretive", "selection": {"ids": [task]}, "wait": 60000})
    assert done.json()["succeeded_count"] == 1 and "***" in done.text
    assert receiver.received[0].headers["authorization"] == "Bearer " + SECRETS["CI_TOKEN"]
    receiver.answer = lambda r: (400, {"echo": r.headers["authorization"]})
    refused = api.raw("POST", "tasks/actions/run", json={"action": "secretive", "selection": {"ids": [task]}, "wait": 60000})
    shown = [done.text, refused.text, podium.log_path.read_text()]
    for path in ("custom-actions", "custom-actions/secretive", "custom-actions/audit", "tasks/actions", "tasks/actions/runs", "jobs",
                 f"tasks/{task}", f"tasks/{task}/history", "plugins"):
        shown.append(api.raw("GET", path).text)
    for text in shown:
        for secret in SECRETS.values():
            assert secret not in text
    for file in podium.data.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            for secret in SECRETS.values():
                assert secret.encode() not in content, file


def test_the_audit_is_read_page_by_page(api, receiver, project, define, run):
    define("paged")
    tasks = [api.task(project) for _ in range(5)]
    run("paged", tasks)
    seen, cursor = [], None
    while True:
        page = api("GET", "custom-actions/audit", params={"action": "paged", "limit": 2, **({"cursor": cursor} if cursor else {})})
        seen += [e["task"] for e in page["entries"]]
        cursor = page["cursor"]
        if not cursor:
            break
    assert sorted(seen) == sorted(tasks)
    api("GET", "custom-actions/audit?limit=0", 400)


def test_a_finished_run_repeated_by_its_key_sends_nothing(receiver, task, define, run):
    define("idempotent")
    first = run("idempotent", [task], idempotency_key="k1")
    second = run("idempotent", [task], idempotency_key="k1")
    assert first["run"] == second["run"] and len(receiver.received) == 1
