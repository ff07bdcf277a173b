"""Paths that lead elsewhere, in every spelling, at every door that takes one."""
import json

import pytest
from conftest import SECRET
from ledger import ARTIFACTS
from raw import exchange

# Spellings of "../secret.txt" from the artifacts' folder's, the data folder's and deeper places; written into a request's
# target as they are.
UP = [
    "../../secret.txt", "../../../secret.txt", "%2e%2e/%2e%2e/secret.txt", "%2E%2E%2F%2E%2E%2Fsecret.txt", "..%2f..%2fsecret.txt",
    ".%2e/%2e./secret.txt", "%252e%252e%252f%252e%252e%252fsecret.txt", "%25252e%25252e%25252f%25252e%25252e%25252fsecret.txt",
    "%252e%252e/%252e%252e/secret.txt", "a/../../../secret.txt", "a/b/%2e%2e/%2e%2e/%2e%2e/%2e%2e/secret.txt",
    "./../../secret.txt", "..%5c..%5csecret.txt", "%5c..%5c..%5csecret.txt", "..\\..\\secret.txt", "..%255c..%255csecret.txt",
    "../..\\secret.txt", "..;/..;/secret.txt/..", ";/../../secret.txt", "a;x=/../../../secret.txt", "..%00/..%00/secret.txt",
    "..%2f..%2fsecret.txt%00.png", "own.txt%00/../../../secret.txt", "..%c0%af..%c0%afsecret.txt", "%c0%ae%c0%ae/%c0%ae%c0%ae/secret.txt",
    "..%e0%80%af..%e0%80%afsecret.txt", "%uff0e%uff0e/%uff0e%uff0e/secret.txt", "..%0d%0a/..%0d%0a/../../secret.txt",
    "%23/../../../secret.txt", "a%23/../../../secret.txt", "%3f/../../../secret.txt", "x%3fa=/../../../secret.txt",
    "../data-of-others/secret.txt", "../../data-of-others/secret.txt", "link-out/secret.txt", "link-out/data-of-others/secret.txt",
]
ABSOLUTE = [
    "{0}", "/{0}", "//{0}", "%2f{0}", "%252f{0}", "file:{0}", "file://{0}", "FILE://{0}", "file:%2f%2f{0}", "file%3a{0}",
    "file%253a//{0}", "C:{0}", "c:%5c{0}", "//localhost{0}", "%5c%5clocalhost{0}",
]
LONG = ["x" * 5000, "%2e%2e/" * 2000 + "secret.txt", "a/" * 3000 + "a", "%25" * 1500 + "2e%25" * 1000]


def spellings(target):
    return UP + [text.format(target.secret) for text in ABSOLUTE] + LONG


def refused(answers, what, other=None):
    """One answer, an error that says something, and nothing of what is not its business."""
    assert len(answers) == 1, (what, answers)
    answer = answers[0]
    assert 400 <= answer.status < 500 or answer.status == other, (what, answer)
    assert SECRET.encode() not in answer.body, what
    assert len(answer.body) > 10, (what, answer)


def ask(target, method, path, body=b""):
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    if method in ("POST", "PUT"):
        head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
    return exchange(target.podium.url, head.encode("latin-1") + b"\r\n" + body)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
@pytest.mark.parametrize("root", [ARTIFACTS, "/ajax-api/2.0/mlflow-artifacts/artifacts/"], ids=["api", "ajax"])
def test_the_proxy(target, method, root):
    for path in spellings(target):
        refused(ask(target, method, root + path, b"overwritten"), (method, path))


def not_offered(path):
    """501 for names that lead nowhere by their text: a local folder has no uploads in parts, whatever the name."""
    if "%c0" in path or "%e0" in path:
        return 501
    return None if ".." in path or "%2e" in path.lower() or path.startswith("/") else 501


@pytest.mark.parametrize("door", ["mpu/create", "mpu/complete", "mpu/abort"])
def test_multipart(target, door):
    for path in spellings(target):
        refused(ask(target, "POST", f"/api/2.0/mlflow-artifacts/{door}/{path}", b'{"path": "x", "parts": []}'), (door, path), not_offered(path))


def test_presigned(target):
    for path in spellings(target):
        refused(ask(target, "GET", f"/api/2.0/mlflow-artifacts/presigned/{path}"), path, not_offered(path))


def in_query(path):
    """A spelling as the value of a query's field: what the request's own syntax takes is escaped, the rest is left."""
    return path.replace("&", "%26").replace("+", "%2b")


