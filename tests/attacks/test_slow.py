"""Clients that are slow on purpose beside others that are not: all that the others ask is answered, and right. How long it takes
is a line of the bench."""
import concurrent.futures
import contextlib
import json
import resource
import selectors
import socket
import threading

import pytest
from ledger import ARTIFACTS, Connection, metric
from raw import connect, one_answer

DRIBBLERS = 500
HEAD = b"POST /api/2.0/mlflow/runs/log-batch HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


@pytest.fixture(autouse=True, scope="module")
def enough_files():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4096), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def normal_calls(target, name, count):
    """What a training script does; each answer is checked."""
    connection = Connection(target.podium.url)
    status, answer = connection.call("POST", "runs/create", {"experiment_id": "0"})
    assert status == 200, answer
    run = answer["run"]["info"]["run_id"]
    expected = []
    for step in range(count):
        point = ("m", step, step * 2, step / 3)
        assert connection.call("POST", "runs/log-metric", {"run_id": run, **metric(*point)}) == (200, {})
        expected.append(point[1:])
        if step % 10 == 0:
            assert connection.raw("PUT", f"{ARTIFACTS}0/{run}/artifacts/{step}", b"%d" % step * 1000)[0] == 200
            assert connection.raw("GET", f"{ARTIFACTS}0/{run}/artifacts/{step}") == (200, b"%d" % step * 1000)
            status, answer = connection.call("POST", "runs/search", {"experiment_ids": ["0"], "filter": f"attributes.run_id = '{run}'"})
            assert status == 200 and [r["info"]["run_id"] for r in answer["runs"]] == [run]
    assert connection.history(run, "m") == expected
    return name


def others(target):
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(lambda n: normal_calls(target, n, 40), range(8))) == list(range(8))


class Dribble(threading.Thread):
    """Sends a byte on each of many sockets in turn, until it is told to stop. Those that podium cut off are left."""

    def __init__(self, sockets, text):
        super().__init__()
        self.sockets, self.text, self.ended, self.rounds = sockets, text, threading.Event(), threading.Event()

    def run(self):
        at = 0
        alive = list(self.sockets)
        while alive and not self.ended.is_set():
            still = []
            for s in alive:
                with contextlib.suppress(OSError):
                    s.send(self.text[at % len(self.text):][:1])
                    still.append(s)
            alive = still
            at += 1
            self.rounds.set()
            self.ended.wait(0.05)


@pytest.mark.parametrize("begun,text", [(b"", HEAD), (b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"X-A: b\r\n"), (HEAD + b"Content-Length: 1000000\r\n\r\n", b" "),
                                        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n")], ids=["line", "fields", "body", "chunks"])
def test_five_hundred_who_dribble(target, begun, text):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(connect(target.podium.url)) for _ in range(DRIBBLERS)]
        for s in sockets:
            s.sendall(begun)
        dribble = Dribble(sockets, text)
        dribble.start()
        try:
            dribble.rounds.wait(60)
            others(target)
        finally:
            dribble.ended.set()
            dribble.join()


def test_five_hundred_who_say_nothing(target):
    with contextlib.ExitStack() as stack:
        for _ in range(DRIBBLERS):
            stack.enter_context(connect(target.podium.url))
        others(target)


def test_uploads_that_dribble(target):
    """Two hundred at once, each of which could hold a thread or a file."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(connect(target.podium.url)) for _ in range(200)]
        for i, s in enumerate(sockets):
            s.sendall(f"PUT {ARTIFACTS}0/{target.run}/artifacts/slow{i} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n".encode() + bytes(10))
        others(target)
    assert target.connection().raw("GET", f"{ARTIFACTS}0/{target.run}/artifacts/slow0")[0] == 404


def test_readers_that_read_nothing(target):
    """Each asks for megabytes, many times over, and takes none of it."""
    connection = target.connection()
    content = bytes(range(256)) * 16384
    path = f"{ARTIFACTS}0/{target.run}/artifacts/large.bin"
    assert connection.raw("PUT", path, content)[0] == 200
    for first in range(0, 20_000, 1000):
        assert connection.call("POST", "runs/log-batch", {"run_id": target.run, "metrics": [metric("long", first + i, i, i / 7) for i in range(1000)]})[0] == 200
    asked = [f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode(),
             f"GET /api/2.0/mlflow/metrics/get-history?run_id={target.run}&metric_key=long HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()]
    with contextlib.ExitStack() as stack:
        sockets = []
        for i in range(100):
            s = stack.enter_context(connect(target.podium.url))
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            s.sendall(asked[i % 2] * 20)
            sockets.append(s)
        others(target)
        # One of them changes its mind, and gets what it asked for.
        with sockets[0].makefile("rb") as stream:
            for _ in range(3):
                answer = one_answer(stream)
                assert answer.status == 200 and answer.body == content
        with sockets[1].makefile("rb") as stream:
            answer = one_answer(stream)
            assert answer.status == 200 and len(json.loads(answer.body)["metrics"]) == 20_000


def test_more_connections_than_are_allowed(target):
    """The ones beyond the limit are refused or closed; those that are there go on, and places are given again."""
    kept = target.connection()
    assert kept.raw("GET", "/healthz")[0] == 200
    with contextlib.ExitStack() as stack:
        waiting = selectors.DefaultSelector()
        for _ in range(1400):
            s = stack.enter_context(connect(target.podium.url))
            s.setblocking(False)
            waiting.register(s, selectors.EVENT_READ)
        assert waiting.select(60), "none was refused"
        assert kept.raw("GET", "/healthz")[0] == 200
    others(target)
