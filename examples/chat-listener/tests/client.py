"""A podium with the plugin, a chat room, and the few calls that the tests make: nothing beside Python's library."""
import http.server
import json
import os
import queue
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request


def expect(what, found, wanted):
    if found != wanted:
        raise SystemExit(f"{what}: expected {wanted!r}, found {found!r}")
    print(f"{what}: {found}")


class Room:
    """A chat room on a free port of this machine. Every post is in `posts` as (Idempotency-Key, text)."""

    def __init__(self):
        self.posts = queue.Queue()
        self.answers = []      # statuses of the next answers; then 204
        self.silent = False    # it takes a post and answers only when `speak` is set
        self.speak = threading.Event()
        room = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status = room.answers.pop(0) if room.answers else 204
                room.posts.put((self.headers["Idempotency-Key"], body["text"]))
                if room.silent:
                    room.speak.wait(60)
                try:
                    self.send_response(status)
                    self.end_headers()
                except OSError:
                    pass  # who posted is gone

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.url = self.origin + "/hooks/secret"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def hear(self, seconds=30):
        try:
            return self.posts.get(timeout=seconds)
        except queue.Empty:
            raise SystemExit(f"the room heard nothing in {seconds} s")


def toml_of(room, **config):
    """The plugin's part of podium.toml."""
    settings = ", ".join(f"{name} = {json.dumps(value)}" for name, value in {"room": room, **config}.items())
    return f'[plugins."acme.chat"]\nenabled = true\nconfig = {{ {settings} }}\n'


class Podium:
    """podium serve on a free port; `with` stops it. With `plugin` that file and these settings, else the podium.toml that is there."""

    def __init__(self, binary, folder, plugin=None, room="", allow=None, **config):
        self.folder = folder
        flags = []
        if plugin:
            flags = ["--plugin", plugin]
            with open(f"{folder}/podium.toml", "w") as toml:
                toml.write(toml_of(room, **config))
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("PODIUM_", "MLFLOW_"))}
        if allow:
            environment["PODIUM_OUTBOUND_ALLOW"] = allow
        self.process = subprocess.Popen([binary, "serve", "--port", "0", "--data", f"{folder}/data", *flags],
                                        cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=open(f"{folder}/log", "ab"), text=True)
        for line in self.process.stdout:
            if found := re.search(r"listening on (http://\S+)", line):
                self.url = found[1].rstrip("/")
                return
        self.url = None  # it ended

    def __enter__(self):
        if not self.url:
            raise SystemExit(f"podium did not start: exit {self.process.wait()}\n" + open(f"{self.folder}/log").read())
        return self

    def __exit__(self, kind, *_):
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(60)
        self.process.stdout.close()
        if kind is not None:
            print(open(f"{self.folder}/log").read())
        elif code not in (0, -signal.SIGKILL):
            raise SystemExit(f"podium ended with {code}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method, headers={"Content-Type": "application/json"},
                                         data=None if body is None else json.dumps(body).encode())
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.code} {error.read().decode()}")

    # As a training script does, over MLflow's wire.
    def experiment(self, name):
        return self.call("POST", "/api/2.0/mlflow/experiments/create", {"name": name})["experiment_id"]

    def run(self, experiment, name, status):
        run = self.call("POST", "/api/2.0/mlflow/runs/create", {"experiment_id": experiment, "run_name": name})
        run_id = run["run"]["info"]["run_id"]
        self.call("POST", "/api/2.0/mlflow/runs/update", {"run_id": run_id, "status": status, "end_time": int(time.time() * 1000)})
        return run_id

    def messages(self):
        return self.call("GET", "/api/v1/x/acme.chat/messages")["messages"]

    def message_that(self, what, is_so, seconds=30):
        """The newest message, once `is_so` of it."""
        for _ in range(seconds * 20):
            newest = self.messages()[:1]
            if newest and is_so(newest[0]):
                return newest[0]
            time.sleep(0.05)
        raise SystemExit(f"{what}: not in {seconds} s; there is {newest}")
