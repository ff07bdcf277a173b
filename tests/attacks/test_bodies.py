"""Bodies that are too large, cut short, of another kind, too deep, or no JSON at all; numbers and texts at the edges."""
import gzip
import json
import socket
import zlib

import pytest
from ledger import ARTIFACTS
from raw import connect, exchange, one_answer

API = "/api/2.0/mlflow/"
# Doors with a parser of their own (the hot ones) and doors with the common one.
DOORS = ["runs/log-metric", "runs/log-batch", "runs/create", "runs/update", "runs/set-tag", "runs/log-parameter", "runs/search", "experiments/create",
         "runs/log-inputs", "logged-models", "logged-models/search"]
OWN_DOORS = ["/api/v1/tasks/query", "/api/v1/projects"]


def refused(status, body, statuses=(400,)):
    assert status in statuses, (status, body[:300])
    answer = json.loads(body)
    message = answer.get("message") or answer.get("detail")
    assert len(message) > 10 and len(body) < 20_000, body[:300]
    return message


def ignored(path, status, body):
    """MLflow takes what is no JSON for an empty message: then a search that needs nothing finds nothing."""
    return path == API + "runs/search" and (status, body) == (200, b"{}")


def post(target, path, body, kind="application/json", **headers):
    body = body.encode() if isinstance(body, str) else body
    return target.connection().raw("POST", path, body, {"Content-Type": kind, **headers})


def doors():
    return [API + door for door in DOORS] + OWN_DOORS


NO_JSON = {
    "cut short": b'{"run_id": "x", "key": "k', "nothing but a brace": b"{", "a comma too many": b'{"a": 1,}', "a comma too few": b'{"a": 1 "b": 2}',
    "two values": b"{} {}", "behind the end": b"{} x", "single quotes": b"{'a': 1}", "a comment": b"{/* */}", "NaN bare in a tag": b'{"value": +1}',
    "a leading zero": b'{"a": 01}', "a bare word": b"hello", "a BOM of UTF-16": b"\xff\xfe{\x00}\x00", "bad UTF-8": b'{"key": "\xff\xfe"}',
    "overlong UTF-8": b'{"key": "\xc0\xaf"}', "half a character": b'{"key": "\xe2\x82"}', "a surrogate in UTF-8": b'{"key": "\xed\xa0\x80"}',
    "a raw control character": b'{"key": "a\x01b"}', "a raw NUL": b'{"key": "a\x00b"}', "NULs behind it": b"{}" + bytes(100), "a bad escape": b'{"key": "\\x41"}',
    "half an escape": b'{"key": "\\u12', "a form": b"run_id=x&key=y", "XML": b"<?xml version='1.0'?><run/>", "a pickle": b"\x80\x04\x95\x0b\x00\x00\x00\x00\x00\x00\x00}",
}


@pytest.mark.parametrize("name", NO_JSON)
def test_no_json(target, name):
    for door in doors():
        answer = post(target, door, NO_JSON[name])
        ignored(door, *answer) or refused(*answer)


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"7", b"null", b"true"])
def test_json_that_is_no_object(target, body):
    for door in doors():
        status, answer = post(target, door, body)
        assert status in (200, 400), (door, status, answer)
        if status == 200:  # as MLflow: null is an empty message to a search
            assert door.endswith("search") or door.endswith("query") or body == b"null", (door, body)


@pytest.mark.parametrize("depth", [100, 10_000, 1_000_000])
@pytest.mark.parametrize("opening,closing", [(b"[", b"]"), (b'{"a":', b"}"), (b'[{"tags":', b"}]")], ids=["lists", "objects", "both"])
def test_depth(target, depth, opening, closing):
    nested = opening * depth + b"1" + closing * depth
    for body in (nested, b'{"run_id": "x", "tags": ' + nested + b"}", opening * depth):
        for door in doors():
            if len(body) > 8 << 20 and door in OWN_DOORS:
                continue  # refused unread, which a client library may take for a broken connection; see below
            answer = post(target, door, body)
            ignored(door, *answer) or refused(*answer)


def test_depth_in_a_query(target):
    status, body = target.connection().raw("GET", API + "experiments/search?max_results=1&page_token=" + "%5B" * 5000)
    assert 400 <= status < 500, (status, body)


def test_a_key_twice_is_one_or_refused(target):
    """Two readers could take different ones: what is answered is what is done."""
    body = json.dumps({"run_id": target.run, "key": "twice", "value": "first"})[:-1] + ', "value": "second"}'
    status, answer = post(target, API + "runs/set-tag", body)
    tags = {t["key"]: t["value"] for t in target.connection().get_run(target.run)["data"].get("tags", [])}
    assert (status == 200 and tags["twice"] == "second") or (status == 400 and "twice" not in tags), (status, answer, tags)


