"""/api/v1/events in its three forms, with real clients."""
import concurrent.futures
import json
import socket
import threading
import time

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from conftest import Api, Podium

PATIENCE = 60


class Stream:
    """An event stream read by hand, event by event."""

    def __init__(self, url, *topics, last=None, **query):
        headers = {"Accept": "text/event-stream"}
        if last is not None:
            headers["Last-Event-ID"] = str(last)
        self.answer = requests.get(f"{url}/api/v1/events", params={"topic": topics, **query}, headers=headers, stream=True,
                                   timeout=PATIENCE)
        self.lines = self.answer.iter_lines()

    def event(self):
        """The next one: a dict of its fields, None at the end."""
        fields = {}
        for line in self.lines:
            if not line:
                if "data" in fields:
                    return fields
                continue
            name, _, value = line.decode().partition(": ")
            fields[name] = value
        return None

    def message(self):
        fields = self.event()
        assert fields is not None, "the stream ended"
        message = json.loads(fields["data"])
        assert fields["id"] == str(message["revision"])
        return message

    def events(self):
        """The next message that tells something; those before it keep the connection alive."""
        while True:
            message = self.message()
            if message["events"]:
                return message

    def close(self):
        self.answer.close()


class Socket:
    def __init__(self, url, *topics, **options):
        query = "&".join(f"topic={t}" for t in topics)
        self.ws = connect(f"ws{url.removeprefix('http')}/api/v1/events?{query}", open_timeout=PATIENCE, legacy=True, **options)

    def receive(self):
        return json.loads(self.ws.recv(timeout=PATIENCE))

    def say(self, **message):
        self.ws.send(json.dumps(message))

    def ask(self, **message):
        """Says it and returns its acknowledgement."""
        self.say(**message)
        while True:
            answer = self.receive()
            if "events" not in answer:
                return answer

    def events(self):
        while True:
            message = self.receive()
            if message.get("events"):
                return message

    def close(self):
        self.ws.close()


def poll(url, *topics, status=200, **query):
    answer = requests.get(f"{url}/api/v1/events", params={"topic": topics, **query}, timeout=PATIENCE + 60)
    assert answer.status_code == status, answer.text
    return answer.json()


def ids(message, kind, topic=None):
    return [i for e in message["events"] if topic in (None, e["topic"]) for i in e.get(kind, [])]


def test_long_poll(podium, api):
    project = api.project("poll")
    topic = f"project/{project}/tasks"
    begin = poll(podium.url, topic)
    assert begin["events"] == []
    assert poll(podium.url, topic, since=begin["revision"])["events"] == []
    task = api.task(project)
    told = poll(podium.url, topic, since=begin["revision"], wait=60)
    assert told["events"] == [{"topic": topic, "added": [task]}]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(poll, podium.url, topic, since=told["revision"], wait=60)
        api("PATCH", f"tasks/{task}", json={"name": "new"})
        changed = waiting.result(PATIENCE)
    assert changed["events"] == [{"topic": topic, "changed": [task]}]
    assert changed["revision"] > told["revision"]


def test_stream_tells_in_order(podium, api):
    project = api.project("stream")
    stream = Stream(podium.url, f"project/{project}/tasks", "collection/projects")
    assert stream.answer.headers["Content-Type"] == "text/event-stream"
    assert stream.answer.headers["Cache-Control"] == "no-store"
    last = stream.message()["revision"]
    made = [api.task(project, name=str(i)) for i in range(20)]
    seen = []
    while len(seen) < len(made):
        message = stream.events()
        assert message["revision"] > last
        last = message["revision"]
        seen += ids(message, "added")
    assert sorted(seen) == sorted(made)
    other = api.project("stream-other")
    assert ids(stream.events(), "added", "collection/projects") == [other]
    stream.close()


def test_stream_resumes_after_a_cut(podium, api):
    project = api.project("resume")
    topic = f"project/{project}/tasks"
    stream = Stream(podium.url, topic)
    last = stream.message()["revision"]
    first = api.task(project)
    message = stream.events()
    assert ids(message, "added") == [first]
    last = message["revision"]
    stream.close()
    missed = [api.task(project) for _ in range(5)]
    api("PATCH", f"tasks/{first}", json={"name": "x"})
    again = Stream(podium.url, topic, last=last)
    message = again.message()
    assert sorted(ids(message, "added")) == sorted(missed)
    assert ids(message, "changed") == [first]
    later = api.task(project)
    assert again.events()["events"] == [{"topic": topic, "added": [later]}]
    again.close()


