"""Writes, fsyncs and opens that fail with EIO, each at every n-th call, through the whole server: an answer 200 is never false.
What was acknowledged is there on a healthy disk after kill -9; what failed may be there whole, or not at all."""
import errno
import subprocess
import threading
import time

import pytest
from faulty_disk import OPEN, SYNC, WRITE, FaultyDisk
from ledger import Connection, Writer, check
from podium import Podium

# 503: not written, or not known to be; 500 for a read that met the fault.
FORGIVEN = [503]


def await_struck(disk, writers, more, seconds=60):
    """Until so many more calls have failed."""
    wanted = disk.struck + more
    deadline = time.monotonic() + seconds
    while disk.struck < wanted:
        assert any(w.is_alive() for w in writers), "podium has gone"
        assert time.monotonic() < deadline, "too few calls failed"
        time.sleep(0.005)


def messages(writers):
    return {answer["message"] for w in writers for _, answer in w.forgiven}


@pytest.mark.parametrize("kind,steps", [(WRITE, (2, 3, 5, 7, 11, 23, 50, 101)), (SYNC, (2, 3, 4, 5, 7, 13)), (OPEN, (2, 3, 5, 8)),
                                        (WRITE | SYNC | OPEN, (4, 17, 39))], ids=["write", "fsync", "open", "all"])
def test_every_nth_call_fails(tmp_path, kind, steps):
    disk = FaultyDisk(tmp_path / "data")
    podium = Podium(tmp_path / "data", "--log-level", "error", environment=disk.environment).start()
    acknowledged = 0
    for n in steps:
        stop = threading.Event()
        writers = [Writer(podium.url, n * 10 + w, stop, forgives=FORGIVEN) for w in range(3)]
        disk.fail_every(kind, n, errno.EIO)
        for writer in writers:
            writer.start()
        await_struck(disk, writers, 20)
        # It serves at once when the disk does: the same process, no restart.
        disk.heal()
        connection = Connection(podium.url)
        status, answer = connection.call("POST", "runs/create", {"experiment_id": "0"})
        assert status == 200, (answer, podium.tail())
        stop.set()
        for writer in writers:
            writer.join()
        check(connection, writers)
        assert podium.process.poll() is None, podium.tail()
        podium.kill()
        podium.start()
        acknowledged += check(Connection(podium.url), writers)
    assert acknowledged > 0
    assert podium.stop() == 0


@pytest.mark.parametrize("kind", [WRITE, SYNC, OPEN], ids=["write", "fsync", "open"])
def test_a_disk_that_fails_for_good(tmp_path, kind):
    """All writes are refused while it lasts and none of them is a false 200; then all goes on."""
    disk = FaultyDisk(tmp_path / "data")
    podium = Podium(tmp_path / "data", "--log-level", "error", environment=disk.environment).start()
    stop = threading.Event()
    writers = [Writer(podium.url, w, stop, forgives=FORGIVEN) for w in range(3)]
    disk.fail(kind, 30, 1_000_000_000, errno.EIO)
    for writer in writers:
        writer.start()
    await_struck(disk, writers, 60)
    stop.set()
    for writer in writers:
        writer.join()
    if kind != OPEN:  # a file that is open needs no open
        assert Connection(podium.url).call("POST", "runs/create", {"experiment_id": "0"})[0] == 503
        assert any("disk" in m or "I/O" in m for m in messages(writers)), messages(writers)
    disk.heal()
    assert Connection(podium.url).call("POST", "runs/create", {"experiment_id": "0"})[0] == 200
    podium.kill()
    podium.start()
    check(Connection(podium.url), writers)
    assert podium.stop() == 0


def test_random_errors_by_libfiu(tmp_path):
    """The same by an injector that others made, which also reaches the files that podium reads and sees no difference between
    folders: some calls of each kind, at random."""
    podium = Podium(tmp_path / "data", "--log-level", "error", wrapper=["fiu-run", "-x", "-f", str(tmp_path / "fiu")]).start()

    def control(*commands):
        subprocess.run(["fiu-ctrl", "-f", str(tmp_path / "fiu"), *[word for c in commands for word in ("-c", c)], str(podium.process.pid)],
                       check=True, timeout=60)

    points = ["posix/io/sync/fsync", "posix/io/sync/fdatasync", "posix/io/rw/pwrite", "posix/io/oc/open"]
    stop = threading.Event()
    writers = [Writer(podium.url, w, stop, forgives=FORGIVEN) for w in range(3)]
    for writer in writers:
        writer.start()
    control(*[f"enable_random name={p},probability=0.05,failinfo={errno.EIO}" for p in points])
    deadline = time.monotonic() + 60
    while sum(len(w.forgiven) for w in writers) < 20:
        assert any(w.is_alive() for w in writers), "podium has gone"
        assert time.monotonic() < deadline, "too few calls failed"
        time.sleep(0.01)
    stop.set()
    for writer in writers:
        writer.join()
    control(*[f"disable name={p}" for p in points])
    status, answer = Connection(podium.url).call("POST", "runs/create", {"experiment_id": "0"})
    assert status == 200, (answer, podium.tail())
    podium.kill()
    podium.wrapper = []  # a healthy disk
    podium.start()
    assert check(Connection(podium.url), writers) > 0
    assert podium.stop() == 0
