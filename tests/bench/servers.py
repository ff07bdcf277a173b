"""Scenarios about a server as a whole: start, memory, disk, artifacts, many kinds of clients at once."""
import json
import os
import socket
import statistics
import threading
import time

import measure


def start_and_idle(server, times):
    """Fresh stores, so many times; the memory 2 s after the last start."""
    starts, cpus, memory, proportional = [], [], 0, 0
    for n in range(times):
        one = type(server)(server.folder / f"start-{n}")
        try:
            one.start()
            starts.append(one.start_ms)
            cpus.append(one.start_cpu_ms)
            if n == times - 1:
                time.sleep(2)
                memory, proportional = measure.resident_mib(one.pid), measure.proportional_mib(one.pid)
        finally:
            one.stop()
    return {"start_ms": statistics.median(starts), "cpu_ms": statistics.median(cpus), "rss_mib": memory, "pss_mib": proportional}


def disk(server, batches):
    """Bytes of the database for each point of batches of 1000 points of 20 keys, when background work is done and the server
    has stopped."""
    one = type(server)(server.folder / "disk")
    one.start()
    kind = "trackio-batch" if server.name == "trackio" else "batch"
    measure.load(one, kind, 1, 1)
    measure.until_idle(one)
    one.stop()
    before = one.used_bytes()
    one.start()
    try:
        measure.load(one, kind, 1, batches, first=1)
        measure.until_idle(one, seconds=5)
    finally:
        one.stop()
    return {"bytes_a_point": (one.used_bytes() - before) / (batches * 1000)}


def artifact_path(name):
    return f"/api/2.0/mlflow-artifacts/artifacts/bench/{name}"


def artifact_up(server, times):
    file = server.folder / "artifact.bin"
    file.write_bytes(os.urandom(1_000_000) * 100)
    measure.load(server, "call", 1, 1, method="PUT", path=artifact_path("a.bin"), body=file)
    return measure.load(server, "call", 1, times, method="PUT", path=artifact_path("a.bin"), body=file)


def artifact_down(server, times):
    measure.load(server, "call", 1, 1, method="GET", path=artifact_path("a.bin"))
    row = measure.load(server, "call", 1, times, method="GET", path=artifact_path("a.bin"))
    if row["bytes"] != 100_000_000:
        raise measure.Failed(f"{server.name}: the artifact came back with {row['bytes']} bytes")
    return row


def mixed(server, searches):
    """32 clients that log batches of 10 metrics while 4 search; CPU of all of it a write, 20 writes to a search."""
    experiment = server.fill_runs(1000)
    file = server.folder / "search.json"
    file.write_text(json.dumps({"experiment_ids": [experiment], "max_results": 100, "order_by": ["metrics.acc DESC"]}))
    search = dict(method="POST", path="/api/2.0/mlflow/runs/search", body=file)
    alone = measure.load(server, "call", 4, searches, **search)
    writers = measure.Load(server, "batch-10", 32, searches * 20)
    readers = measure.Load(server, "call", 4, searches, **search)
    before = measure.cpu_seconds(server.pid)
    writers.go()
    readers.go()
    read, written = readers.wait(), writers.wait()
    cpu = measure.cpu_seconds(server.pid) - before
    return {**written, "cpu_ms": cpu * 1000 / written["requests"], "search_p99_alone": alone["p99"], "search_p50": read["p50"],
            "search_p99": read["p99"]}


class SlowClients:
    """500 sockets that send a request a byte at a time and 20 that ask for a long history and hardly read it, on a thread of
    their own. A socket that the server closes is opened again."""

    def __init__(self, port, path, dribbling=500, reading=20):
        self.port, self.path = port, path
        self.wanted = [False] * dribbling + [True] * reading
        self.closed = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.work)

    def open(self, reads):
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        s.connect(("127.0.0.1", self.port))
        s.setblocking(False)
        request = f"GET {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Filler: {'x' * 400}\r\n\r\n".encode()
        if reads:
            s.send(request)
        return {"socket": s, "reads": reads, "left": b"" if reads else request}

    def step(self, one):
        try:
            if one["left"]:
                one["left"] = one["left"][one["socket"].send(one["left"][:1]):]
            elif one["reads"]:
                return one["socket"].recv(256) != b""
            return True
        except BlockingIOError:
            return True
        except OSError:
            return False

    def work(self):
        clients = [self.open(reads) for reads in self.wanted]
        self.ready.set()
        while not self.ended.wait(0.5):
            for n, one in enumerate(clients):
                if not self.step(one):
                    self.closed += 1
                    one["socket"].close()
                    clients[n] = self.open(one["reads"])
        for one in clients:
            one["socket"].close()

    def __enter__(self):
        self.ready = threading.Event()
        self.thread.start()
        self.ready.wait(60)
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()


def beside_slow_clients(server, requests):
    """log-metric of 8 clients while 520 slow clients are connected; all must be answered."""
    run = server.fill_history(100_000)
    alone = measure.load(server, "log-metric", 8, requests)
    path = f"/api/2.0/mlflow/metrics/get-history?run_id={run}&metric_key=loss"
    with SlowClients(server.port, path) as slow:
        time.sleep(1)
        row = measure.load(server, "log-metric", 8, requests, first=1_000_000)
    return {**row, "p50_alone": alone["p50"], "p99_alone": alone["p99"], "closed": slow.closed}