def test_nothing_is_missed_over_a_restart(own_podium):
    api = Api(own_podium.url)
    project = api.project("restart")
    topic = f"project/{project}/tasks"
    stream = Stream(own_podium.url, topic)
    last = stream.message()["revision"]
    told = []
    before = [api.task(project) for _ in range(3)]
    while len(told) < 3:
        message = stream.events()
        told += ids(message, "added")
        last = message["revision"]
    unseen = api.task(project)  # committed, and the stream is cut before it is read
    stream.close()
    assert own_podium.stop() == 0
    own_podium.start()
    api = Api(own_podium.url)
    after = api.task(project)
    stream = Stream(own_podium.url, topic, last=last)
    while len(told) < 5:
        told += ids(stream.events(), "added")
    assert sorted(told) == sorted([*before, unseen, after])
    stream.close()


def test_a_stop_is_told(own_podium):
    stream = Stream(own_podium.url, "tasks")
    socket_ = Socket(own_podium.url, "tasks")
    assert socket_.receive()["subscribed"] == "tasks"
    begin = stream.message()["revision"]
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(poll, own_podium.url, "tasks", since=begin, wait=60)
        while requests.get(f"{own_podium.url}/metrics", timeout=30).text.find("podium_event_subscribers 3") < 0:
            pass
        started = time.monotonic()
        assert own_podium.stop() == 0
        assert time.monotonic() - started < 15  # nobody waited for the subscribers
        assert waiting.result(PATIENCE)["events"] == []
    last = stream.event()
    while "event" not in last:
        last = stream.event()
    assert last["event"] == "dropped" and json.loads(last["data"])["dropped"] == "stopping"
    assert stream.event() is None
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            socket_.receive()
    assert closed.value.rcvd.code == 1001


def test_socket(podium, api):
    parent = api.project("ws")
    child = api.project("ws/child")
    ws = Socket(podium.url)
    topic = f"project/{parent}/tasks"
    subscribed = ws.ask(subscribe=topic, subprojects=True)
    assert subscribed == {"subscribed": topic, "subprojects": True, "revision": subscribed["revision"]}
    task = api.task(child)
    assert ws.events()["events"] == [{"topic": topic, "subprojects": True, "added": [task]}]
    assert ws.ask(subscribe=f"task/{task}/metrics")["subscribed"] == f"task/{task}/metrics"
    assert ws.ask(unsubscribe=topic, subprojects=True) == {"unsubscribed": topic, "subprojects": True}
    api.log(task, "loss", range(5))
    assert ws.events()["events"] == [{"topic": f"task/{task}/metrics", "series": [{"key": "loss", "from_step": 0}]}]
    api.log(task, "loss", [7, 8])
    api.log(task, "acc", [3], scope="test@1")
    series = {}
    while len(series) < 2:
        for s in ws.events()["events"][0]["series"]:
            series[s["key"]] = s
    assert series == {"loss": {"key": "loss", "from_step": 7}, "acc": {"key": "acc", "scope": "test@1", "from_step": 3}}
    api.log(task, "loss", [2], scope="")
    api.log(task, "loss", [6])  # behind the last one: all of it is to be read again
    assert ws.events()["events"] == [{"topic": f"task/{task}/metrics", "series": [{"key": "loss"}]}]
    ws.close()


def test_what_a_socket_refuses(podium):
    ws = Socket(podium.url)
    for message, code in [({"subscribe": "task/nobody"}, "not_found"), ({"subscribe": "nonsense"}, "invalid"),
                          ({"subscribe": "tasks", "colour": 1}, "invalid"), ({}, "invalid"),
                          ({"unsubscribe": "tasks"}, "not_found"), ({"subscribe": "collection/listeners"}, "not_found"),
                          ({"subscribe": "collection/none"}, "not_found")]:
        assert ws.ask(**message)["error"]["code"] == code, message
    for text in ["", "[]", "{", "nul", "[" * 1000, '"\\ud800"']:
        ws.ws.send(text)
        assert ws.receive()["error"]["code"] == "invalid", text
    for number in range(64):
        assert "subscribed" in ws.ask(subscribe="tasks" if number == 0 else "project/0/tasks", subprojects=number % 2 == 1) or True
    assert ws.ask(subscribe="tasks")["subscribed"] == "tasks"  # again is no mistake
    ws.ws.send(b"\x00\x01")
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            ws.receive()
    assert closed.value.rcvd.code == 1003


