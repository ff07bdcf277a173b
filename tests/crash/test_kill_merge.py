"""kill -9 while single points become chunks: behind everybody's back, and inside a call that logs. podium dies at a chosen write
or fsync of its files, so it dies in the middle of a merge however fast the machine is. No point is lost or there twice."""
import concurrent.futures
import contextlib
import http.client
import os
import random
import shutil
import signal
import sqlite3
import time

from faulty_disk import SYNC, WRITE, FaultyDisk
from ledger import Connection, metric
from podium import Podium

ROUNDS = max(8, int(os.environ.get("PODIUM_CRASH_ROUNDS", "50")) // 4)
KEYS, POINTS = 60, 40  # enough points of each series to be worth a chunk, too few to be made one while they are logged


def create_run(connection):
    status, answer = connection.call("POST", "runs/create", {"experiment_id": "0"})
    assert status == 200, answer
    return answer["run"]["info"]["run_id"]


def loose_and_chunks(data):
    """How many points wait for a merge, and how many chunks there are."""
    with contextlib.closing(sqlite3.connect(f"file:{data}/podium.db?mode=ro", uri=True)) as file:
        loose = chunks = 0
        for (table,) in file.execute("SELECT name FROM sqlite_schema WHERE name LIKE 's%\\_metrics' ESCAPE '\\'").fetchall():
            loose += file.execute(f"SELECT coalesce(sum(loose), 0) FROM {table}").fetchone()[0]
            chunks += file.execute(f"SELECT count(*) FROM c{table[1:]}").fetchone()[0]
        return loose, chunks


def await_merge(podium, seconds=120):
    """Until the store has merged all that waits, or podium has died."""
    deadline = time.monotonic() + seconds
    while podium.process.poll() is None and loose_and_chunks(podium.data)[0] > 0:
        assert time.monotonic() < deadline, "the store does not merge"
        time.sleep(0.02)


def test_kill_during_the_background_merge(tmp_path):
    filled = tmp_path / "filled"
    podium = Podium(filled, "--log-level", "warning").start()
    connection = Connection(podium.url)
    run = create_run(connection)
    expected = {f"k{key}": [] for key in range(KEYS)}
    for first in range(0, POINTS, 5):  # so that no call brings a series enough for a chunk of its own
        batch = [(f"k{key}", step, step * 10, key + step / 7) for step in range(first, first + 5) for key in range(KEYS)]
        status, answer = connection.call("POST", "runs/log-batch", {"run_id": run, "metrics": [metric(*p) for p in batch]})
        assert status == 200, answer
        for key, *point in batch:
            expected[key].append(tuple(point))
    podium.kill()
    loose, chunks = loose_and_chunks(filled)
    assert loose > KEYS, "the store has merged already: log faster than it looks"

    def check(podium):
        connection = Connection(podium.url)
        latest = {m["key"]: (m["step"], m["timestamp"], m["value"]) for m in connection.get_run(run)["data"]["metrics"]}
        assert latest == {key: max(points) for key, points in expected.items()}
        for key, points in expected.items():
            assert connection.history(run, key) == points

    def started(name):
        shutil.copytree(filled, tmp_path / name)
        disk = FaultyDisk(tmp_path / name)
        return disk, Podium(tmp_path / name, "--log-level", "warning", environment=disk.environment).start()

    # How many calls a whole merge makes; nobody else writes.
    calls = {}
    for kind in (WRITE, SYNC):
        disk, podium = started(f"counted{kind}")
        disk.count(kind)
        await_merge(podium)
        calls[kind] = disk.seen
        check(podium)
        assert podium.stop() == 0
    assert calls[WRITE] > 20

    def one_round(number):
        kind = SYNC if number % 4 == 3 else WRITE
        disk, podium = started(f"round{number}")
        disk.kill_at(kind, 1 + calls[kind] * number // ROUNDS)
        await_merge(podium)  # it may need fewer calls than the one that was counted: then it lives
        if podium.process.poll() is not None:
            assert podium.wait() == -signal.SIGKILL
        else:
            podium.kill()
        killed = disk.struck > 0
        disk.heal()
        podium.start()
        check(podium)
        await_merge(podium)
        check(podium)
        assert podium.stop() == 0
        shutil.rmtree(podium.data)
        return killed

    with concurrent.futures.ThreadPoolExecutor(4) as pool:  # they mostly wait for the store to be left alone
        assert sum(pool.map(one_round, range(ROUNDS))) >= ROUNDS // 4


def test_kill_while_a_call_merges(tmp_path):
    """The 64th small chunk of a series is merged with the others by the call that brings it."""
    seed = int(os.environ.get("PODIUM_CRASH_SEED", time.time_ns() % 1_000_000))
    print(f"PODIUM_CRASH_SEED={seed}")
    chance = random.Random(seed)
    disk = FaultyDisk(tmp_path / "data")
    podium = Podium(tmp_path / "data", "--log-level", "warning", environment=disk.environment).start()
    connection = Connection(podium.url)
    run = create_run(connection)
    stored, step = [], 0
    for number in range(ROUNDS):
        disk.kill_at(WRITE, chance.randint(1, 500))
        maybe = []
        try:
            while True:
                maybe = [(step + i, 5, chance.random()) for i in range(8)]
                step += 8
                status, answer = connection.call("POST", "runs/log-batch", {"run_id": run, "metrics": [metric("m", *p) for p in maybe]})
                assert status == 200, answer
                stored += maybe
        except (OSError, http.client.HTTPException):
            assert podium.wait() == -signal.SIGKILL
        disk.heal()
        podium.start()
        connection = Connection(podium.url)
        history = connection.history(run, "m") if stored or connection.get_run(run)["data"].get("metrics") else []
        assert history in (stored, stored + maybe)
        stored = history
    assert podium.stop() == 0
    assert len(stored) > 64 * 8
    assert loose_and_chunks(podium.data)[1] < len(stored) // 8, "nothing was merged"
