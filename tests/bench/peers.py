"""The servers of the bench: podium, the floor, and the peers, each with how it is started, filled and asked.

Every peer lives in an environment of its own below build/, made on first use from the pinned list beside this file; mlflow's is
the tests' own (.venv).
"""
import base64
import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request

import fill
import measure
from measure import ROOT

sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests/support")]
import mlflow_server  # noqa: E402
import run as tests  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent


def environment_of(peer, *pip_flags):
    """The peer's own Python environment, made anew when its list changes."""
    wanted = (HERE / f"requirements-{peer}.txt").read_bytes()
    digest = hashlib.sha256(wanted).hexdigest()
    folder = ROOT / "build" / f"venv-{peer}"
    stamp = folder / "podium-requirements"
    if not stamp.exists() or stamp.read_text() != digest:
        print(f"installing {peer} into {folder.relative_to(ROOT)} ...", flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", *pip_flags,
                        "-r", HERE / f"requirements-{peer}.txt"], check=True)
        stamp.write_text(digest)
    return folder


class Server:
    name = ""
    health = "/health"
    load_options = {}
    notes = ""
    may_fail = True  # some of its answers may be errors, which are counted

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = mlflow_server.free_port()
        self.process = None
        self.kept = {}  # what scenarios of one group share: experiments and runs that were filled
        self.profile = None  # a file for perf's report, while something is profiled

    @classmethod
    def prepare(cls):
        """Makes the peer ready to be started; throws when it cannot be had."""

    @classmethod
    def version(cls):
        return ""

    def command(self):
        raise NotImplementedError

    def environment(self):
        return mlflow_server.environment()

    @property
    def pid(self):
        return self.process.pid

    def start(self):
        """Starts and waits for the first 200; sets start_ms and start_cpu_ms."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / "log", "ab") as log:
            started = time.monotonic()
            self.process = subprocess.Popen(self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True, env=self.environment())
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{self.health}", timeout=1) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                if self.process.poll() is not None or time.monotonic() - started > 240:
                    tail = (self.folder / "log").read_text(errors="replace")[-2000:]
                    raise measure.Failed(f"{self.name} did not start:\n{tail}")
                time.sleep(0.001)
        self.start_ms = (time.monotonic() - started) * 1000
        self.start_cpu_ms = measure.cpu_seconds(self.pid) * 1000
        return self

    def stop(self, how=signal.SIGTERM):
        if not self.process:
            return
        try:
            os.killpg(self.pid, how)
            self.process.wait(30)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()
        self.process = None

    @contextlib.contextmanager
    def profiled(self):
        """Within: perf samples the server, if a profile was asked for."""
        if not self.profile:
            yield
            return
        data = self.folder / "perf.data"
        perf = subprocess.Popen(["perf", "record", "-q", "-F", "1999", "-o", data, "-p", str(self.pid)], stderr=subprocess.DEVNULL)
        time.sleep(0.5)  # perf says nothing when it is attached
        try:
            yield
        finally:
            perf.send_signal(signal.SIGINT)
            perf.wait()
            with open(self.profile, "w") as out:
                for order in ("dso", "dso,symbol"):
                    subprocess.run(["perf", "report", "-i", data, "--stdio", "--sort", order, "--percent-limit", "0.5"],
                                   stdout=out, stderr=subprocess.DEVNULL)

    def call(self, path, body=None, prefix="/api/2.0/mlflow/"):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{prefix}{path}", data, {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=600) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as e:
            raise measure.Failed(f"{self.name} answered {path} with {e.code}: {e.read()[:300]}") from e

    # What scenarios need. These go through MLflow's API; who is filled quicker by SQL has its own below.

    def new_experiment(self, name):
        return self.call("experiments/create", {"name": name})["experiment_id"]

    def new_run(self):
        return self.call("runs/create", {"experiment_id": "0", "start_time": 1700000000000})["run"]["info"]["run_id"]

    def fill_runs(self, count):
        """An experiment of `count` runs."""
        experiment = self.new_experiment(f"runs-{count}")
        measure.load(self, "fill-runs", 64, count, profiled=False, experiment=experiment)
        return experiment

    def fill_history(self, points):
        """A run with so many points of "loss"."""
        run = self.new_run()
        measure.load(self, "batch-one-key", 1, points // 1000, profiled=False, run=run)
        return run

    def page_token(self, search, skip):
        """The token of the page behind the first `skip` runs of a search."""
        token = None
        for _ in range(skip // search["max_results"]):
            token = self.call("runs/search", {**search, **({"page_token": token} if token else {})})["next_page_token"]
        return token

    def used_bytes(self):
        """Bytes that the stopped server's database holds, without free pages."""
        total = 0
        for path in self.databases():
            with contextlib.closing(sqlite3.connect(path)) as db:
                pages, free, size = (db.execute(f"PRAGMA {p}").fetchone()[0] for p in ("page_count", "freelist_count", "page_size"))
            total += (pages - free) * size
        return total

    def databases(self):
        return sorted(self.folder.rglob("*.db"))


