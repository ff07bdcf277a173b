"""Fills a podium through the MLflow REST API as training code does, many requests at once."""
import json
import random
import re
import socket
import threading
import time
import typing
import urllib.request

RTL = "\u202etxt.exe \u05e9\u05dc\u05d5\u05dd"
HOSTILE = ["</script><script>window.hacked=1</script>", "<img src=x onerror=window.hacked=1>", RTL, "x" * 480 + "-tail-of-500-chars!!", "${window.hacked=1}", "'\";--"]


class Wire:
    """One connection. Requests are sent in bundles, so that podium writes many of them in one commit."""

    def __init__(self, url):
        self.host = url.split("//")[1]
        host, port = self.host.split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=120)
        self.file = self.socket.makefile("rb")

    def calls(self, requests):
        out = bytearray()
        for path, body in requests:
            data = json.dumps(body).encode()
            out += (f"POST /api/2.0/mlflow/{path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
                    f"Content-Length: {len(data)}\r\n\r\n").encode() + data
        sender = threading.Thread(target=self.socket.sendall, args=(bytes(out),))
        sender.start()
        answers = []
        for path, _ in requests:
            status = int(self.file.readline().split()[1])
            length = 0
            while (line := self.file.readline()) not in (b"\r\n", b""):
                if found := re.match(rb"content-length: *(\d+)", line, re.I):
                    length = int(found[1])
            body = self.file.read(length)
            assert status == 200, f"{path}: {status} {body[:500]}"
            answers.append(json.loads(body or b"{}"))
        sender.join()
        return answers

    def call(self, path, body):
        return self.calls([(path, body)])[0]


def experiment(url, name):
    return Wire(url).call("experiments/create", {"name": name})["experiment_id"]


def run(wire, project, name, metrics=None, params=None, tags=None, status=None, step=0):
    now = int(time.time() * 1000)
    info = wire.call("runs/create", {"experiment_id": project, "run_name": name, "start_time": now,
                                     "tags": [{"key": k, "value": v} for k, v in (tags or {}).items()]})["run"]["info"]
    log(wire, info["run_id"], metrics, params, step)
    if status:
        wire.call("runs/update", {"run_id": info["run_id"], "status": status, "end_time": now + 1000})
    return info["run_id"]


def log(wire, run_id, metrics=None, params=None, step=0):
    now = int(time.time() * 1000)
    wire.call("runs/log-batch", {
        "run_id": run_id, "params": [{"key": k, "value": str(v)} for k, v in (params or {}).items()],
        "metrics": [{"key": k, "value": v, "timestamp": now, "step": step} for k, v in (metrics or {}).items()]})


def fill(url, project, count, connections=4, bundle=100, logged=True):
    """`count` runs cnn-0, cnn-1, ...: started a minute apart, every third is running, accuracies and losses by number."""
    now = int(time.time() * 1000)

    def some(first):
        wire = Wire(url)
        for begin in range(first * bundle, count, connections * bundle):
            numbers = range(begin, min(count, begin + bundle))
            made = wire.calls([("runs/create", {
                "experiment_id": project, "run_name": f"cnn-{n}", "start_time": now - n * 60_000,
                "tags": [{"key": "team", "value": "cv" if n % 2 else "nlp"}] + ([{"key": "best", "value": ""}] if n % 7 == 0 else [])}) for n in numbers])
            ids = [answer["run"]["info"]["run_id"] for answer in made]
            if not logged:
                continue
            rnd = random.Random(begin)
            wire.calls([("runs/log-batch", {
                "run_id": run_id, "params": [{"key": "lr", "value": ["0.1", "0.01", "0.001", "0.00012345678"][n % 4]}, {"key": "opt", "value": ["adam", "sgd", "lion"][n % 3]}],
                "metrics": [{"key": "acc", "value": rnd.random(), "timestamp": now, "step": 1},
                            {"key": "val/loss", "value": 3e-5 / (n + 1), "timestamp": now, "step": 1}]}) for n, run_id in zip(numbers, ids)])
            wire.calls([("runs/update", {"run_id": run_id, "status": "FAILED" if n % 3 == 1 else "FINISHED", "end_time": now})
                        for n, run_id in zip(numbers, ids) if n % 3])

    threads = [threading.Thread(target=some, args=(i,)) for i in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


class Many(typing.NamedTuple):
    id: str
    total: int


def many(url, name, least):
    """A project of at least so many runs: a thousand that a client logged, cloned until there are enough (13,000 a second)."""
    project = experiment(url, name)
    fill(url, project, min(1000, least))
    question = {"project": project, "archived": "both"}

    def ask(path, body=None):
        request = urllib.request.Request(f"{url}/api/v1/tasks/{path}", None if body is None else json.dumps(body).encode(), {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    while True:
        total = ask("query", {**question, "columns": ["id"], "offset": 0, "limit": 1})["total"]
        if total >= least:
            return Many(project, total)
        run = ask("actions/run", {"action": "clone", "selection": question, "parameters": {"name": "{name}"}, "wait": 50_000})
        while run["state"] == "running":
            run = ask(f"actions/runs/{run['run']}")
        assert run["state"] == "done" and not run["failed_count"], run
