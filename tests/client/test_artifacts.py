"""Artifacts through the mlflow-artifacts proxy: sizes, names, listing, ranges."""
import hashlib
import os

import pytest
import requests


@pytest.mark.parametrize("size", [0, 1, 200 * 1024 * 1024])
def test_sizes(mlflow, client, tmp_path, size):
    path = tmp_path / "blob.bin"
    with open(path, "wb") as out:
        left = size
        while left:
            out.write(os.urandom(min(left, 1 << 20)))
            left -= min(left, 1 << 20)
    with mlflow.start_run() as run:
        mlflow.log_artifact(str(path), "d")
    (listed,) = client.list_artifacts(run.info.run_id, "d")
    assert listed.path == "d/blob.bin" and (listed.file_size or 0) == size and not listed.is_dir
    back = client.download_artifacts(run.info.run_id, "d/blob.bin", str(tmp_path))
    assert hashlib.sha256(open(back, "rb").read()).digest() == hashlib.sha256(path.read_bytes()).digest()


def test_a_tree(mlflow, client, tmp_path):
    tree = tmp_path / "tree"
    (tree / "sub dir").mkdir(parents=True)
    (tree / "a.txt").write_text("a")
    (tree / "sub dir" / "ü +&.json").write_text("{}")
    with mlflow.start_run() as run:
        mlflow.log_artifacts(str(tree))
        mlflow.log_text("hello", "notes/hello.txt")
        mlflow.log_dict({"a": 1}, "notes/d.json")
    names = [(f.path, f.is_dir) for f in client.list_artifacts(run.info.run_id)]
    assert names == [("a.txt", False), ("notes", True), ("sub dir", True)]
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/notes/hello.txt") == "hello"
    (tmp_path / "back").mkdir()
    back = client.download_artifacts(run.info.run_id, "", str(tmp_path / "back"))
    assert open(os.path.join(back, "sub dir", "ü +&.json")).read() == "{}"


def test_ranges_and_headers(mlflow, podium):
    with mlflow.start_run() as run:
        mlflow.log_text("0123456789", "digits.txt")
    url = f"{podium.url}/api/2.0/mlflow-artifacts/artifacts/{run.info.experiment_id}/{run.info.run_id}/artifacts/digits.txt"
    whole = requests.get(url)
    assert whole.text == "0123456789" and whole.headers["Content-Type"].startswith("text/plain")
    assert whole.headers["X-Content-Type-Options"] == "nosniff"
    assert "attachment" in whole.headers["Content-Disposition"]
    part = requests.get(url, headers={"Range": "bytes=2-4"})
    assert part.status_code == 206 and part.text == "234"
    assert requests.get(url, headers={"Range": "bytes=20-"}).status_code == 416
    assert requests.get(url.replace("digits", "missing")).status_code == 404


def test_delete(mlflow, podium):
    with mlflow.start_run() as run:
        mlflow.log_text("x", "x.txt")
    url = f"{podium.url}/api/2.0/mlflow-artifacts/artifacts/{run.info.experiment_id}/{run.info.run_id}/artifacts/x.txt"
    assert requests.delete(url).status_code == 200
    assert requests.get(url).status_code == 404


@pytest.mark.parametrize("path", ["..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "a/%252e%252e/%252e%252e/x", "..%5c..%5cx", "%2fetc%2fpasswd", "a%00b"])
def test_paths_that_lead_out_are_refused(podium, path):
    for method in ("GET", "PUT", "DELETE"):
        request = requests.Request(method, podium.url).prepare()
        request.url = f"{podium.url}/api/2.0/mlflow-artifacts/artifacts/{path}"
        answer = requests.Session().send(request)
        assert answer.status_code in (400, 404), (method, path, answer.status_code)
        assert "root:" not in answer.text
