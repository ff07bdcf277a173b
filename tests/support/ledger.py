"""Writers that put load on podium and note what it acknowledged, and the comparison with what it has afterwards."""
import hashlib
import http.client
import json
import random
import threading
from urllib.parse import urlsplit

ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts/"


class Connection:
    """Keep-alive calls; raises OSError or HTTPException when podium went away."""

    def __init__(self, url):
        self.http = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)

    def raw(self, method, path, body=None, headers=None):
        self.http.request(method, path, body, headers or {})
        answer = self.http.getresponse()
        return answer.status, answer.read()

    def call(self, method, path, body=None):
        status, text = self.raw(method, "/api/2.0/mlflow/" + path, None if body is None else json.dumps(body),
                                {"Content-Type": "application/json"})
        return status, json.loads(text) if text else {}

    def get_run(self, run):
        status, answer = self.call("GET", f"runs/get?run_id={run}")
        assert status == 200, (run, status, answer)
        return answer["run"]

    def history(self, run, key):
        """All points of a metric as (step, time, value), in the server's order."""
        points, token = [], ""
        while True:
            status, answer = self.call("GET", f"metrics/get-history?run_id={run}&metric_key={key}&max_results=25000" + (
                f"&page_token={token}" if token else ""))
            assert status == 200, (status, answer)
            points += [(m["step"], m["timestamp"], m["value"]) for m in answer.get("metrics", [])]
            token = answer.get("next_page_token")
            if not token:
                return points


class Book:
    """What one run asked for: `sure` was acknowledged, `maybe` was asked for (and holds what is sure)."""

    def __init__(self):
        self.sure = {"points": set(), "params": set(), "tags": set(), "artifacts": set()}
        self.maybe = {kind: set() for kind in self.sure}
        self.batches = []  # sets of points that were asked for in one call, so that all are kept or none


def metric(key, step, time, value):
    return {"key": key, "step": step, "timestamp": time, "value": value}


class Writer(threading.Thread):
    """Logs to runs of its own: metrics, parameters, tags, batches, artifacts. `forgives` says which answers other than 200
    are expected; any other is noted in `refused`. Ends when `stop` is set or podium goes away."""

    def __init__(self, url, seed, stop, forgives=()):
        super().__init__()
        self.url, self.random, self.stop, self.forgives = url, random.Random(seed), stop, set(forgives)
        self.books = {}  # run id -> Book
        self.refused, self.forgiven = [], []
        self.failure = None

    def run(self):
        try:
            connection = Connection(self.url)
            while not self.stop.is_set():
                self.one_run(connection)
        except (OSError, http.client.HTTPException):
            pass  # podium was killed: what was in flight is unknown
        except Exception as e:  # told by the test's own thread
            self.failure = e

    def good(self, status, answer):
        if status == 200:
            return True
        if isinstance(answer, bytes):
            answer = json.loads(answer)
        (self.forgiven if status in self.forgives else self.refused).append((status, answer))
        return False

    def one_run(self, connection):
        status, answer = connection.call("POST", "runs/create", {"experiment_id": "0", "start_time": 1})
        if not self.good(status, answer):
            return
        run = answer["run"]["info"]["run_id"]
        book = self.books[run] = Book()

        def ask(kind, things, method, path, body):
            book.maybe[kind] |= things
            if self.good(*connection.call(method, path, body)):
                book.sure[kind] |= things

        for step in range(self.random.randint(1, 40)):
            if self.stop.is_set():
                return
            choice = self.random.random()
            if choice < 0.45:
                point = ("m", step, 1000 + step, self.random.random())
                ask("points", {point}, "POST", "runs/log-metric", {"run_id": run, **metric(*point)})
            elif choice < 0.7:
                points = {(f"b{self.random.randint(0, 2)}", step * 100 + i, i, self.random.random())
                          for i in range(self.random.randint(1, 60))}
                book.batches.append(points)
                ask("points", points, "POST", "runs/log-batch", {"run_id": run, "metrics": [metric(*p) for p in points]})
            elif choice < 0.8:
                ask("params", {(f"p{step}", str(step))}, "POST", "runs/log-parameter", {"run_id": run, "key": f"p{step}", "value": str(step)})
            elif choice < 0.9:
                ask("tags", {(f"t{step}", str(step))}, "POST", "runs/set-tag", {"run_id": run, "key": f"t{step}", "value": str(step)})
            else:
                self.artifact(connection, run, book, step)

    def artifact(self, connection, run, book, step):
        content = self.random.randbytes(self.random.choice((0, 10, 5_000, 200_000)))
        name = f"{run}/artifacts/folder{step % 3}/file{step}"
        thing = (name, hashlib.sha256(content).hexdigest())
        book.maybe["artifacts"].add(thing)
        if self.good(*connection.raw("PUT", ARTIFACTS + name, content)):
            book.sure["artifacts"].add(thing)


def stored_points(connection, run, latest):
    """The points of all metrics of a run, as (key, step, time, value). Each summary must be its history's."""
    stored = set()
    for key, last in latest.items():
        history = connection.history(run, key)
        assert len(set(history)) == len(history), "a point is there twice"
        assert last == max(history), f"the summary of {key} is not the history's"
        stored |= {(key, *point) for point in history}
    return stored


def check(connection, writers):
    """What was acknowledged is stored, what is stored was asked for, summaries equal histories. Returns how many things were
    acknowledged."""
    count = 0
    for writer in writers:
        if writer.failure:
            raise writer.failure
        assert not writer.refused, writer.refused[:3]
        for run, book in writer.books.items():
            data = connection.get_run(run)["data"]
            latest = {m["key"]: (m["step"], m["timestamp"], m["value"]) for m in data.get("metrics", [])}
            stored = {
                "points": stored_points(connection, run, latest),
                "params": {(p["key"], p["value"]) for p in data.get("params", [])},
                "tags": {(t["key"], t["value"]) for t in data.get("tags", []) if not t["key"].startswith("mlflow.")},
                "artifacts": set(),
            }
            for name, _ in book.maybe["artifacts"]:
                status, content = connection.raw("GET", ARTIFACTS + name)
                assert status in (200, 404), (status, content)
                if status == 200:
                    stored["artifacts"].add((name, hashlib.sha256(content).hexdigest()))
            for kind, things in stored.items():
                assert book.sure[kind] <= things, f"acknowledged {kind} are lost: {list(book.sure[kind] - things)[:3]}"
                assert things <= book.maybe[kind], f"{kind} that nobody logged: {list(things - book.maybe[kind])[:3]}"
                count += len(book.sure[kind])
            for batch in book.batches:
                assert batch <= stored["points"] or not batch & stored["points"], "a batch is kept in part"
    return count
