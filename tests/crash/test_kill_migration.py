"""kill -9 while a collection with many records gets a field, two indexes and a map: a plugin of the tests declares version 1, then
version 2. Whenever it dies, version 1 opens it unless version 2 is complete, and version 2 completes it."""
import json
import os
import shutil
import signal

from faulty_disk import MODULES, SYNC, WRITE, FaultyDisk
from ledger import Connection
from podium import Podium

ROUNDS = max(6, int(os.environ.get("PODIUM_CRASH_ROUNDS", "50")) // 8)
CRATES = 100_000
PATH = "/api/v1/x/test.crates"


def podium_of(version, data, environment=None):
    return Podium(data, "--log-level", "warning", "--plugin", str(MODULES / f"crates_{version}.so"), environment=environment)


def look(podium):
    status, body = Connection(podium.url).raw("GET", PATH)
    assert status == 200, (status, body, podium.tail())
    return json.loads(body)


def test_kill_during_a_migration(tmp_path):
    old = podium_of(1, tmp_path / "filled").start()
    status, body = Connection(old.url).raw("POST", f"{PATH}/{CRATES}")
    assert status == 200, body
    whole = {"rows": CRATES, "in_order": CRATES}
    assert look(old) == {"version": 1, **whole}
    assert old.stop() == 0

    def migrating(name, arm):
        """Starts version 2 on a copy of the old folder, which migrates before it listens."""
        data = tmp_path / name
        shutil.copytree(tmp_path / "filled", data)
        disk = FaultyDisk(data)
        arm(disk)
        return disk, podium_of(2, data, disk.environment)

    calls = {}
    for kind in (WRITE, SYNC):
        disk, podium = migrating(f"counted{kind}", lambda d: d.count(kind))
        podium.start()
        calls[kind] = disk.seen
        assert look(podium) == {"version": 2, **whole}
        assert podium.stop() == 0
        shutil.rmtree(podium.data)
    assert calls[WRITE] > 500

    for number in range(ROUNDS):
        kind = SYNC if number % 3 == 2 else WRITE
        # In thirds: before anything is written, in the midst of it, and at its end.
        at = 1 + (calls[kind] - 1) * number // (ROUNDS - 1)
        disk, podium = migrating(f"round{number}", lambda d: d.kill_at(kind, at))
        try:
            podium.start()
        except AssertionError:
            assert podium.process.returncode == -signal.SIGKILL, podium.tail()
        else:
            podium.kill()  # the last calls may be those of the first seconds of its life
        disk.heal()
        podium.start()
        assert look(podium) == {"version": 2, **whole}
        assert podium.stop() == 0
        shutil.rmtree(podium.data)
