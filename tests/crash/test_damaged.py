"""A database that is damaged is refused with its name and with what to do: at the start, or where the damage is met. It is never
served as if it were well, and never made anew."""
import contextlib
import hashlib
import json
import os
import random
import sqlite3

import pytest
from ledger import Connection, metric
from podium import Podium


def filled(data, tags):
    """A folder with a run, and with so many large tags; the log is in the file."""
    podium = Podium(data, "--log-level", "warning").start()
    connection = Connection(podium.url)
    run = connection.call("POST", "runs/create", {"experiment_id": "0"})[1]["run"]["info"]["run_id"]
    for first in range(0, tags, 100):
        status, answer = connection.call("POST", "runs/log-batch", {
            "run_id": run, "tags": [{"key": f"t{i}", "value": f"{i} " * 700} for i in range(first, min(first + 100, tags))],
            "metrics": [metric("m", first + i, 0, i / 7) for i in range(500)]})
        assert status == 200, answer
    assert podium.stop() == 0
    assert not (data / "podium.db-wal").exists()
    return podium, run


def overwrite(path, offset, content):
    with open(path, "r+b") as file:
        file.seek(offset)
        file.write(content)


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def root_of(file, table):
    """Where the root page of a table begins."""
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        return (db.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0] - 1) * 4096


def table_of(file, collection, prefix, suffix=""):
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as db:
        cid = db.execute("SELECT cid FROM collections WHERE name = ?", (collection,)).fetchone()[0]
    return f"{prefix}{cid}{suffix}"


def flip(path, offset):
    with open(path, "r+b") as file:
        file.seek(offset)
        first = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([first ^ 1]))


GARBAGE = random.Random(5).randbytes(4096)

# SQLite has no sums of its pages, so a page that holds nothing but a part of a value can change unseen: these hit others.
DAMAGES = {
    "garbage at the start": lambda p: overwrite(p, 0, GARBAGE[:100]),
    "garbage in the first page": lambda p: overwrite(p, 100, GARBAGE[100:]),
    "a text file": lambda p: p.write_text("this is no database\n" * 500),
    "a garbled page": lambda p: overwrite(p, root_of(p, table_of(p, "tasks", "m", "_tags")), GARBAGE),
    "a page of zeros": lambda p: overwrite(p, root_of(p, table_of(p, "tasks", "t")), bytes(4096)),
    "a flipped bit in a page's head": lambda p: flip(p, root_of(p, table_of(p, "tasks", "x", "_tags"))),
    "cut to a half": lambda p: os.truncate(p, p.stat().st_size // 8192 * 4096),
    "cut within the first page": lambda p: os.truncate(p, 1000),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_met_at_the_start(tmp_path, damage):
    podium, _ = filled(tmp_path / "data", 200)
    file = podium.data / "podium.db"
    DAMAGES[damage](file)
    before = digest(file)
    said = podium.refusal()
    assert str(file) in said, said
    assert "damaged" in said or "no SQLite database" in said, said
    assert "restore a backup" in said, said
    assert len(said.strip().splitlines()) <= 3, f"more than a person reads: {said}"
    assert digest(file) == before, "the damaged file was changed"


def test_a_database_of_somebody_else(tmp_path):
    (tmp_path / "data").mkdir()
    file = tmp_path / "data/podium.db"
    with contextlib.closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE theirs (x)")
        other.execute("INSERT INTO theirs VALUES (42)")
        other.commit()
    said = Podium(tmp_path / "data").refusal()
    assert str(file) in said and "not one of podium's" in said, said
    with contextlib.closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT x FROM theirs").fetchall() == [(42,)]


def test_a_folder_in_its_place(tmp_path):
    (tmp_path / "data/podium.db").mkdir(parents=True)
    said = Podium(tmp_path / "data").refusal()
    assert str(tmp_path / "data/podium.db") in said, said


@pytest.mark.parametrize("prefix,suffix", [("t", ""), ("m", "_tags"), ("c", "_metrics")], ids=["records", "tags", "points"])
def test_damage_of_a_large_file_is_met_where_it_is(tmp_path, prefix, suffix):
    """Such a file is not read through at the start."""
    podium, run = filled(tmp_path / "data", 4500)
    file = podium.data / "podium.db"
    assert file.stat().st_size > 2048 * 4096
    place = root_of(file, table_of(file, "tasks", prefix, suffix))
    overwrite(file, place, GARBAGE)
    podium.start()
    connection = Connection(podium.url)

    def refused(status, text):
        answer = json.loads(text)
        assert status == 500, (status, text[:300])
        message = answer.get("message") or answer.get("detail")
        assert (answer.get("error_code") or answer.get("code")) in ("DATA_LOSS", "corrupt"), text[:300]
        assert str(file) in message and "damaged" in message and "restore a backup" in message, message

    asked = {"t": f"runs/get?run_id={run}", "m": f"runs/get?run_id={run}", "c": f"metrics/get-history?run_id={run}&metric_key=m"}
    refused(*connection.raw("GET", "/api/2.0/mlflow/" + asked[prefix]))
    if prefix == "m":
        refused(*connection.raw("GET", f"/api/v1/tasks/{run}"))
    if prefix != "c":
        refused(*connection.raw("POST", "/api/2.0/mlflow/runs/set-tag", json.dumps({"run_id": run, "key": "t7", "value": "x"}),
                                {"Content-Type": "application/json"}))
    # What is not damaged is served.
    assert connection.call("GET", "experiments/get?experiment_id=0")[0] == 200
    assert str(file) in podium.tail(), podium.tail()
    podium.kill()
    # Podium goes on writing elsewhere in the file (cursors of listeners, for instance), but not over the damage.
    with open(file, "rb") as content:
        content.seek(place)
        assert content.read(len(GARBAGE)) == GARBAGE, "the damaged page was written over"
