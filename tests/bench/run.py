#!/usr/bin/env python3
"""`make bench`: podium beside its peers on this machine, in one run.

    tests/bench/run.py [SCENARIO ...]      all scenarios, or those whose names contain a word

Servers are started on free ports of 127.0.0.1 with temporary stores. What counts is the server's CPU time a request
(all its processes, user and system), as a ratio within this run: wall times depend on the machine's mood. Results go to
build/bench.json. The environment of the peers is the tests' own (.venv); a peer that cannot be had is left out, by name.
"""
import json
import os
import pathlib
import platform
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
import run as tests  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
PYTHON = ROOT / ".venv/bin/python"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def children(pid):
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += children(int(child))
    return found


def cpu_seconds(pid):
    """User and system time of a process, its living descendants and those it reaped. In ticks of 10 ms."""
    total = 0
    for one in children(pid):
        try:
            fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(f) for f in fields[11:15])
    return total / TICK


def precise_cpu(pid):
    """The same in nanoseconds where the kernel tells (schedstat of every thread); ended threads are missed."""
    total = 0
    for one in children(pid):
        for path in pathlib.Path(f"/proc/{one}/task").glob("*/schedstat"):
            try:
                total += int(path.read_text().split()[0])
            except (OSError, ValueError, IndexError):
                return None
    return total / 1e9


def memory_mib(pid):
    kib = 0
    for one in children(pid):
        try:
            for line in pathlib.Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    kib += int(line.split()[1])
        except OSError:
            pass
    return kib / 1024


