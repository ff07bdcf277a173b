"""Heads and framing that are wrong, or that two readers could read differently. Each is answered once, with what is wrong, and
ends its connection: what is smuggled behind it is never taken for a request."""
import json

import pytest
from raw import exchange

PATH = "/api/2.0/mlflow/experiments/search?max_results=1"
LAST = f"GET {PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode()
SMUGGLED = b"GET /api/2.0/mlflow/experiments/search?max_results=1 HTTP/1.1\r\nHost: localhost\r\n\r\n"


def head(*lines, method="POST", path="/api/2.0/mlflow/runs/search", version="HTTP/1.1", host="Host: localhost"):
    return "\r\n".join([f"{method} {path} {version}", *([host] if host else []), *lines, "", ""]).encode("latin-1")


def refused(target, content, statuses):
    answers = exchange(target.podium.url, content + SMUGGLED)
    assert len(answers) == 1, f"a request was smuggled: {answers}"
    [answer] = answers
    assert answer.status in statuses, answer
    assert answer.headers["connection"] == "close", answer
    assert len(text_of(answer)) > 10, answer


def text_of(answer):
    try:
        body = json.loads(answer.body)
        return body.get("message") or body.get("detail")
    except ValueError:
        return answer.body.decode()


FRAMING = {
    "length and chunks": (head("Content-Length: 5", "Transfer-Encoding: chunked") + b"0\r\n\r\n", [400]),
    "chunks and length": (head("Transfer-Encoding: chunked", "Content-Length: 5") + b"0\r\n\r\n", [400]),
    "chunks in HTTP/1.0": (head("Transfer-Encoding: chunked", version="HTTP/1.0") + b"0\r\n\r\n", [400]),
    "two encodings": (head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + b"0\r\n\r\n", [400]),
    "chunked not last": (head("Transfer-Encoding: chunked, identity") + b"0\r\n\r\n", [400, 501]),
    "chunked twice": (head("Transfer-Encoding: chunked, chunked") + b"0\r\n\r\n", [400, 501]),
    "gzip and chunked": (head("Transfer-Encoding: gzip, chunked") + b"0\r\n\r\n", [400, 501]),
    "another encoding": (head("Transfer-Encoding: xchunked") + b"0\r\n\r\n", [400, 501]),
    "identity": (head("Transfer-Encoding: identity") + b"0\r\n\r\n", [400, 501]),
    "no encoding": (head("Transfer-Encoding:") + b"0\r\n\r\n", [400, 501]),
    "a quoted encoding": (head('Transfer-Encoding: "chunked"') + b"0\r\n\r\n", [400, 501]),
    "a tab in the encoding": (head("Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n", [400, 501]),
    "a blank before the colon": (head("Transfer-Encoding : chunked") + b"0\r\n\r\n", [400]),
    "two lengths": (head("Content-Length: 5", "Content-Length: 6") + b"hello", [400]),
    "the same length twice": (head("Content-Length: 5", "Content-Length: 5") + b"hello", [400]),
    "a list of lengths": (head("Content-Length: 5, 5") + b"hello", [400]),
    "a plus": (head("Content-Length: +5") + b"hello", [400]),
    "a minus": (head("Content-Length: -5") + b"hello", [400]),
    "a hexadecimal length": (head("Content-Length: 0x5") + b"hello", [400]),
    "a fraction": (head("Content-Length: 5.0") + b"hello", [400]),
    "no length": (head("Content-Length:") + b"hello", [400]),
    "a length beyond 64 bits": (head("Content-Length: 99999999999999999999999") + b"hello", [400, 413]),
    "the longest length": (head("Content-Length: 18446744073709551615") + b"hello", [400, 413]),
    "a blank before the length's colon": (head("Content-Length : 5") + b"hello", [400]),
    "a length in a folded line": (head("X: y", " Content-Length: 5") + b"hello", [400]),
    "a folded length": (head("Content-Length:", " 5") + b"hello", [400]),
    "a length behind a bare line feed": (head("X: y\nContent-Length: 5") + b"hello", [400]),
    "a length behind a bare return": (head("X: y\rContent-Length: 5") + b"hello", [400]),
    "a length behind a NUL": (head("X: y\0Content-Length: 5") + b"hello", [400]),
}

CHUNKS = {
    "no number": b"G\r\n",
    "nothing": b"\r\n",
    "a minus": b"-1\r\nx\r\n0\r\n\r\n",
    "a plus": b"+1\r\nx\r\n0\r\n\r\n",
    "a prefix": b"0x1\r\nx\r\n0\r\n\r\n",
    "beyond 64 bits": b"FFFFFFFFFFFFFFFFF\r\nx\r\n0\r\n\r\n",
    "beyond 64 bits with zeros": b"10000000000000001\r\nx\r\n0\r\n\r\n",
    "too long": b"1\r\nxyz\r\n0\r\n\r\n",
    "no line behind it": b"1\r\nx0\r\n\r\n",
    "a bare line feed": b"1\nx\n0\n\n",
    "an endless extension": b"1;" + b"x" * 40_000 + b"\r\nx\r\n0\r\n\r\n",
    "a broken trailer": b"1\r\nx\r\n0\r\nno colon\r\n\r\n",
    "an endless trailer": b"1\r\nx\r\n0\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
}

HEADS = {
    "too many fields": (head(*[f"X-{i}: y" for i in range(120)], method="GET", path=PATH), [431]),
    "a huge field": (head("X: " + "y" * 20_000, method="GET", path=PATH), [431]),
    "a huge name": (head("X" * 20_000 + ": y", method="GET", path=PATH), [431]),
    "a huge cookie": (head("Cookie: " + "a=b; " * 10_000, method="GET", path=PATH), [431]),
    "a huge target": (head(method="GET", path="/" + "x" * 20_000), [414, 431]),
    "an endless target": (b"GET /" + b"x" * 100_000, [414, 431]),
    "an endless method": (b"X" * 100_000, [400, 431]),
    "a folded field": (head("X: y", " z", method="GET", path=PATH), [400]),
    "a field folded by a tab": (head("X: y", "\tz", method="GET", path=PATH), [400]),
    "a fold first": (b"GET / HTTP/1.1\r\n Host: localhost\r\n\r\n", [400]),
    "no colon": (head("no colon", method="GET", path=PATH), [400]),
    "no name": (head(": y", method="GET", path=PATH), [400]),
    "a blank in a name": (head("a b: y", method="GET", path=PATH), [400]),
    "a control character in a name": (head("a\x01b: y", method="GET", path=PATH), [400]),
    "a control character in a value": (head("X: a\x01b", method="GET", path=PATH), [400]),
    "a NUL in a value": (head("X: a\0b", method="GET", path=PATH), [400]),
    "no host": (head(method="GET", path=PATH, host=None), [400]),
    "two hosts": (head("Host: localhost", method="GET", path=PATH), [400]),
    "no version": (b"GET /\r\nHost: localhost\r\n\r\n", [400, 505]),
    "another version": (head(method="GET", path=PATH, version="HTTP/9.9"), [400, 505]),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [400, 505]),
    "a version in small letters": (head(method="GET", path=PATH, version="http/1.1"), [400, 505]),
    "a longer version": (head(method="GET", path=PATH, version="HTTP/1.10"), [400, 505]),
    "no target": (b"GET  HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]),
    "a blank in the target": (head(method="GET", path="/a b"), [400, 505]),
    "a tab before the target": (b"GET\t/ HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]),
    "a NUL in the target": (head(method="GET", path="/a\0b"), [400]),
    "a control character in the target": (head(method="GET", path="/a\x01b"), [400]),
    "bare line feeds": (b"GET / HTTP/1.1\nHost: localhost\n\n", [400, 505]),
    "bare returns": (b"GET / HTTP/1.1\rHost: localhost\r\r", [400, 505]),
    "a method that is none": (head(method="G@T", path=PATH), [400]),
    "no method": (b" / HTTP/1.1\r\nHost: localhost\r\n\r\n", [400]),
    "a TLS hello": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), [400]),
    "noise": (bytes(range(256)) * 4, [400]),
}


