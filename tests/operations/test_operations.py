"""`podium backup`, `restore` and `doctor` through the binary, most of it beside a running server."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading

import pytest
import requests

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from podium import BINARY, Podium  # noqa: E402

# Where the tests run may be a container's disk, nearly full, without a time service: not podium's doing.
MACHINE = {"file system", "disk", "clock"}


def run(*words, data=None, code=0, cwd=None, **environment):
    command = [BINARY, *map(str, words)] + (["--data", str(data)] if data else [])
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, cwd=cwd, timeout=300,
                          env=dict(os.environ, **environment))
    assert done.returncode == code, (command, done.returncode, done.stdout, done.stderr)
    return done


def findings(data, code, **environment):
    found = json.loads(run("doctor", "--json", data=data, code=code, **environment).stdout)
    assert found["healthy"] == (code == 0)
    for f in found["findings"]:
        assert f["what"] and f["advice"] and f["level"] in ("error", "warning", "note"), f
    return found["findings"]


def own_findings(data):
    """What the doctor finds that is not about this machine."""
    done = subprocess.run([BINARY, "doctor", "--json", "--data", str(data)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    assert done.returncode in (0, 1), (done.returncode, done.stdout, done.stderr)
    return [f for f in json.loads(done.stdout)["findings"] if f["area"] not in MACHINE and f["level"] != "note"]


def call(podium, path, body=None, **query):
    url = f"{podium.url}/api/2.0/mlflow/{path}"
    answer = requests.get(url, params=query, timeout=60) if body is None else requests.post(url, json=body, timeout=60)
    assert answer.status_code == 200, answer.text
    return answer.json()


def make_run(podium, number, experiment="0"):
    """One run with a param, a metric of some points and an artifact."""
    run_id = call(podium, "runs/create", {"experiment_id": experiment, "start_time": number})["run"]["info"]["run_id"]
    call(podium, "runs/log-batch", {"run_id": run_id, "params": [{"key": "number", "value": str(number)}],
                                    "metrics": [{"key": "m", "value": number + i, "timestamp": i, "step": i} for i in range(20)]})
    put(podium, f"{experiment}/{run_id}/artifacts/note.txt", f"artifact {number}".encode())
    return run_id


def put(podium, name, data):
    assert requests.put(f"{podium.url}/api/2.0/mlflow-artifacts/artifacts/{name}", data=data, timeout=60).status_code == 200


def all_runs(podium):
    """Every run as clients see it, by id, with the whole history of its metric and its artifact."""
    found, token = {}, None
    while True:
        page = call(podium, "runs/search", {"experiment_ids": [str(i) for i in range(10)], "max_results": 500, "run_view_type": "ALL", **({"page_token": token} if token else {})})
        for one in page.get("runs", []):
            run_id = one["info"]["run_id"]
            history = call(podium, "metrics/get-history", run_id=run_id, metric_key="m").get("metrics", [])
            note = requests.get(f"{podium.url}/get-artifact", params={"run_id": run_id, "path": "note.txt"}, timeout=60)
            found[run_id] = (one, history, note.content if note.status_code == 200 else None)
        token = page.get("next_page_token")
        if not token:
            return found


@pytest.fixture
def served(tmp_path):
    with Podium(tmp_path / "data") as podium:
        for number in range(5):
            make_run(podium, number)
        yield podium


def test_a_backup_beside_a_logging_client_comes_back_whole(tmp_path, monkeypatch):
    import mlflow

    monkeypatch.chdir(tmp_path)
    with Podium(tmp_path / "data") as podium:
        before = [make_run(podium, number) for number in range(10)]
        wanted = all_runs(podium)
        client = mlflow.MlflowClient(podium.url)
        stop, logged, failed = threading.Event(), threading.Semaphore(0), []

        def log():
            try:
                number = 100
                while not stop.is_set():
                    run_id = client.create_run("0", start_time=number).info.run_id
                    for step in range(30):
                        client.log_metric(run_id, "m", step, step=step, timestamp=step)
                    client.log_text(run_id, "late", "note.txt")
                    client.set_terminated(run_id)
                    logged.release()
                    number += 1
            except Exception as e:  # noqa: BLE001
                failed.append(e)
                logged.release()

        thread = threading.Thread(target=log)
        thread.start()
        try:
            assert logged.acquire(timeout=60)  # the client is at work
            told = run("backup", tmp_path / "copy", "--json", data=podium.data)
            assert logged.acquire(timeout=60)  # and still is
        finally:
            stop.set()
            thread.join()
        assert not failed, failed
        manifest = json.loads(told.stdout)
        assert manifest["projects"] == 1 and manifest["tasks"] >= 11 and manifest["artifacts"]["files"] >= 10
        assert not own_findings(podium.data)
        after = all_runs(podium)
    assert json.loads((tmp_path / "copy/podium-backup.json").read_text()) == manifest
    subprocess.run(["sha256sum", "--check", "--quiet", "artifacts.sha256"], cwd=tmp_path / "copy", check=True)
    assert "is whole" in run("restore", "--verify", tmp_path / "copy", data=tmp_path / "nowhere").stdout
    assert not (tmp_path / "nowhere").exists()
    run("restore", tmp_path / "copy", data=tmp_path / "again")
    with Podium(tmp_path / "again") as restored:
        found = all_runs(restored)
        for run_id in before:
            assert found[run_id] == wanted[run_id]
        # What was logged meanwhile is there as far as the snapshot saw it, and nothing else.
        assert len(found) == manifest["tasks"] and found.keys() <= after.keys()
        for run_id, (_, history, _) in found.items():
            assert history == after[run_id][1][:len(history)]
            if found[run_id][0]["info"]["status"] == "FINISHED":
                assert found[run_id] == after[run_id]
        make_run(restored, 1000)  # and it goes on
    assert not [f for f in own_findings(tmp_path / "again") if f["area"] == "store"]


def test_a_backup_does_not_overwrite(served, tmp_path):
    (tmp_path / "taken").mkdir()
    assert "exists already" in run("backup", tmp_path / "taken", data=served.data, code=1).stderr
    assert "lies in what is to be copied" in run("backup", served.data / "inside", data=served.data, code=2).stderr
    assert "there is no store in" in run("backup", tmp_path / "copy", data=tmp_path / "nothing", code=1).stderr
    assert "TO" in run("backup", data=served.data, code=2).stderr
    assert not (tmp_path / "copy").exists() and not (tmp_path / "copy.partial").exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_backup_is_none(served, tmp_path, how):
    large = served.data / "artifacts/0/large"
    with open(large, "wb") as file:
        file.truncate(1 << 29)  # takes a while to be copied
    process = subprocess.Popen([BINARY, "backup", str(tmp_path / "copy"), "--data", str(served.data)],
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    for line in process.stderr:  # a line a phase
        if line.startswith("digest of the records"):
            break
    process.send_signal(how)
    rest = process.stderr.read()
    code = process.wait()
    process.stderr.close()
    large.unlink()
    assert not (tmp_path / "copy").exists()
    if how == signal.SIGINT:
        assert code == 1 and "interrupted" in rest
        assert not (tmp_path / "copy.partial").exists()
    else:
        assert "is no whole backup" in run("restore", "--verify", tmp_path / "copy.partial", code=1).stderr
    run("backup", tmp_path / "copy", data=served.data)
    assert not (tmp_path / "copy.partial").exists()
    run("restore", "--verify", tmp_path / "copy")


def damaged(copy, tmp_path):
    """What --verify says of it, having refused to restore it."""
    told = run("restore", copy, data=tmp_path / "into", code=1).stderr
    assert "nothing was restored" in told
    assert not any((tmp_path / "into").iterdir())
    return json.loads(run("restore", "--verify", "--json", copy, code=1).stdout)["problems"]


def test_a_broken_backup_is_named(served, tmp_path):
    run("backup", tmp_path / "copy", data=served.data)
    notes = sorted((tmp_path / "copy/artifacts").rglob("note.txt"))
    first, second = (str(n.relative_to(tmp_path / "copy")) for n in notes[:2])
    flipped = tmp_path / "flipped"
    shutil.copytree(tmp_path / "copy", flipped)
    (flipped / first).write_bytes(b"artifact X")
    (flipped / second).unlink()
    assert damaged(flipped, tmp_path) == [f"{first} is damaged: its content is not what was copied", f"{second} is missing"]

    records = tmp_path / "records"
    shutil.copytree(tmp_path / "copy", records)
    whole = (records / "podium.db").read_bytes()
    (records / "podium.db").write_bytes(whole[:4096] + b"\xff" * 16384 + whole[20480:])
    problems = damaged(records, tmp_path)
    assert problems[0].startswith("podium.db is damaged") and any("podium.db:" in p for p in problems[1:]), problems
    (records / "podium.db").write_bytes(whole[:len(whole) // 2])
    assert damaged(records, tmp_path)[0].startswith("podium.db is damaged")

    listed = tmp_path / "listed"
    shutil.copytree(tmp_path / "copy", listed)
    with open(listed / "artifacts.sha256", "a") as file:
        file.write("0" * 64 + "  artifacts/../../outside\n")
    assert damaged(listed, tmp_path) == ["artifacts.sha256 is damaged: its content is not what was copied"]

    (listed / "podium-backup.json").write_text("{}")
    assert "is damaged" in run("restore", "--verify", listed, code=1).stderr
    (listed / "podium-backup.json").unlink()
    assert "is no whole backup" in run("restore", "--verify", listed, code=1).stderr


def test_a_backup_is_restored_into_an_empty_folder_only(served, tmp_path):
    run("backup", tmp_path / "copy", data=served.data)
    assert "is not empty" in run("restore", tmp_path / "copy", data=served.data, code=1).stderr
    half = tmp_path / "half"
    (half / ".restoring").mkdir(parents=True)
    (half / "artifacts").mkdir()
    (half / "artifacts/left").write_text("of a restore that was killed")
    assert "was not finished" in run("serve", "--port", "0", data=half, code=2).stderr
    assert any("was not finished" in f["what"] for f in findings(half, 1))
    run("restore", tmp_path / "copy", data=half)
    assert not (half / ".restoring").exists() and not (half / "artifacts/left").exists()
    with Podium(half) as podium:
        assert len(all_runs(podium)) == 5


def test_artifacts_elsewhere_are_backed_up_and_restored_there(tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    with Podium(tmp_path / "data", "--artifacts-destination", str(here)) as podium:
        run_id = make_run(podium, 1)
    run("backup", tmp_path / "copy", "--artifacts-destination", here, data=tmp_path / "data")
    run("restore", tmp_path / "copy", "--artifacts-destination", there, data=tmp_path / "again")
    assert (there / f"0/{run_id}/artifacts/note.txt").read_bytes() == b"artifact 1"
    assert not (tmp_path / "again/artifacts").exists()


def test_the_doctor_finds_and_says_what_to_do(served, tmp_path):
    assert not own_findings(served.data)
    put(served, "7/stray/artifacts/a.bin", b"x" * 2048)
    model = call(served, "logged-models", {"experiment_id": "0", "name": "empty"})["model"]["info"]["model_id"]
    done = requests.patch(f"{served.url}/api/2.0/mlflow/logged-models/{model}", json={"model_id": model, "status": "LOGGED_MODEL_READY"}, timeout=60)
    assert done.status_code == 200, done.text
    (served.data / "artifacts/0/link").symlink_to("/etc/hostname")
    (tmp_path / "plugins").mkdir(mode=0o755)
    (tmp_path / "plugins/broken.so").write_bytes(b"no plugin")
    served.data.chmod(0o757)
    found = findings(served.data, 1, PODIUM_PLUGIN_DIRS=str(tmp_path / "plugins"), PODIUM_HOST="0.0.0.0", PODIUM_INSECURE_NO_AUTH="true")
    told = {f["area"]: "" for f in found}
    for f in found:
        told[f["area"]] += f["what"] + "\n"
    assert "7/stray (1 files, 2.0 KiB) belongs to no task and no model" in told["artifacts"]
    assert f"the model {model} is ready, but" in told["artifacts"]
    assert "1 links or special files" in told["artifacts"]
    assert "broken.so is incompatible" in told["plugins"]
    assert "every user of this machine may write" in told["permissions"]
    assert "nobody has to log in" in told["settings"]
    text = run("doctor", data=served.data, code=1).stdout
    assert "warning, artifacts: " in text and "see above for what to do" in text


def test_the_doctor_finds_a_damaged_store(tmp_path):
    with Podium(tmp_path / "data") as podium:
        for number in range(20):
            make_run(podium, number)
    database = tmp_path / "data/podium.db"
    whole = database.read_bytes()
    middle = len(whole) // 2
    database.write_bytes(whole[:middle] + os.urandom(8192) + whole[middle + 8192:])
    found = [f for f in findings(tmp_path / "data", 1) if f["area"] == "store"]
    assert found and found[0]["level"] == "error" and "restore a backup" in found[0]["advice"]
    database.write_bytes(b"no database at all" * 1000)
    assert any("no SQLite database" in f["what"] for f in findings(tmp_path / "data", 1))
    assert any("there is no store" in f["what"] for f in findings(tmp_path, 1))
    assert any("there is no folder" in f["what"] for f in findings(tmp_path / "nothing", 1))
    assert "log_level" in run("doctor", data=tmp_path / "data", code=2, PODIUM_LOG_LEVEL="loud").stderr
