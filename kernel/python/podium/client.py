"""HTTP to a podium, with the standard library."""
import http.client
import json
import socket
import threading
from urllib.parse import urlsplit

from .errors import PodiumError

CONNECT_SECONDS, ANSWER_SECONDS = 5, 120


class Client:
    """May be used by several threads; each call has a connection of its own."""

    def __init__(self, address):
        self.address = address
        parts = urlsplit(address.url)
        self._authority = parts.netloc
        self._prefix = parts.path
        self._connection = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection

    def _open(self, method, path, body=None, accept=None, seconds=ANSWER_SECONDS):
        """The connection and the answer's beginning."""
        headers = {}
        if self.address.authorization:
            headers["Authorization"] = self.address.authorization
        if accept:
            headers["Accept"] = accept
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection = self._connection(self._authority, timeout=CONNECT_SECONDS)
        try:
            connection.connect()
        except (OSError, http.client.HTTPException):
            raise PodiumError("unavailable", f"no podium answers at {self.address.told}; start one with `podium serve` or "
                              "`%podium connect local`, or say with PODIUM_URL or `%podium connect http://HOST:PORT` where it is") from None
        try:
            connection.sock.settimeout(seconds)
            connection.request(method, self._prefix + path, body, headers)
            return connection, connection.getresponse()
        except (OSError, http.client.HTTPException):
            connection.close()
            raise PodiumError("timeout", f"{self.address.told} did not answer to the end") from None
        except BaseException:  # an interrupt: the host hears that nobody waits any more
            connection.close()
            raise

    def call(self, path, body=None, seconds=ANSWER_SECONDS):
        """JSON to JSON. Throws PodiumError as the host told it."""
        connection, answer = self._open("GET" if body is None else "POST", path, None if body is None else _json(body), None, seconds)
        try:
            text = answer.read()
        except (OSError, http.client.HTTPException):
            raise PodiumError("timeout", f"{self.address.told} did not answer to the end") from None
        finally:
            connection.close()
        try:
            read = json.loads(text)
        except ValueError:
            read = None
        if answer.status == 200 and isinstance(read, dict):
            return read
        if isinstance(read, dict) and "code" in read:
            raise PodiumError(read["code"], read.get("detail", ""), read)
        raise PodiumError("unavailable", f"what answers at {self.address.url} is no podium, or one without this command (HTTP {answer.status})")

    def get(self, path, most):
        """Up to `most` bytes of a file, and its type."""
        connection, answer = self._open("GET", path)
        try:
            if answer.status != 200:
                raise PodiumError("unavailable", f"the file was not answered (HTTP {answer.status})")
            return answer.read(most), answer.headers.get("Content-Type", "")
        finally:
            connection.close()


def _json(body):
    return json.dumps(body).encode("utf-8", "replace")


class Follower:
    """Reads what /api/v1/events tells of some topics on a thread, over cuts, until it is stopped. `alive` hears whether events arrive."""

    SHORTEST, LONGEST = 0.5, 30.0

    def __init__(self, client, topics, told, alive=lambda live: None):
        self._client, self._topics, self._told, self._alive = client, topics, told, alive
        self._stopped = threading.Event()
        self._since = None
        self._connection = None
        self._thread = threading.Thread(target=self._work, name="podium-events", daemon=True)
        self._thread.start()

    def stop(self):
        self._stopped.set()
        connection = self._connection
        try:
            if connection is not None and connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it was closed at the same time

    def _work(self):
        pause = self.SHORTEST
        while not self._stopped.is_set():
            try:
                if self._read():
                    pause = self.SHORTEST
            except (PodiumError, OSError, http.client.HTTPException, ValueError):
                pass  # nobody answers: again, a little later
            if pause > self.SHORTEST and not self._stopped.is_set():  # not the first try
                self._alive(False)
            self._stopped.wait(pause)
            pause = min(pause * 2, self.LONGEST)

    def _read(self):
        since = f"&since={self._since}" if self._since is not None else ""
        self._connection, answer = self._client._open("GET", f"/api/v1/events?{self._topics}{since}&every=250", None, "text/event-stream", 90)
        heard = False
        try:
            if answer.status != 200:
                return False
            data = []
            while not self._stopped.is_set():
                line = answer.readline()
                if not line:
                    return heard
                line = line.rstrip(b"\r\n")
                if line.startswith(b"data:"):
                    data.append(line[5:])
                elif not line and data:
                    if not heard:
                        heard = True
                        self._alive(True)
                    self._take(json.loads(b"".join(data)))
                    data = []
            return heard
        finally:
            self._connection.close()

    def _take(self, message):
        self._since = message.get("revision", self._since)
        if message.get("events") and not self._stopped.is_set():
            self._told(message)