class Podium(Server):
    name = "podium"
    notes = "all its plugins, synchronous=FULL"
    may_fail = False

    def command(self):
        return [ROOT / "build/bin/podium", "serve", "--port", str(self.port), "--data", self.folder / "data", "--log-level", "warning"]


class Floor(Server):
    """Our own minimal program that does the same bytes to SQLite without checks; see floor.cpp."""

    name = "floor"
    notes = "hand-written SQL over the same bytes, no checks, synchronous=FULL"
    may_fail = False

    def command(self):
        return [ROOT / "build/bin/bench_floor", str(self.port), self.folder / "floor.db"]

    def new_experiment(self, name):
        return "0"


def offset_token(spelling):
    return base64.b64encode(spelling.encode()).decode()


class Mlflow(Server):
    name = "mlflow"
    notes = "one worker, job runner off, SQLite as it sets it (rollback journal)"

    @classmethod
    def prepare(cls):
        tests.venv()

    @classmethod
    def version(cls):
        return subprocess.run([ROOT / ".venv/bin/python", "-c", "import importlib.metadata as m; print(m.version('mlflow'))"],
                              capture_output=True, text=True, check=True).stdout.strip()

    def command(self):
        return mlflow_server.command(self.folder, self.port, ROOT / ".venv/bin/python")

    def fill_runs(self, count):
        experiment = self.new_experiment(f"runs-{count}")
        fill.mlflow_runs(self.folder / "mlflow.db", experiment, count)
        return experiment

    def fill_history(self, points):
        run = self.new_run()
        fill.mlflow_history(self.folder / "mlflow.db", run, points)
        return run

    def page_token(self, search, skip):
        return offset_token(json.dumps({"offset": skip}))


class FastTrackML(Server):
    name = "fasttrackml"
    notes = "SQLite as it sets it (WAL, synchronous=FULL)"

    @classmethod
    def prepare(cls):
        environment_of("fasttrackml", "--no-deps")

    @classmethod
    def version(cls):
        return (HERE / "requirements-fasttrackml.txt").read_text().split("==")[-1].strip()

    def command(self):
        return [ROOT / "build/venv-fasttrackml/bin/fml", "server", "-a", f"127.0.0.1:{self.port}", "-d", f"sqlite://{self.folder}/fml.db", "-l", "warn"]

    def fill_runs(self, count):
        experiment = self.new_experiment(f"runs-{count}")
        fill.fasttrackml_runs(self.folder / "fml.db", experiment, count)
        return experiment

    def fill_history(self, points):
        run = self.new_run()
        fill.fasttrackml_history(self.folder / "fml.db", run, points)
        return run

    def page_token(self, search, skip):
        return offset_token(json.dumps({"offset": skip}, separators=(",", ":")))


class Trackio(Server):
    name = "trackio"
    health = "/version"
    load_options = {"token": "bench"}
    notes = "its bulk endpoint, TRACKIO_SQLITE_SYNCHRONOUS=full (its default is not FULL)"

    @classmethod
    def prepare(cls):
        environment_of("trackio")

    @classmethod
    def version(cls):
        lines = (HERE / "requirements-trackio.txt").read_text().split()
        return next(line for line in lines if line.startswith("trackio==")).split("==")[1]

    def command(self):
        show = "import trackio; trackio.show(host='127.0.0.1', open_browser=False, block_thread=True)"
        return [ROOT / "build/venv-trackio/bin/python", "-c", show]

    def environment(self):
        return {**os.environ, "TRACKIO_DIR": str(self.folder / "data"), "GRADIO_SERVER_PORT": str(self.port), "TRACKIO_WRITE_TOKEN": "bench",
                "TRACKIO_SQLITE_SYNCHRONOUS": "full", "HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1",
                "GRADIO_ANALYTICS_ENABLED": "False", "HOME": str(self.folder)}

    def call(self, path, body=None, prefix="/api/"):
        return super().call(path, body, prefix)

    def fill_history(self, points):
        measure.load(self, "trackio-batch", 1, points // 1000, run="history")
        return "history"


class Itables(Server):
    """ipykernel with itables in JupyterLab, for the scenarios of notebooks; no server of its own."""

    name = "itables"
    notes = "ipykernel and itables in the same JupyterLab, its bundle loaded before; 10,000 of podium's 100,000 rows"

    @classmethod
    def prepare(cls):
        tests.venv()

    @classmethod
    def version(cls):
        pins = (ROOT / "tests/requirements.txt").read_text().split()
        return next(line for line in pins if line.startswith("itables==")).split("==")[1]

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        return self


ALL = [Podium, Floor, Mlflow, FastTrackML, Trackio, Itables]