NUMBERS = ["1e999", "-1e999", "1e-999", "99999999999999999999999999999999", "9223372036854775808", "-9223372036854775809", "1.5", "0.1e", "1" * 5000,
           '"1e999"', '"0x10"', '"nan(7)"', '""', "[]", "{}", "true", "null", '"٣"', "1e400000000000", "0." + "1" * 5000]


@pytest.mark.parametrize("field", ["value", "timestamp", "step"])
@pytest.mark.parametrize("number", NUMBERS, ids=[n[:20] for n in NUMBERS])
def test_numbers(target, field, number):
    """Taken or refused, and never read back as another; a batch is kept whole or not at all."""
    key = f"number {field} {NUMBERS.index(number)}"
    parts = {"key": json.dumps(key), "value": "1", "timestamp": "1", "step": "1", field: number}
    metric = "{" + ", ".join(f'"{k}": {v}' for k, v in parts.items()) + "}"
    single = f'{{"run_id": "{target.run}", ' + metric[1:]
    batch = f'{{"run_id": "{target.run}", "metrics": [{metric.replace(key, key + " before")[:-1].replace(number, "1", 1)}}}, {metric}]}}'
    status, answer = post(target, API + "runs/log-metric", single)
    assert status in (200, 400), (status, answer)
    status, answer = post(target, API + "runs/log-batch", batch)
    assert status in (200, 400), (status, answer)
    connection = target.connection()
    for point in connection.history(target.run, key.replace(" ", "%20")):
        assert point[0] in range(-2**63, 2**63) and point[1] in range(-2**63, 2**63)
    latest = {m["key"] for m in connection.get_run(target.run)["data"]["metrics"]}
    assert status == 200 or key + " before" not in latest, "half a batch is kept"


TEXTS = {"NUL": "a\\u0000b", "a lone surrogate": "\\ud800", "two halves the wrong way": "\\udc00\\ud800", "the last plane": "\\udbff\\udfff", "a right-to-left mark": "\\u202e",
         "no character": "\\uffff", "many marks": "e" + "\\u0301" * 2000}


@pytest.mark.parametrize("name", TEXTS)
def test_texts(target, name):
    """Kept as they are, or refused; never cut or changed."""
    for door, body in [("runs/set-tag", '{"run_id": "%s", "key": "text %s", "value": "%s"}'), ("runs/log-parameter", '{"run_id": "%s", "key": "text %s", "value": "%s"}')]:
        status, answer = post(target, API + door, body % (target.run, name, TEXTS[name]))
        assert status in (200, 400), (door, status, answer)
        if status == 200:
            data = target.connection().get_run(target.run)["data"]
            [kept] = [t["value"] for t in data["tags" if "tag" in door else "params"] if t["key"] == f"text {name}"]
            assert kept == json.loads(f'"{TEXTS[name]}"')


def test_sizes_of_names(target):
    """What is longer than MLflow allows is refused, with the limit; values are cut to it, as there."""
    long = "x" * 300_000
    for door, body in [("runs/set-tag", {"run_id": target.run, "key": long, "value": "x"}),
                       ("runs/log-parameter", {"run_id": target.run, "key": long, "value": "x"}),
                       ("runs/log-metric", {"run_id": target.run, "key": long, "value": 1, "timestamp": 1}), ("experiments/create", {"name": long}),
                       ("runs/log-batch", {"run_id": target.run, "metrics": [{"key": f"m{i}", "value": 1, "timestamp": 1} for i in range(1001)]}),
                       ("runs/log-batch", {"run_id": target.run, "params": [{"key": f"p{i}", "value": "1"} for i in range(101)]}),
                       ("runs/log-batch", {"run_id": target.run, "tags": [{"key": f"t{i}", "value": "1"} for i in range(101)]})]:
        message = refused(*post(target, API + door, json.dumps(body)))
        assert any(c.isdigit() for c in message), message
    refused(*post(target, API + "runs/search", json.dumps({"experiment_ids": ["0"], "max_results": 10**9})))
    for door in ("runs/set-tag", "runs/log-parameter"):
        assert post(target, API + door, json.dumps({"run_id": target.run, "key": "long", "value": long}))[0] == 200
    data = target.connection().get_run(target.run)["data"]
    assert all(len(entry["value"]) <= 8000 for kind in ("tags", "params") for entry in data[kind] if entry["key"] == "long")


def head(path, *lines, method="POST"):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: localhost", "Content-Type: application/json", *lines, "", ""]).encode()


