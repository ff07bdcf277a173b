"""One podium with a few tasks, and kernels that talk to it, found as Jupyter finds them: by JUPYTER_PATH."""
import contextlib
import json
import os
import pathlib
import sys
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.setdefault("PODIUM_BINARY", str(ROOT / "build/dev/bin/podium"))).resolve().parents[1]
PLUGIN = BUILD / "tests/cli/plugin/cli_actions.so"  # of the command line's tests: actions that take long, verbs that ask
sys.path.insert(0, str(ROOT / "tests/support"))
os.environ["JUPYTER_PATH"] = str(BUILD / "share/jupyter")
for word in ("PODIUM_URL", "MLFLOW_TRACKING_URI", "PODIUM_TOKEN"):
    os.environ.pop(word, None)

from host import Host  # noqa: E402
from podium import Podium  # noqa: E402

from jupyter_client.manager import KernelManager  # noqa: E402

HOSTILE = ("</script><img src=x onerror=alert(1)>`${alert(2)}` & \"q\" 'a' \u202egnp.exe " + "x" * 500)[:500]


def pytest_collection_modifyitems(items):
    if not (BUILD / "bin/podium-kernel").exists():
        for item in items:
            item.add_marker(pytest.mark.skip(reason="podium-kernel was not built: no xeus 2.4 here"))


@pytest.fixture(scope="session")
def podium(tmp_path_factory):
    flags = ("--plugin", str(PLUGIN)) if PLUGIN.exists() else ()
    with Podium(tmp_path_factory.mktemp("podium") / "data", *flags) as running:
        os.environ["PODIUM_URL"] = running.url
        yield Host(running.url)
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"


@pytest.fixture(scope="session")
def vision(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "vision"})["id"]
    tasks = {
        "a": podium.task(project, "a", "completed", {"lr": 0.1, "arch": "cnn"}, {"acc": [0.1, 0.5, 0.9]}, {"team": "cv"}),
        "b": podium.task(project, "b", "completed", {"lr": 0.2, "arch": "cnn"}, {"acc": [0.2, 0.6, 0.95]}, {"team": "cv"}),
        "c": podium.task(project, "c", "failed", {"lr": 0.1, "arch": "mlp"}, {"acc": [0.5], "loss": [float(i % 7) for i in range(300)]}),
        "hostile": podium.task(project, HOSTILE, "completed", {"p": HOSTILE}, {"acc": [0.3]}, {"t": HOSTILE}),
    }
    return tasks | {"project": project}


class Cell:
    """What a cell answered: its reply and all that was published for it."""

    def __init__(self, reply, messages):
        self.reply = reply
        self.messages = messages

    @property
    def status(self):
        return self.reply["content"]["status"]

    def of(self, *types):
        return [m["content"] for m in self.messages if m["msg_type"] in types]

    @property
    def displays(self):
        return self.of("display_data", "execute_result")

    @property
    def out(self):
        return "".join(m["text"] for m in self.of("stream"))

    @property
    def text(self):
        return self.out + "".join(d["data"].get("text/plain", "") for d in self.displays)

    @property
    def html(self):
        return "".join(d["data"].get("text/html", "") for d in self.displays)


class Kernel:
    def __init__(self, manager, client):
        self.manager = manager
        self.client = client

    @property
    def process(self):
        return self.manager.provisioner.process

    def send(self, code, **options):
        return self.client.execute(code, **options)

    def published(self, parent, seconds=30):
        """All that is published for a request, up to idle."""
        messages = []
        deadline = time.monotonic() + seconds
        while True:
            message = self.client.get_iopub_msg(timeout=max(0.01, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") != parent:
                self.others.append(message)
                continue
            if message["msg_type"] == "status":
                if message["content"]["execution_state"] == "idle":
                    return messages
                continue
            messages.append(message)

    others: list = []

    def reply(self, parent, seconds=30):
        deadline = time.monotonic() + seconds
        while True:
            message = self.client.get_shell_msg(timeout=max(0.01, deadline - time.monotonic()))
            if message["parent_header"].get("msg_id") == parent:
                return message

    def run(self, code, seconds=30, **options):
        parent = self.send(code, **options)
        reply = self.reply(parent, seconds)
        return Cell(reply, self.published(parent, seconds))

    def ok(self, code, **options):
        cell = self.run(code, **options)
        assert cell.status == "ok", cell.reply["content"]
        return cell

    def comm(self, kind, comm_id, data, target=None):
        content = {"comm_id": comm_id, "data": data} | ({"target_name": target} if target else {})
        message = self.client.session.msg(kind, content)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]


@contextlib.contextmanager
def started(**environment):
    manager = KernelManager(kernel_name="podium")
    manager.start_kernel(env=dict(os.environ, **environment))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        kernel = Kernel(manager, client)
        kernel.others = []
        yield kernel
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.fixture
def kernel(podium):
    with started() as running:
        yield running
