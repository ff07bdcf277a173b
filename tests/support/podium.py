"""A podium of the tests' own: started on a free port with a folder of its own, stopped or killed."""
import os
import pathlib
import re
import select
import signal
import subprocess
import time

BINARY = os.environ.get("PODIUM_BINARY", str(pathlib.Path(__file__).resolve().parents[2] / "build/dev/bin/podium"))


class Podium:
    def __init__(self, data, *flags, environment=None, log=None, wrapper=()):
        self.data = pathlib.Path(data)
        self.flags = flags
        self.environment = environment or {}
        self.wrapper = list(wrapper)  # a command that podium is started by, which becomes it
        self.log_path = pathlib.Path(log) if log else self.data.parent / f"{self.data.name}.log"
        self.process = None
        self.url = None
        self.seconds_to_start = None

    def start(self, seconds=60):
        started = time.monotonic()
        self.data.mkdir(parents=True, exist_ok=True)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*self.wrapper, BINARY, "serve", "--port", "0", "--data", str(self.data), *self.flags], cwd=self.data.parent,
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, env=dict(os.environ, **self.environment))
        text = b""
        deadline = started + seconds
        while b"\n" not in text:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            chunk = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not chunk:
                self.process.kill()
                self.process.wait()
                raise AssertionError(f"podium did not start: {text.decode()}\n{self.tail()}")
            text += chunk
        found = re.search(rb"http://[0-9.]+:\d+", text)
        assert found, f"podium printed no address: {text.decode()}"
        self.url = found.group().decode()
        self.seconds_to_start = time.monotonic() - started
        return self

    def kill(self):
        """kill -9: what was acknowledged must be there afterwards."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def wait(self, seconds=60):
        """Waits until podium ends by itself; returns the exit code, or None when it goes on."""
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None
        self.process.stdout.close()
        return code

    def refusal(self, seconds=60):
        """Starts a podium that is to refuse its data folder. Returns what it says; it must end with 1 and listen never."""
        self.data.mkdir(parents=True, exist_ok=True)
        result = subprocess.run([BINARY, "serve", "--port", "0", "--data", str(self.data), *self.flags], cwd=self.data.parent,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=seconds,
                                env=dict(os.environ, **self.environment))
        assert result.returncode == 1, (result.returncode, result.stdout, result.stderr)
        assert not result.stdout, f"it answered for a while: {result.stdout}"
        return result.stderr

    def stop(self, seconds=30):
        """SIGTERM; returns the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"podium did not stop within {seconds} s\n{self.tail()}")
        finally:
            self.process.stdout.close()

    def tail(self, lines=40):
        try:
            return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()
