"""Pages of other origins: DNS rebinding by the Host header, writes across origins, and answers that a browser could run."""
import email.message
import json
from urllib.parse import quote

import pytest
from ledger import ARTIFACTS

DOORS = [
    ("GET", "/api/2.0/mlflow/experiments/search?max_results=1"), ("POST", "/api/2.0/mlflow/runs/create"), ("POST", "/ajax-api/2.0/mlflow/runs/search"),
    ("GET", ARTIFACTS + "x"), ("PUT", ARTIFACTS + "x"), ("DELETE", ARTIFACTS + "x"), ("GET", "/get-artifact?run_uuid=x&path=y"),
    ("GET", "/api/v1/projects"), ("POST", "/api/v1/tasks/query"), ("GET", "/api/v1/plugins"), ("GET", "/metrics"), ("GET", "/"),
    ("GET", "/nothing/here"), ("OPTIONS", "/api/2.0/mlflow/runs/create"),
]
HOSTS = [
    "evil.example", "evil.example:5000", "127.0.0.1.evil.example", "localhost.evil.example", "localhost@evil.example", "evil.example/localhost",
    "localhost:80@evil.example", "localhost:x", "evil.example#localhost", "127.0.0.1:5000:evil", "10.0.0.1.evil.example", "192.168.0.evil", "8.8.8.8",
    "[2001:4860:4860::8888]", "[::1].evil.example", "xn--lcalhost-c1a", "localhost\xa0", "0x7f000001.example", "", "*", "..", "127.0.0.1%00.evil.example",
]


@pytest.mark.parametrize("host", HOSTS)
def test_a_foreign_host_is_answered_nothing(target, host):
    for method, path in DOORS:
        status, body = target.connection().raw(method, path, b"{}" if method in ("POST", "PUT") else None, {"Host": host})
        assert status in (400, 403), (method, path, status, body)
        assert b"Host" in body or b"malformed" in body, body


ORIGINS = ["http://evil.example", "https://evil.example:5000", "http://localhost.evil.example", "http://127.0.0.1.evil.example",
           "http://evil.example/localhost", "http://localhost@evil.example", "null", "file://", "evil.example", "http://evil.example#localhost",
           "http://[::1].evil.example", "chrome-extension://abc", "http://10.0.0.1", "http://192.168.1.1:8000"]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""])
@pytest.mark.parametrize("origin", ORIGINS)
def test_a_foreign_origin_writes_nothing(target, origin, kind):
    connection = target.connection()
    body = json.dumps({"run_id": target.run, "key": "crossed", "value": "x"})
    headers = {"Origin": origin, "Content-Type": kind}
    for root in ("/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"):
        assert connection.raw("POST", root + "runs/set-tag", body, headers)[0] == 403
    for method in ("PUT", "DELETE"):
        assert connection.raw(method, f"{ARTIFACTS}0/{target.run}/artifacts/own.txt", b"overwritten", headers)[0] == 403
    assert "crossed" not in {t["key"] for t in connection.get_run(target.run)["data"].get("tags", [])}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_writes_nothing(target, kind):
    """What a page can send without asking first; a browser that names no Origin is old, and still refused."""
    connection = target.connection()
    body = json.dumps({"run_id": target.run, "key": "formed", "value": "x"})
    for root in ("/api/2.0/mlflow/", "/ajax-api/2.0/mlflow/"):
        status, answer = connection.raw("POST", root + "runs/set-tag", body, {"Content-Type": kind})
        assert 400 <= status < 500 and b"Content-Type" in answer, (status, answer)
    assert "formed" not in {t["key"] for t in connection.get_run(target.run)["data"].get("tags", [])}


@pytest.mark.parametrize("origin", ORIGINS)
def test_a_foreign_origin_is_shown_nothing(target, origin):
    """It may be answered, but its page is not let see it."""
    connection = target.connection()
    for method in ("GET", "OPTIONS"):
        connection.http.request(method, "/api/2.0/mlflow/experiments/search?max_results=1", None,
                                {"Origin": origin, "Access-Control-Request-Method": "GET"})
        answer = connection.http.getresponse()
        answer.read()
        assert answer.getheader("Access-Control-Allow-Origin") is None


SCRIPTS = {"page.html": b"<script>alert(1)</script>", "image.svg": b"<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>", "page.xhtml": b"<html/>",
           "script.js": b"alert(1)", "sheet.xml": b"<?xml-stylesheet href='javascript:alert(1)'?><x/>", "nothing": b"<script>alert(1)</script>"}


@pytest.mark.parametrize("name", SCRIPTS)
def test_an_artifact_is_never_run(target, name):
    """What somebody uploaded is for saving: a browser neither shows it as a page of this origin nor guesses what it is."""
    connection = target.connection()
    assert connection.raw("PUT", f"{ARTIFACTS}0/{target.run}/artifacts/{name}", SCRIPTS[name])[0] == 200
    for path in (f"{ARTIFACTS}0/{target.run}/artifacts/{name}", f"/get-artifact?run_uuid={target.run}&path={name}"):
        connection.http.request("GET", path)
        answer = connection.http.getresponse()
        assert answer.read() == SCRIPTS[name]
        assert answer.getheader("X-Content-Type-Options") == "nosniff", path
        assert (answer.getheader("Content-Disposition") or "").startswith("attachment"), path


@pytest.mark.parametrize("name", ['a"; filename=evil.html; x="', "a\r\nSet-Cookie: x=1", "a\u202egpj.exe", "é" * 100])
def test_a_name_adds_no_header(target, name):
    connection = target.connection()
    path = f"{ARTIFACTS}0/{target.run}/artifacts/{quote(name)}"
    assert connection.raw("PUT", path, b"named")[0] == 200
    connection.http.request("GET", path)
    answer = connection.http.getresponse()
    assert answer.read() == b"named"
    assert answer.getheader("Set-Cookie") is None
    message = email.message.Message()
    message["Content-Disposition"] = answer.getheader("Content-Disposition")
    assert message.get_content_disposition() == "attachment"
    assert {name for name, _ in message.get_params(header="Content-Disposition")} <= {"attachment", "filename"}, message.as_string()


@pytest.mark.parametrize("door", ["experiments/get?experiment_id={}", "runs/get?run_id={}", "nothing?x={}", "artifacts/list?run_id={}"])
def test_what_was_asked_is_not_a_page(target, door):
    """The text of an error holds what was sent; a browser must not run it."""
    connection = target.connection()
    connection.http.request("GET", "/api/2.0/mlflow/" + door.format("%3Cscript%3Ealert(1)%3C/script%3E"))
    answer = connection.http.getresponse()
    body = answer.read()
    kind = answer.getheader("Content-Type")
    assert answer.getheader("X-Content-Type-Options") == "nosniff"
    assert "html" not in kind or b"<script>" not in body, (kind, body)