@pytest.mark.parametrize("door", [
    "GET /api/2.0/mlflow-artifacts/artifacts?path={}", "GET /api/2.0/mlflow/artifacts/list?run_id={run}&path={}",
    "GET /ajax-api/2.0/mlflow/artifacts/list?run_id={run}&path={}", "GET /get-artifact?run_uuid={run}&path={}",
    "GET /ajax-api/2.0/mlflow/get-artifact?run_uuid={run}&path={}",
    "POST /ajax-api/2.0/mlflow/upload-artifact?run_uuid={run}&path={}",
    "GET /ajax-api/2.0/mlflow/logged-models/{model}/artifacts/files?artifact_file_path={}",
    "GET /api/2.0/mlflow/logged-models/{model}/artifacts/directories?artifact_directory_path={}",
])
def test_paths_in_the_query(target, door):
    method, place = door.split(" ")
    place = place.replace("{run}", target.run).replace("{model}", target.model)
    listing = "list" in door or "directories" in door or "artifacts?path" in door
    for path in spellings(target):
        answers = ask(target, method, place.replace("{}", in_query(path)), b"overwritten")
        if listing and answers and answers[0].status == 200:
            # A folder that is not there has no files; what is shown is below the folder and nothing else.
            assert not json.loads(answers[0].body).get("files"), (path, answers)
            assert path not in UP[:20], path
            continue
        refused(answers, (door, path))


@pytest.mark.parametrize("run", ["..", "../..", "%2e%2e", "../../secret.txt", "link-out", "a%00b", "x" * 5000])
def test_ids_that_are_paths(target, run):
    for door in ("GET /api/2.0/mlflow/artifacts/list?run_id={}", "GET /get-artifact?run_uuid={}&path=secret.txt",
                 "POST /ajax-api/2.0/mlflow/upload-artifact?run_uuid={}&path=secret.txt",
                 "GET /ajax-api/2.0/mlflow/logged-models/{}/artifacts/files?artifact_file_path=secret.txt"):
        method, place = door.split(" ")
        refused(ask(target, method, place.format(run), b"overwritten"), (door, run))


LOCATIONS = [
    "{parent}", "{parent}#/../", "file://{parent}", "file:{parent}", "FILE://{parent}", "//{parent}", "file:///{parent}?x=/../..",
    "mlflow-artifacts:/../..", "mlflow-artifacts:/x/../../..", "mlflow-artifacts:/%2e%2e/%2e%2e", "mlflow-artifacts:/%252e%252e/%252e%252e",
    "mlflow-artifacts:/a#/../../..", "mlflow-artifacts:/a?x=/../../..", "mlflow-artifacts:/a;/../../..", "mlflow-artifacts:/..\\..",
    "mlflow-artifacts://../..", "mlflow-artifacts:/link-out", "../..", "x/../../..", "dbfs:/../..", "", "file:", "http://localhost/../..",
]


@pytest.mark.parametrize("location", LOCATIONS)
def test_places_of_artifacts(target, location):
    """A project may be told to keep its artifacts anywhere; through the server nothing is read from or written to there."""
    connection = target.connection()
    name = f"placed at {location}"
    status, answer = connection.call("POST", "experiments/create", {"name": name, "artifact_location": location.format(parent=target.folder)})
    if status != 200:
        assert 400 <= status < 500 and answer["message"], answer
        return
    experiment = answer["experiment_id"]
    status, answer = connection.call("POST", "runs/create", {"experiment_id": experiment})
    assert status == 200, answer
    run = answer["run"]["info"]["run_id"]
    for path in ("secret.txt", "data-of-others/secret.txt", "../secret.txt", "../../secret.txt", "../../../secret.txt"):
        for door in (f"GET /get-artifact?run_uuid={run}&path={path}", f"GET /api/2.0/mlflow/artifacts/list?run_id={run}&path={path}",
                     f"POST /ajax-api/2.0/mlflow/upload-artifact?run_uuid={run}&path={path}",
                     f"GET /api/2.0/mlflow/artifacts/list?run_id={run}"):
            method, place = door.split(" ")
            if method == "POST" and location in ("", "mlflow-artifacts:/a?x=/../../..") and not path.startswith(".."):
                continue  # an ordinary place: the upload would be right
            [reply] = ask(target, method, place, b"overwritten")
            assert SECRET.encode() not in reply.body, (location, door)
            assert f'"file_size":{len(SECRET)}'.encode() not in reply.body, (location, door)
            assert reply.status < 500 or reply.status == 501, (location, door, reply)
