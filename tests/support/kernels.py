"""A Jupyter kernel as its clients use it: cells that run, what they publish, comms of widgets."""
import contextlib
import os
import pathlib
import signal
import time

from jupyter_client.manager import KernelManager


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
        self.others = []  # published for other requests

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

    def interrupt_idle(self, times=1):
        """Interrupts that are taken before this returns: one that is on its way would hit the next cell."""
        sigint = 1 << (signal.SIGINT - 1)
        for _ in range(times):
            self.manager.interrupt_kernel()
            deadline = time.monotonic() + 30
            while any(int(line.split()[1], 16) & sigint for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
                      if line.startswith(("SigPnd", "ShdPnd"))):
                assert time.monotonic() < deadline, "the interrupt is not taken"
            self.reply(self.client.kernel_info(), 30)

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
def started(kernel_name="podium", **environment):
    manager = KernelManager(kernel_name=kernel_name)
    manager.start_kernel(env=dict(os.environ, **environment))
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        yield Kernel(manager, client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
