"""A full disk: what does not fit is refused and the answer says why, reads go on, and writes resume when there is space again,
without a restart. On a disk that says so on demand, which works everywhere, and on a real one where one may be mounted."""
import json
import os
import pathlib
import subprocess
import threading
import time

import pytest
from faulty_disk import FaultyDisk
from ledger import ARTIFACTS, Connection, Writer, check, metric
from podium import Podium

SIZE = 24 << 20


class PretendedDisk:
    """Every write that needs more space fails."""

    def __init__(self, data):
        self.faults = FaultyDisk(data)
        self.podium = Podium(data, "--log-level", "warning", environment=self.faults.environment).start()

    def fill(self):
        self.faults.fill()

    def free(self):
        self.faults.heal()


class RealDisk:
    """A small tmpfs that only podium and those who ask through /proc see."""

    UNSHARE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]

    def __init__(self, data):
        data.mkdir()
        self.podium = Podium(data, "--log-level", "warning", wrapper=[
            *self.UNSHARE, "sh", "-c", f'mount -t tmpfs -o size={SIZE} podium-test "$0" && cd "$0" && exec "$@"', str(data)]).start()
        self.ballast = pathlib.Path(f"/proc/{self.podium.process.pid}/root{data}/ballast")

    def fill(self):
        with open(self.ballast, "ab", buffering=0) as file:
            for size in (1 << 16, 1 << 12):
                try:
                    while True:
                        file.write(bytes(size))
                except OSError:
                    pass

    def free(self):
        self.ballast.unlink()

    @classmethod
    def possible(cls):
        return subprocess.run([*cls.UNSHARE, "mount", "-t", "tmpfs", "podium-test", "/mnt"], capture_output=True).returncode == 0


DISKS = [PretendedDisk] + ([RealDisk] if RealDisk.possible() else [])


def is_full(status, text):
    """Whether an answer says that the disk is full, in the error format of its route."""
    answer = json.loads(text)
    message = answer.get("message") or answer.get("detail")
    return (status == 507 and "space" in message and (answer.get("error_code") or answer.get("code")) in (
        "RESOURCE_EXHAUSTED", "out_of_space"))


@pytest.mark.parametrize("kind", DISKS)
def test_a_full_disk(tmp_path, kind):
    disk = kind(tmp_path / "data")
    podium = disk.podium
    connection = Connection(podium.url)
    run = connection.call("POST", "runs/create", {"experiment_id": "0"})[1]["run"]["info"]["run_id"]
    points = [("m", 0, 0, 0.5)]
    assert connection.call("POST", "runs/log-metric", {"run_id": run, **metric(*points[0])})[0] == 200
    content = os.urandom(300_000)
    name = f"{run}/artifacts/model.bin"
    assert connection.raw("PUT", ARTIFACTS + name, content)[0] == 200
    assert connection.raw("PUT", ARTIFACTS + name + ".small", b"small")[0] == 200

    def json_call(path, body):
        return connection.raw("POST", path, json.dumps(body), {"Content-Type": "application/json"})

    def mlflow(path, body):
        return json_call("/api/2.0/mlflow/" + path, body)

    def log_points(first):
        return mlflow("runs/log-batch", {"run_id": run, "metrics": [metric("m", first + i, i, i / 3) for i in range(1000)]})

    disk.fill()
    # The file of the log has some room left that was used before; then nothing more fits.
    step = 1
    while (answer := log_points(step))[0] == 200:
        points += [("m", step + i, i, i / 3) for i in range(1000)]
        step += 1000
        assert step < 10_000_000, "the disk does not get full"
    assert is_full(*answer), answer
    # Every way of writing says the same, whether its handler waits for the commit or not.
    for path, body in [("runs/create", {"experiment_id": "0"}),
                       ("runs/log-metric", {"run_id": run, **metric("full", 0, 0, 1)}),
                       ("runs/log-parameter", {"run_id": run, "key": "full", "value": "x"}),
                       ("runs/set-tag", {"run_id": run, "key": "full", "value": "x" * 4000}),
                       ("experiments/create", {"name": "full"}),
                       ("logged-models", {"experiment_id": "0", "name": "full"})]:
        answer = mlflow(path, body)
        assert is_full(*answer), (path, answer)
    answer = json_call("/api/v1/projects", {"name": "full too"})
    assert is_full(*answer), answer
    answer = connection.raw("PUT", ARTIFACTS + f"{run}/artifacts/second.bin", content)
    assert is_full(*answer), answer
    # What replaces a file is not to destroy it.
    answer = connection.raw("PUT", ARTIFACTS + name, content[::-1])
    assert is_full(*answer), answer

    # Reads go on.
    assert connection.history(run, "m") == [p[1:] for p in points]
    assert connection.raw("GET", ARTIFACTS + name) == (200, content)
    assert connection.raw("GET", ARTIFACTS + f"{run}/artifacts/second.bin")[0] == 404
    status, answer = connection.call("POST", "runs/search", {"experiment_ids": ["0"], "filter": "metrics.m >= 0"})
    assert status == 200 and [r["info"]["run_id"] for r in answer["runs"]] == [run]
    assert connection.raw("GET", "/healthz")[0] == 200

    disk.free()
    answer = log_points(step)
    assert answer[0] == 200, answer
    points += [("m", step + i, i, i / 3) for i in range(1000)]
    for path, body in [("runs/log-parameter", {"run_id": run, "key": "full", "value": "y"}), ("experiments/create", {"name": "full"})]:
        answer = mlflow(path, body)
        assert answer[0] == 200, answer
    assert connection.raw("PUT", ARTIFACTS + name, content[::-1])[0] == 200
    assert connection.raw("GET", ARTIFACTS + name) == (200, content[::-1])
    assert connection.history(run, "m") == [p[1:] for p in points]
    assert podium.stop() == 0


def test_a_disk_that_is_full_now_and_then(tmp_path):
    """Under load: nothing but 507 beside 200, and what was acknowledged is there after kill -9."""
    disk = PretendedDisk(tmp_path / "data")
    podium = disk.podium
    stop = threading.Event()
    writers = [Writer(podium.url, seed, stop, forgives=[507]) for seed in range(4)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(6):
            refused = sum(len(w.forgiven) for w in writers)
            disk.fill()
            deadline = time.monotonic() + 60
            while sum(len(w.forgiven) for w in writers) < refused + 40:
                assert time.monotonic() < deadline and any(w.is_alive() for w in writers), "no write is refused"
                time.sleep(0.01)
            disk.free()
            good = sum(len(w.books) for w in writers)
            while sum(len(w.books) for w in writers) < good + 4:
                assert time.monotonic() < deadline and any(w.is_alive() for w in writers), "writes do not resume"
                time.sleep(0.01)
    finally:
        stop.set()
        podium.kill()
        for writer in writers:
            writer.join()
    for writer in writers:
        for status, answer in writer.forgiven:
            assert is_full(status, json.dumps(answer)), answer
    podium.start()
    assert check(Connection(podium.url), writers) > 0
    assert podium.stop() == 0
