"""A chat room that keeps what it hears, and a podium that may call it. Python's standard library only."""
import http.server
import json
import os
import re
import subprocess
import threading
import urllib.error
import urllib.request


class Room:
    """`heard` has (idempotency key, message); `answers` what it says to the next ones instead of 200."""

    def __init__(self):
        self.heard, self.answers = [], []
        room = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = room.answers.pop(0) if room.answers else 200
                if status == 200:
                    room.heard.append((self.headers["Idempotency-Key"], message))
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Podium:
    """Serves in `folder` with the plugin, which may call `origin`."""

    def __init__(self, podium, plugin, folder, origin):
        with open(f"{folder}/podium.toml", "w") as file:
            file.write(f'outbound_allow = ["{origin}"]\n[plugins."acme.notify"]\nconfig = {{ rooms = {{ ml = "{origin}/ml", ops = "{origin}/ops" }} }}\n')
        self.podium = podium
        self.process = subprocess.Popen([podium, "serve", "--port", "0", "--data", f"{folder}/data", "--plugin", plugin], cwd=folder,
                                        stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if found := re.search(r"listening on (http://\S+)", line):
                self.url = found[1].rstrip("/")
                return
        raise SystemExit(f"podium did not start: exit {self.process.wait()}")

    def call(self, method, path, body=None):
        """Returns (status, JSON)."""
        request = urllib.request.Request(self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")

    def task(self, name, ends=None):
        """A task that runs, or that did and ends: "complete", "fail"."""
        status, task = self.call("POST", "/api/v1/tasks", {"project": "0", "name": name, "state": "running"})
        assert status in (200, 201), task
        if ends:
            status, answer = self.call("POST", f"/api/v1/tasks/{task['id']}/transition", {"kind": ends})
            assert status == 200, answer
        return task["id"]

    def run(self, *words):
        """A command: (exit code, standard output, standard error)."""
        done = subprocess.run([self.podium, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                              env={**os.environ, "PODIUM_URL": self.url}, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        code = self.process.wait(30)
        self.process.stdout.close()
        if code:
            raise SystemExit(f"podium ended with {code}")


def expect(what, found, wanted):
    if found != wanted:
        raise SystemExit(f"{what}: expected {wanted!r}, found {found!r}")
    print(f"{what}: {found}")
