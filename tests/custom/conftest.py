"""A server that custom actions call, and a podium that may call it."""
import http.server
import json
import pathlib
import sys
import threading

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from api import Api  # noqa: E402
from podium import Podium  # noqa: E402

SECRETS = {"CI_TOKEN": "s3cret-token-of-ci", "SIGNING_KEY": "s3cret-signing-key"}


class Received:
    def __init__(self, handler, body):
        self.method = handler.command
        self.path = handler.path
        self.headers = {name.lower(): value for name, value in handler.headers.items()}
        self.body = body

    def json(self):
        return json.loads(self.body)


class Receiver:
    """Keeps what it is sent. `answer(received)` gives (status, body as JSON or bytes, headers)."""

    def __init__(self):
        self.lock = threading.Lock()
        self.received = []
        self.answer = None
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                received = Received(self, body)
                with receiver.lock:
                    receiver.received.append(received)
                answer = receiver.answer(received) if receiver.answer else (200, {})
                status, content, headers = (*answer, {})[:3]
                content = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def forget(self):
        self.answer = None
        with self.lock:
            self.received.clear()


@pytest.fixture(scope="session")
def other():
    """A server that is listed, too."""
    server = Receiver()
    yield server
    server.server.shutdown()


@pytest.fixture(scope="session")
def everlasting_receiver():
    server = Receiver()
    yield server
    server.server.shutdown()


@pytest.fixture
def receiver(everlasting_receiver):
    everlasting_receiver.forget()
    yield everlasting_receiver
    everlasting_receiver.forget()


def config(url, **more):
    """podium.toml, with an action of the configuration and the secrets."""
    actions = [{"id": "configured", "label": "Configured", "request": {"url": f"{url}/configured"}, **more}]
    return (f'[plugins."custom-actions"]\nconfig = {{ actions = {toml(actions)}, secrets = {{ '
            'ci = { env = "CI_TOKEN" }, signing = { env = "SIGNING_KEY" } } }\n')


def toml(value):
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(k)} = {toml(v)}" for k, v in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value)


@pytest.fixture(scope="session")
def podium(tmp_path_factory, everlasting_receiver, other):
    folder = tmp_path_factory.mktemp("custom")
    (folder / "podium.toml").write_text(config(everlasting_receiver.url))
    allowed = [everlasting_receiver.url, other.url, f"http://localhost:{everlasting_receiver.port}"]
    with Podium(folder / "data", environment={**SECRETS, "PODIUM_OUTBOUND_ALLOW": ",".join(allowed)}) as running:
        yield running
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"
    assert running.process.returncode == 0


@pytest.fixture(scope="session")
def api(podium):
    return Api(podium.url, seconds=90)


@pytest.fixture(scope="session")
def project(api):
    return api.project("custom")


@pytest.fixture
def task(api, project):
    return api.task(project, name="one task")


@pytest.fixture
def define(api, receiver):
    """Defines custom actions for the length of a test."""
    made = []

    def define(id, path="/hook", **members):
        request = {"url": receiver.url + path, "timeout_ms": 60000, **members.pop("request", {})}
        api("POST", "custom-actions", 201, json={"id": id, "label": id.title(), "request": request, **members})
        made.append(id)
        return id

    yield define
    for id in made:
        api("DELETE", f"custom-actions/{id}")


@pytest.fixture
def run(api):
    """Runs an action on tasks to its end."""

    def run(action, ids, status=200, **more):
        return api("POST", "tasks/actions/run", status,
                   json={"action": action, "selection": {"ids": ids}, "wait": 60000, **more})

    return run
