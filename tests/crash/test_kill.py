"""kill -9 under load from four writers: every acknowledged write is there afterwards, nothing is there that nobody asked for,
and each summary equals its history. PODIUM_CRASH_ROUNDS sets the number of rounds. How long a restart takes is a line of the
bench."""
import os
import random
import threading
import time

from ledger import Connection, Writer, check
from podium import Podium

ROUNDS = int(os.environ.get("PODIUM_CRASH_ROUNDS", "50"))
WRITERS = 4


def test_kill_under_load(tmp_path):
    seed = int(os.environ.get("PODIUM_CRASH_SEED", time.time_ns() % 1_000_000))
    print(f"PODIUM_CRASH_SEED={seed}")
    chance = random.Random(seed)
    podium = Podium(tmp_path / "data", "--log-level", "warning").start()
    acknowledged = 0
    for number in range(ROUNDS):
        stop = threading.Event()
        writers = [Writer(podium.url, seed * 1_000_000 + number * WRITERS + w, stop) for w in range(WRITERS)]
        for writer in writers:
            writer.start()
        stop.wait(chance.uniform(0.05, 0.8))  # the load itself, not a wait for an outcome
        podium.kill()
        stop.set()
        for writer in writers:
            writer.join()
        podium.start()
        acknowledged += check(Connection(podium.url), writers)
    assert acknowledged > ROUNDS
    status, answer = Connection(podium.url).call("GET", "experiments/get?experiment_id=0")
    assert status == 200 and answer["experiment"]["name"] == "Default"
    assert podium.stop() == 0
