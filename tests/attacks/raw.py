"""Bytes on a socket and the answers that come back, for requests that no client library would send."""
import dataclasses
import socket
from urllib.parse import urlsplit


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict
    body: bytes


class Cut(Exception):
    """The stream ended within an answer."""


def one_answer(stream, head_only=False):
    """The next answer of a binary file, or None at its end."""
    line = stream.readline()
    if not line:
        return None
    version, status, *_ = line.decode("latin-1").split(" ", 2)
    assert version in ("HTTP/1.1", "HTTP/1.0"), line
    headers = {}
    while (line := stream.readline()) not in (b"\r\n", b""):
        name, _, value = line.decode("latin-1").partition(":")
        assert name.lower() not in headers, f"{name} is there twice"
        headers[name.lower()] = value.strip()
    if line == b"":
        raise Cut
    body = b""
    if not head_only and int(status) not in (100, 204, 304):
        if headers.get("transfer-encoding") == "chunked":
            while size := int(stream.readline(), 16):
                body += stream.read(size)
                stream.readline()
            stream.readline()
        else:
            body = stream.read(int(headers["content-length"]))
            if len(body) < int(headers["content-length"]):
                raise Cut
    return Answer(int(status), headers, body)


def connect(url, seconds=60):
    where = urlsplit(url)
    return socket.create_connection((where.hostname, where.port), seconds)


def exchange(url, content, cut=False):
    """Sends bytes and returns all answers until podium closes, as it does after a request that it cannot frame or that asks for
    it. `cut` says that no more bytes follow."""
    with connect(url) as s:
        try:
            s.sendall(content)
            if cut:
                s.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it had heard enough
        answers = []
        with s.makefile("rb") as stream:
            try:
                while (answer := one_answer(stream)) is not None:
                    answers.append(answer)
            except ConnectionResetError:
                pass
        return answers