@pytest.mark.parametrize("name", FRAMING)
def test_framing(target, name):
    content, statuses = FRAMING[name]
    refused(target, content, statuses)


@pytest.mark.parametrize("name", CHUNKS)
def test_chunks(target, name):
    content = head("Transfer-Encoding: chunked", "Content-Type: application/json") + CHUNKS[name]
    refused(target, content, [400, 413, 431])


@pytest.mark.parametrize("name", CHUNKS)
def test_chunks_of_an_upload(target, name):
    path = f"/api/2.0/mlflow-artifacts/artifacts/0/{target.run}/artifacts/chunks"
    refused(target, head("Transfer-Encoding: chunked", method="PUT", path=path) + CHUNKS[name], [400, 413, 431])
    assert target.connection().raw("GET", path)[0] == 404


@pytest.mark.parametrize("name", HEADS)
def test_heads(target, name):
    content, statuses = HEADS[name]
    refused(target, content, statuses)


@pytest.mark.parametrize("content,status", [
    (head(method="CONNECT", path="localhost:80"), 400), (head(method="TRACE", path="/"), 405), (head(method="BREW", path=PATH), 405),
    (head(method="GET", path="/a#b"), 400), (head(method="GET", path="/%"), 400), (head(method="GET", path="/%zz"), 400),
    (head(method="GET", path="/%00"), 400), (head(method="GET", path=PATH + "&a=%00"), 400),
    (head("Expect: wonders", "Content-Length: 0"), 417),
], ids=["CONNECT", "TRACE", "BREW", "fragment", "percent", "no hex", "NUL", "NUL in the query", "Expect"])
def test_what_is_well_formed_and_not_done(target, content, status):
    answer, _ = exchange(target.podium.url, content + LAST)
    assert answer.status == status and len(answer.body) > 10, answer


def test_pipelined_requests_are_answered_in_order(target):
    runs = [target.connection().call("POST", "runs/create", {"experiment_id": "0"})[1]["run"]["info"]["run_id"] for _ in range(5)]
    asked = [runs[i * 3 % 5] for i in range(100)]
    answers = exchange(target.podium.url, b"".join(head(method="GET", path=f"/api/2.0/mlflow/runs/get?run_id={run}") for run in asked) + LAST)
    assert [json.loads(a.body)["run"]["info"]["run_id"] for a in answers[:-1]] == asked


def test_a_body_that_looks_like_a_request_is_a_body(target):
    content = head(f"Content-Length: {len(SMUGGLED)}", "Content-Type: application/json", path="/api/2.0/mlflow/runs/set-tag") + SMUGGLED
    answers = exchange(target.podium.url, content + LAST)
    assert [a.status for a in answers] == [400, 200], answers


def test_a_get_with_a_body_hides_no_request(target):
    content = head(f"Content-Length: {len(SMUGGLED)}", method="GET", path=PATH) + SMUGGLED
    answers = exchange(target.podium.url, content + LAST)
    assert [a.status for a in answers][-1] == 200 and len(answers) == 2, answers


def test_a_refusal_behind_good_requests(target):
    """The good ones are answered first."""
    good = head(method="GET", path=PATH)
    answers = exchange(target.podium.url, good * 3 + FRAMING["length and chunks"][0] + SMUGGLED)
    assert [a.status for a in answers] == [200, 200, 200, 400], answers