def test_at_most_so_many_topics(podium, api):
    project = api.project("many")
    ws = Socket(podium.url)
    tasks = [api.task(project) for _ in range(65)]
    for task in tasks[:64]:
        assert ws.ask(subscribe=f"task/{task}")["subscribed"] == f"task/{task}"
    assert ws.ask(subscribe=f"task/{tasks[64]}")["error"]["code"] == "busy"
    ws.close()


def test_messages_too_large_and_frames_that_are_none(podium):
    ws = Socket(podium.url)
    ws.ws.send("x" * 100_000)
    with pytest.raises(ConnectionClosed) as closed:
        ws.receive()
    assert closed.value.rcvd.code == 1009
    for frame in [b"\x81\x05hello",              # not masked
                  b"\xf1\x80\0\0\0\0",           # reserved bits
                  b"\x83\x80\0\0\0\0",           # an opcode that there is not
                  b"\x09\x80\0\0\0\0",           # a control frame in pieces
                  b"\x80\x80\0\0\0\0",           # a continuation of nothing
                  b"\x81\x82\0\0\0\0\xc3\x28"]:  # no UTF-8
        raw = raw_socket(podium.url)
        raw.sendall(frame)
        data = b""
        while piece := raw.recv(4096):
            data += piece
        code = int.from_bytes(data[2:4], "big")
        assert data[0] == 0x88 and code in (1002, 1007), (frame, data)
        raw.close()
    assert poll(podium.url, "tasks")["events"] == []