def test_a_length_too_large_is_refused_unread(target):
    for door, limit in [(API + "runs/log-batch", 64 << 20), (API + "runs/search", 64 << 20), ("/api/v1/tasks/query", 8 << 20)]:
        [answer] = exchange(target.podium.url, head(door, f"Content-Length: {limit + 1}"))
        assert answer.status == 413 and str(limit).encode() in answer.body, answer
        assert answer.headers["connection"] == "close"


def test_chunks_that_grow_too_large_are_refused(target):
    limit = 8 << 20
    with connect(target.podium.url) as s:
        try:
            s.sendall(head("/api/v1/tasks/query", "Transfer-Encoding: chunked"))
            piece = b"%x\r\n" % 65536 + b" " * 65536 + b"\r\n"
            for _ in range(limit // 65536 + 2):
                s.sendall(piece)
        except OSError:
            pass  # it may have stopped listening
        with s.makefile("rb") as stream:
            answer = one_answer(stream)
    assert answer.status == 413 and str(limit).encode() in answer.body, answer


def test_a_claimed_length_takes_no_memory(target):
    """Ninety clients that claim the largest length, and send a byte of it, beside one that sends what it says."""
    clients = [connect(target.podium.url) for _ in range(90)]
    try:
        for s in clients:
            s.sendall(head(API + "runs/log-batch", f"Content-Length: {64 << 20}") + b"{")
        status, answer = post(target, API + "runs/search", b'{"experiment_ids": ["0"]}' + b" " * 2_000_000)
        assert status == 200, answer
    finally:
        for s in clients:
            s.close()


def test_a_body_cut_short_does_nothing(target):
    body = json.dumps({"run_id": target.run, "key": "cut", "value": "x"}).encode()
    for content in (head(API + "runs/set-tag", f"Content-Length: {len(body) + 5}") + body,
                    head(API + "runs/set-tag", "Transfer-Encoding: chunked") + b"%x\r\n" % len(body) + body + b"\r\n"):
        answers = exchange(target.podium.url, content, cut=True)
        assert answers == [] or answers[0].status == 400, answers
    path = f"{ARTIFACTS}0/{target.run}/artifacts/cut.bin"
    for content in (head(path, "Content-Length: 1000000", method="PUT") + bytes(500_000),
                    head(path, "Transfer-Encoding: chunked", method="PUT") + b"%x\r\n" % 500_000 + bytes(500_000) + b"\r\n"):
        answers = exchange(target.podium.url, content, cut=True)
        assert answers == [] or answers[0].status == 400, answers
    connection = target.connection()
    assert "cut" not in {t["key"] for t in connection.get_run(target.run)["data"].get("tags", [])}
    assert connection.raw("GET", path)[0] == 404


@pytest.fixture(scope="module")
def packed_bomb():
    """A gibibyte of blanks in a mebibyte: the same block again and again, as gzip allows."""
    return gzip.compress(b" " * (1 << 22)) * 256


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, gzip", "x-gzip", "compress"])
def test_packed_bodies(target, packed_bomb, encoding):
    """Unpacked to what it is, within the limit, or refused; never unpacked to gibibytes."""
    tag = json.dumps({"run_id": target.run, "key": "packed", "value": encoding}).encode()
    packed = gzip.compress(tag) if "gzip" in encoding else zlib.compress(tag)
    status, answer = post(target, API + "runs/set-tag", packed, **{"Content-Encoding": encoding})
    if status != 200:
        refused(status, answer, (400, 415))
    kept = {t["key"]: t["value"] for t in target.connection().get_run(target.run)["data"].get("tags", [])}
    assert (kept.get("packed") == encoding) == (status == 200), (status, answer)
    for door in (API + "runs/log-batch", API + "runs/search", "/api/v1/tasks/query"):
        answer = post(target, door, packed_bomb, **{"Content-Encoding": encoding})
        ignored(door, *answer) or refused(*answer, (400, 413, 415))


@pytest.mark.parametrize("kind", ["text/html", "application/xml", "application/jsonx", "application/json-patch+json", "image/png", "multipart/form-data; boundary=x"])
def test_another_kind(target, kind):
    body = json.dumps({"run_id": target.run, "key": "kind", "value": kind})
    status, answer = post(target, API + "runs/set-tag", body, kind)
    assert "Content-Type" in refused(status, answer, (400, 415))


def test_a_byte_at_a_time(target):
    """Slow is not wrong: such a request is answered."""
    body = json.dumps({"run_id": target.run, "key": "bytes", "value": "one by one"}).encode()
    with connect(target.podium.url) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in head(API + "runs/set-tag", f"Content-Length: {len(body)}") + body:
            s.sendall(bytes([byte]))
        with s.makefile("rb") as stream:
            assert one_answer(stream).status == 200
