"""Scenarios of the task table, the actions, events and the command line. The floor of the first two is hand-written SQL over podium's own
file, by bench_table_floor, so they need podium among the servers; it runs in process and answers nobody."""
import json
import resource
import subprocess
import time

import measure
from measure import ROOT

FIELDS = ["name", "type", "state", "user", "started", "updated", "iteration"]
COLUMNS = (["id"] + FIELDS + ["params.lr"] + [f"params.param{i}" for i in range(1, 8)] + [f"tags.tag{i}" for i in range(4)]
           + ["metrics.acc"] + [f"metrics.metric{i}" for i in range(1, 5)])


def data_of(server):
    return server.folder.parent / "podium/data/podium.db"


def api(server, path, body=None):
    return server.call(path, body, prefix="/api/v1/")


def project_of(server, runs):
    """The experiment of the searches; notes one of its tasks, and for the floor which it is."""
    project = server.kept.get("experiment") or server.kept.setdefault("experiment", server.fill_runs(runs))
    if "one" not in server.kept:
        page = api(server, "tasks/query", {"project": project, "columns": ["id"], "order": ["created"], "offset": 0, "limit": 1})
        server.kept["one"] = page["rows"][0][0] if isinstance(page["rows"][0], list) else page["rows"][0]["id"]
        (server.folder.parent / "project").write_text(str(project))
    return project


def by_hand(server, question, file=None):
    """The floor's row."""
    project = (server.folder.parent / "project").read_text()
    done = subprocess.run([ROOT / "build/bin/bench_table_floor", file or data_of(server), project, question], capture_output=True, text=True)
    if done.returncode != 0:
        raise measure.Failed(f"bench_table_floor {question} ended with {done.returncode}: {done.stderr[-300:]}")
    return json.loads(done.stdout)


def asked(runs, question, path, body, touch=False):
    """One question of the table over HTTP; with `touch` the store changes before each, so that nothing is kept."""

    def scenario(server, requests):
        if server.name == "floor":
            return by_hand(server, question)
        project = project_of(server, runs)
        whole = {"project": project, **(body(server, project) if callable(body) else body)}
        file = server.folder / "question.json"
        file.write_text(json.dumps(whole))
        options = {"touch": server.kept["one"]} if touch else {}
        measure.load(server, "call", 1, 2, profiled=False, method="POST", path=f"/api/v1/{path}", body=file, **options)
        return measure.load(server, "call", 1, requests, method="POST", path=f"/api/v1/{path}", body=file, **options)

    return scenario


def window(runs):
    def body(server, project):
        first = api(server, "tasks/query", {"project": project, "order": ["metrics.acc desc"], "columns": ["id"], "offset": 0, "limit": 1})
        return {"order": ["metrics.acc desc"], "columns": COLUMNS, "listing": first["listing"], "offset": first["total"] // 2, "limit": 100}

    return asked(runs, "window", "tasks/query", body)


def listing(runs, question, order):
    return asked(runs, question, "tasks/query", {"order": [order], "columns": ["id"], "offset": 0, "limit": 1}, touch=True)


def facet(runs, question, column):
    return asked(runs, question, "tasks/facets", {"column": column, "limit": 1000})


def csv(runs):
    return asked(runs, "csv", "tasks/export", {"order": ["metrics.acc desc"], "columns": COLUMNS, "format": "csv"})


def events(server, rate):
    """From a commit's answer to the subscriber, at a steady rate; CPU of all of it a change."""
    before = measure.cpu_seconds(server.pid)
    done = subprocess.run([ROOT / ".venv/bin/python", ROOT / "tests/bench/events_bench.py", f"http://127.0.0.1:{server.port}", "10", str(rate)],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise measure.Failed(f"events_bench.py ended with {done.returncode}: {(done.stdout + done.stderr)[-300:]}")
    row = json.loads(done.stdout)
    return {**row, "cpu_ms": (measure.cpu_seconds(server.pid) - before) * 1000 / row["changes"]}


def command_line(server, times):
    """A call of the program that lists runs: CPU of the program and of the server, and its wall time."""
    if server.name == "trackio":
        measure.load(server, "trackio-batch", 1, 1)
        command = [ROOT / "build/venv-trackio/bin/trackio", "list", "runs", "--project", "bench", "--json"]
    else:
        experiment = server.new_experiment("command-line")
        measure.load(server, "fill-runs", 4, 100, profiled=False, experiment=experiment)
        command = [ROOT / "build/bin/podium", "tasks", "in", "command-line", "limit", "20", "--json", "--url", f"http://127.0.0.1:{server.port}"]
    walls, before = [], measure.cpu_seconds(server.pid)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(times):
        started = time.monotonic()
        done = subprocess.run(command, capture_output=True, text=True, env=server.environment(), stdin=subprocess.DEVNULL)
        walls.append((time.monotonic() - started) * 1000)
        if done.returncode != 0:
            raise measure.Failed(f"{command[0].name} ended with {done.returncode}: {done.stderr[-300:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - children.ru_utime - children.ru_stime + measure.cpu_seconds(server.pid) - before
    walls.sort()
    return {"cpu_ms": cpu * 1000 / times, "p50": walls[len(walls) // 2], "p99": walls[-1]}