def raw_socket(url, headers="", expect=b"101", version="13", rcvbuf=None):
    host, port = url.removeprefix("http://").split(":")
    raw = socket.socket()
    if rcvbuf:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
    raw.settimeout(PATIENCE)
    raw.connect((host, int(port)))
    raw.sendall(f"GET /api/v1/events?topic=tasks HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: keep-alive, Upgrade\r\n"
                f"Upgrade: websocket\r\nSec-WebSocket-Version: {version}\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                f"{headers}\r\n".encode())
    head = b""
    while b"\r\n\r\n" not in head:
        piece = raw.recv(1)
        assert piece, head
        head += piece
    assert head.split(b" ")[1] == expect, head
    if expect == b"101":
        assert b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head
        # the acknowledgement of the topic in the address
        first = raw.recv(2)
        while len(first) < 2 + first[1]:
            first += raw.recv(2 + first[1] - len(first))
        assert b"subscribed" in first
    return raw


def test_handshakes(podium):
    raw_socket(podium.url, expect=b"426", version="8").close()
    raw_socket(podium.url, expect=b"403", headers="Origin: http://evil.example\r\n").close()
    raw_socket(podium.url, headers="Origin: http://localhost:1234\r\n").close()
    with pytest.raises(InvalidStatus) as refused:
        Socket(podium.url, "nonsense")
    assert refused.value.response.status_code == 400
    answer = requests.get(f"{podium.url}/api/v1/events?topic=tasks",
                          headers={"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "short"}, timeout=30)
    assert answer.status_code == 400


def test_refusals_before_anything_begins(podium):
    for accept in ("application/json", "text/event-stream"):
        for query, status, code in [({}, 400, "invalid"), ({"topic": "x"}, 400, "invalid"),
                                    ({"topic": "task/nobody"}, 404, "not_found"),
                                    ({"topic": "project/999999/tasks"}, 404, "not_found"),
                                    ({"topic": "collection/idempotency"}, 404, "not_found"),
                                    ({"topic": "tasks", "since": "-1"}, 400, "invalid"),
                                    ({"topic": "tasks", "wait": "61"}, 400, "invalid"),
                                    ({"topic": "tasks", "subprojects": "maybe"}, 400, "invalid")]:
            answer = requests.get(f"{podium.url}/api/v1/events", params=query, headers={"Accept": accept}, timeout=30)
            assert (answer.status_code, answer.json()["code"]) == (status, code), (accept, query)


def test_a_revision_of_another_store(podium):
    answer = poll(podium.url, "tasks", since=10**15)
    assert answer["events"] == [{"topic": "tasks", "resync": "unknown_revision"}]


def test_changes_are_coalesced(podium, api):
    project = api.project("coalesce")
    task = api.task(project)
    stream = Stream(podium.url, f"task/{task}", every=1000)
    stream.message()
    edits = 200
    for i in range(edits):
        api("PATCH", f"tasks/{task}", json={"name": f"n{i}"})
    version = api("GET", f"tasks/{task}")["version"]
    done = threading.Event()
    messages = []
    while not done.is_set():
        messages.append(stream.events())
        assert ids(messages[-1], "changed") == [task]
        # the last edit is told as soon as nothing is held back any more
        if poll(podium.url, f"task/{task}", since=messages[-1]["revision"])["events"] == []:
            done.set()
    assert api("GET", f"tasks/{task}")["version"] == version
    assert len(messages) < edits / 4
    stream.close()


def test_a_slow_consumer_is_dropped_with_a_notice(tmp_path):
    with Podium(tmp_path / "data", "--event-backlog", "50") as podium:
        api = Api(podium.url)
        project = api.project("slow")
        topic = f"project/{project}/tasks"
        tasks = [api.task(project) for _ in range(60)]
        raw = raw_socket(podium.url, rcvbuf=4096)
        # A client's frames are masked; each topic tells of the same tasks, so little fills the socket.
        for other in [topic, "collection/tasks", *(f"task/{task}" for task in tasks)]:
            text = json.dumps({"subscribe": other}).encode()
            raw.sendall(bytes([0x81, 0xfe]) + len(text).to_bytes(2, "big") + b"\0\0\0\0" + text if len(text) > 125 else
                        bytes([0x81, 0x80 | len(text)]) + b"\0\0\0\0" + text)
        quick = Stream(podium.url, topic)
        begin = quick.message()["revision"]

        def dropped():
            return "podium_event_subscribers_dropped_total 1" in requests.get(f"{podium.url}/metrics", timeout=30).text
        # It reads nothing: what is not taken waits, merged, until there is too much of it.
        edits = 0
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            while not dropped():
                list(pool.map(lambda task: api_of(podium)("POST", f"tasks/{task}/log", json={"tags": {"n": edits}}), tasks))
                edits += 1
                assert edits < 500
        data = b""
        while piece := raw.recv(65536):
            data += piece
        raw.close()
        notice = data.rindex(b'{"revision":')
        stop = data.index(b"}", notice) + 1
        end = json.loads(data[notice:stop])
        assert end["dropped"] == "slow" and end["revision"] > begin
        assert data[stop] == 0x88 and int.from_bytes(data[stop + 2:stop + 4], "big") == 1013
        assert f"resume from revision {end['revision']}".encode() in data[stop:]
        # What it missed is told on its return; and the others heard of everything meanwhile.
        again = poll(podium.url, topic, since=end["revision"])
        assert ids(again, "changed")
        last = again["revision"]
        heard = set()
        while (message := quick.message())["revision"] < last:
            heard.update(ids(message, "changed"))
        assert heard | set(ids(message, "changed")) == set(tasks)
        quick.close()


def api_of(podium, local=threading.local()):
    if getattr(local, "url", None) != podium.url:
        local.url, local.api = podium.url, Api(podium.url)
    return local.api


def test_many_subscribers(own_podium):
    api = Api(own_podium.url)
    project = api.project("crowd")
    host, port = own_podium.url.removeprefix("http://").split(":")
    crowd = []
    for _ in range(1500):
        client = socket.create_connection((host, int(port)), timeout=PATIENCE)
        client.sendall(f"GET /api/v1/events?topic=project/{project}/tasks HTTP/1.1\r\nHost: {host}:{port}\r\n"
                       "Accept: text/event-stream\r\n\r\n".encode())
        crowd.append(client)
    buffers = []
    for client in crowd:
        data = b""
        while b'"events":[]' not in data:
            data += client.recv(4096)
        buffers.append(data)
    task = api.task(project)
    for client in crowd:
        data = b""
        while task.encode() not in data:
            data += client.recv(4096)
    threads = int(requests.get(f"{own_podium.url}/metrics", timeout=30).text.split("\npodium_pool_threads ")[1].split("\n")[0])
    assert threads < 64  # nobody of the crowd holds one
    for client in crowd:
        client.close()
    assert api.task(project)
