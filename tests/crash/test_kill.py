"""kill -9 under load from four writers: every acknowledged write is there afterwards and each summary equals its
history. PODIUM_CRASH_ROUNDS sets the number of rounds. How long a restart takes is a line of the bench."""
import http.client
import json
import os
import pathlib
import random
import sys
import threading
import time
from urllib.parse import urlsplit

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from podium import Podium  # noqa: E402

ROUNDS = int(os.environ.get("PODIUM_CRASH_ROUNDS", "20"))
WRITERS = 4


class Connection:
    """Keep-alive JSON calls; raises OSError or HTTPException when podium went away."""

    def __init__(self, url):
        self.http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)

    def call(self, method, path, body=None):
        self.http.request(method, "/api/2.0/mlflow/" + path, None if body is None else json.dumps(body),
                          {"Content-Type": "application/json"})
        answer = self.http.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else {}


class Writer(threading.Thread):
    """Logs to a run of its own and notes what was acknowledged."""

    def __init__(self, url, seed, stop):
        super().__init__()
        self.url, self.random, self.stop = url, random.Random(seed), stop
        self.runs = {}  # run id -> {"points": {(key, step, time, value)}, "params": {}, "tags": {}, "maybe": ...}
        self.refused = []

    def run(self):
        try:
            connection = Connection(self.url)
            while not self.stop.is_set():
                self.one_run(connection)
        except (OSError, http.client.HTTPException):
            pass  # podium was killed: what was in flight is unknown

    def one_run(self, connection):
        status, answer = connection.call("POST", "runs/create", {"experiment_id": "0", "start_time": 1})
        if status != 200:
            self.refused.append((status, answer))
            return
        run = answer["run"]["info"]["run_id"]
        book = self.runs[run] = {"points": set(), "maybe": set(), "params": {}, "maybe_params": {}, "tags": {}}
        for step in range(self.random.randint(1, 40)):
            if self.stop.is_set():
                return
            kind = self.random.random()
            if kind < 0.5:
                point = ("m", step, 1000 + step, self.random.random())
                book["maybe"].add(point)
                body = {"run_id": run, "key": point[0], "step": point[1], "timestamp": point[2], "value": point[3]}
                self.acknowledged(connection.call("POST", "runs/log-metric", body)) and book["points"].add(point)
            elif kind < 0.8:
                points = {(f"b{self.random.randint(0, 2)}", step * 100 + i, i, self.random.random()) for i in range(self.random.randint(1, 60))}
                book["maybe"] |= points
                body = {"run_id": run, "metrics": [{"key": k, "step": s, "timestamp": t, "value": v} for k, s, t, v in points]}
                if self.acknowledged(connection.call("POST", "runs/log-batch", body)):
                    book["points"] |= points
            elif kind < 0.9:
                book["maybe_params"][f"p{step}"] = str(step)
                if self.acknowledged(connection.call("POST", "runs/log-parameter", {"run_id": run, "key": f"p{step}", "value": str(step)})):
                    book["params"][f"p{step}"] = str(step)
            else:
                if self.acknowledged(connection.call("POST", "runs/set-tag", {"run_id": run, "key": f"t{step}", "value": str(step)})):
                    book["tags"][f"t{step}"] = str(step)

    def acknowledged(self, result):
        if result[0] != 200:
            self.refused.append(result)
        return result[0] == 200


def check(connection, writer):
    """What was acknowledged is stored; what is stored was asked for; summaries equal histories."""
    for run, book in writer.runs.items():
        status, answer = connection.call("GET", f"runs/get?run_id={run}")
        assert status == 200, (run, answer)
        data = answer["run"]["data"]
        params = {p["key"]: p["value"] for p in data.get("params", [])}
        tags = {t["key"]: t["value"] for t in data.get("tags", [])}
        assert book["params"].items() <= params.items()
        assert params.items() <= book["maybe_params"].items()
        assert book["tags"].items() <= tags.items()
        latest = {m["key"]: (m["step"], m["timestamp"], m["value"]) for m in data.get("metrics", [])}
        stored = set()
        for key in latest:
            status, answer = connection.call("GET", f"metrics/get-history?run_id={run}&metric_key={key}")
            assert status == 200
            history = [(m["step"], m["timestamp"], m["value"]) for m in answer["metrics"]]
            assert len(set(history)) == len(history), "a point is there twice"
            assert latest[key] == max(history), "the summary is not the history's"
            stored |= {(key, *point) for point in history}
        assert book["points"] <= stored, "an acknowledged point is lost"
        assert stored <= book["maybe"], "a point that nobody logged"


def test_kill_under_load(tmp_path):
    seed = int(os.environ.get("PODIUM_CRASH_SEED", time.time_ns() % 1_000_000))
    print(f"PODIUM_CRASH_SEED={seed}")
    chance = random.Random(seed)
    podium = Podium(tmp_path / "data", "--log-level", "warning")
    acknowledged = 0
    for number in range(ROUNDS):
        podium.start()
        stop = threading.Event()
        writers = [Writer(podium.url, seed * 1000 + number * 10 + w, stop) for w in range(WRITERS)]
        for writer in writers:
            writer.start()
        stop.wait(chance.uniform(0.05, 0.8))  # the load itself, not a wait for an outcome
        podium.kill()
        stop.set()
        for writer in writers:
            writer.join()
        podium.start()
        connection = Connection(podium.url)
        for writer in writers:
            assert not writer.refused, writer.refused[:3]
            check(connection, writer)
            acknowledged += sum(len(b["points"]) + len(b["params"]) + len(b["tags"]) for b in writer.runs.values())
        podium.kill()
    assert acknowledged > ROUNDS
    podium.start()
    status, answer = Connection(podium.url).call("GET", "experiments/get?experiment_id=0")
    assert status == 200 and answer["experiment"]["name"] == "Default"
    assert podium.stop() == 0