class Server:
    name = ""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        self.process = None
        self.start_seconds = None

    def command(self):
        raise NotImplementedError

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        log = open(self.folder / "log", "ab")
        started = time.monotonic()
        self.process = subprocess.Popen(self.command(), cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                        start_new_session=True, env=self.environment())
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=1) as answer:
                    if answer.status == 200:
                        break
            except OSError:
                if self.process.poll() is not None or time.monotonic() - started > 240:
                    raise SystemExit(f"{self.name} did not start; see {self.folder}/log")
                time.sleep(0.002)
        self.start_seconds = time.monotonic() - started
        return self

    def environment(self):
        return dict(os.environ, MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false")

    def stop(self, how=signal.SIGTERM):
        if self.process:
            try:
                os.killpg(self.process.pid, how)
                self.process.wait(20)
            except (subprocess.TimeoutExpired, ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            self.process = None

    def cpu(self):
        precise = precise_cpu(self.process.pid)
        return cpu_seconds(self.process.pid) if precise is None else precise


class PodiumServer(Server):
    name = "podium"

    def command(self):
        return [ROOT / "build/bin/podium", "serve", "--port", str(self.port), "--data", self.folder / "data", "--log-level", "warning"]


class FloorServer(Server):
    """Our own minimal program that does the same bytes without checks; see floor.cpp."""

    name = "floor"

    def command(self):
        return [ROOT / "build/bin/bench_floor", str(self.port), self.folder / "floor.db"]


class MlflowServer(Server):
    name = "mlflow"

    def command(self):
        return [PYTHON, "-m", "mlflow", "server", "--workers", "1", "--host", "127.0.0.1", "--port", str(self.port),
                "--backend-store-uri", f"sqlite:///{self.folder}/mlflow.db", "--artifacts-destination", str(self.folder / "artifacts")]


def load(server, kind, clients, requests, experiment, *more):
    """Runs the load generator; returns its line with the server's CPU milliseconds a request."""
    command = [ROOT / "build/bin/bench_load", "127.0.0.1", str(server.port), kind, str(clients), str(requests), experiment, *map(str, more)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    before = server.cpu()
    process.stdin.write("go\n")
    process.stdin.flush()
    line = process.stdout.readline()
    after = server.cpu()
    process.wait()
    result = json.loads(line)
    if result["failures"]:
        raise SystemExit(f"{server.name} {kind}: {result['failures']} failed, the first with {result['failure']}")
    result["cpu_ms"] = (after - before) * 1000 / max(1, result["requests"])
    return result


def create_experiment(server, name):
    if server.name == "floor":
        return "0"
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}/api/2.0/mlflow/experiments/create",
                                     json.dumps({"name": name}).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["experiment_id"]


def search_body(folder, experiment, **body):
    path = pathlib.Path(folder) / "search.json"
    path.write_text(json.dumps({"experiment_ids": [experiment], "max_results": 100, **body}))
    return path


# Scenario -> (what a server does: function of (server, requests), requests for podium and the floor, for mlflow, goal: at
# least so many times less CPU than mlflow).
def simple(kind, clients):
    return lambda server, requests: load(server, kind, clients, requests, "0")


def ordered_search(runs):
    def scenario(server, requests):
        experiment = create_experiment(server, f"search-{runs}-{time.time_ns()}")
        load(server, "create-runs", 8, runs, experiment)
        body = search_body(server.folder, experiment, order_by=["metrics.acc DESC"])
        return load(server, "post", 1, requests, experiment, "/api/2.0/mlflow/runs/search", body)
    return scenario


SCENARIOS = {
    "log-metric, 1 client": (simple("log-metric", 1), 4000, 300, 30),
    "log-metric, 32 clients": (simple("log-metric", 32), 40000, 400, 100),
    "log-batch of 1000, 1 client": (simple("log-batch-1000", 1), 200, 12, 40),
    "run + 20 params + 20 tags, 1 client": (simple("run-lifecycle", 1), 1500, 60, 30),
    "ordered search over 10k runs": (ordered_search(10_000), 200, 2, 200),
}


def main(words):
    wanted = {n: s for n, s in SCENARIOS.items() if not words or any(w in n for w in words)}
    tests.venv()
    subprocess.run(["cmake", "--preset", "release", "-DPODIUM_BENCH=ON", "--log-level=WARNING"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["cmake", "--build", "--preset", "release", "-j", tests.JOBS], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    processor = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    results = {"machine": f"{processor}, {os.cpu_count()} cores", "date": time.strftime("%Y-%m-%d"), "scenarios": {}}
    print(results["machine"])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="podium-bench-"))
    servers = []
    try:
        if wanted:
            for kind in (PodiumServer, FloorServer, MlflowServer):
                servers.append(kind(folder / kind.name).start())
            for server in servers:
                results[server.name] = {"start_seconds": round(server.start_seconds, 3), "idle_mib": round(memory_mib(server.process.pid), 1)}
            print(f"start to /health: " + ", ".join(f"{s.name} {s.start_seconds * 1000:.0f} ms, {memory_mib(s.process.pid):.1f} MiB idle" for s in servers))
            print(f"{'server CPU ms a request':38} {'podium':>9} {'floor':>9} {'mlflow':>9} {'mlflow/podium':>14} {'goal':>7} {'podium/floor':>13}   podium p50/p99 ms")
        for name, (scenario, ours, theirs, goal) in wanted.items():
            row = {s.name: scenario(s, theirs if s.name == "mlflow" else ours) for s in servers}
            ratio = row["mlflow"]["cpu_ms"] / max(row["podium"]["cpu_ms"], 1e-6)
            above = row["podium"]["cpu_ms"] / max(row["floor"]["cpu_ms"], 1e-6)
            results["scenarios"][name] = {**row, "ratio": ratio, "goal": goal, "above_floor": above}
            print(f"{name:38} {row['podium']['cpu_ms']:9.4f} {row['floor']['cpu_ms']:9.4f} {row['mlflow']['cpu_ms']:9.2f} {ratio:13.0f}x {'>= ' + str(goal) + 'x':>7} {above:12.1f}x"
                  f"   {row['podium']['p50']:.2f}/{row['podium']['p99']:.2f}{'' if ratio >= goal else '   MISSED'}", flush=True)
        if wanted:
            podium = servers[0]
            podium.stop(signal.SIGKILL)
            podium.start()
            results["restart_after_kill_seconds"] = podium.start_seconds
            print(f"restart after kill -9: {podium.start_seconds * 1000:.0f} ms")
    finally:
        for server in servers:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)
    (ROOT / "build").mkdir(exist_ok=True)
    (ROOT / "build/bench.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main(sys.argv[1:])
