"""Scenarios of the actions and the rules, on the runs of the searches."""
import contextlib
import json
import sqlite3
import time

import measure
import table
from table import api

ACTIONS = "tasks/actions"


def counts(runs):
    """How many of all tasks each built-in action can affect."""

    def scenario(server, requests):
        if server.name == "floor":
            return table.by_hand(server, "counts")
        table.project_of(server, runs)
        file = server.folder / "available.json"
        file.write_text(json.dumps({"selection": {"all": True}}))
        return measure.load(server, "call", 1, requests, method="POST", path=f"/api/v1/{ACTIONS}/available", body=file)

    return scenario


def run(server, action, wait=60_000, **selection):
    answer = api(server, f"{ACTIONS}/run", {"action": action, "selection": selection, "wait": wait})
    while wait and answer["state"] == "running":
        time.sleep(0.2)
        answer = api(server, f"{ACTIONS}/runs/{answer['run']}")
    return answer


def archive(runs):
    """All tasks, with a history entry each; what it costs in all. The floor does it to a copy that was made before."""

    def scenario(server, _):
        if server.name == "floor":
            return table.by_hand(server, "archive", server.folder.parent / "copy.db")
        project = table.project_of(server, runs)
        measure.until_idle(server)
        with contextlib.closing(sqlite3.connect(table.data_of(server))) as source, contextlib.closing(sqlite3.connect(server.folder.parent / "copy.db")) as copy:
            source.backup(copy)
        started, before = time.monotonic(), measure.cpu_seconds(server.pid)
        answer = run(server, "archive", project=project)
        row = {"cpu_ms": (measure.cpu_seconds(server.pid) - before) * 1000, "p50": (time.monotonic() - started) * 1000}
        if answer["succeeded_count"] != runs:
            raise measure.Failed(f"{answer['succeeded_count']} of {runs} tasks were archived: {answer.get('failed', [])[:1]}")
        return {**row, "p99": row["p50"]}

    return scenario


def beside(runs):
    """log-metric of one client while all tasks are restored; the longest p99 of 300 requests in a row."""

    def scenario(server, requests):
        project = table.project_of(server, runs)
        alone = measure.load(server, "log-metric", 1, requests)
        answer = run(server, "restore", wait=0, project=project)
        rows = []
        while answer["state"] == "running":
            rows.append(measure.load(server, "log-metric", 1, 300, first=1_000_000 + 300 * len(rows)))
            answer = api(server, f"{ACTIONS}/runs/{answer['run']}")
        if len(rows) < 2:
            raise measure.Failed("the restore was over before anything was measured beside it")
        rows = rows[:-1]  # the last went on when it had ended
        p99 = sorted(row["p99"] for row in rows)[len(rows) // 2]
        return {**rows[0], "p99": p99, "p99_alone": alone["p99"], "times_alone": p99 / alone["p99"]}

    return scenario


def rule(server, times):
    """From the answer to log-metric until the rule has fired, by the clock of this machine; CPU of all of it a point."""
    rule = api(server, "rules", {"name": "bench", "when": "metrics.watched > 0.5", "action": "tag", "parameters": {"tags": ["seen"]}})
    waits, before = [], measure.cpu_seconds(server.pid)
    for _ in range(times):
        run_id = server.new_run()
        server.call("runs/log-metric", {"run_id": run_id, "key": "watched", "value": 0.9, "timestamp": 1, "step": 0})
        answered = time.time() * 1000
        ends = time.monotonic() + 30
        while True:
            firing = api(server, f"rules/{rule['id']}/firings?limit=1")["firings"]
            if firing and firing[0]["task"] == run_id:
                break
            if time.monotonic() > ends:
                raise measure.Failed("the rule did not fire in 30 s")
            time.sleep(0.002)
        waits.append(max(0.0, firing[0]["at"] - answered))
    waits.sort()
    return {"cpu_ms": (measure.cpu_seconds(server.pid) - before) * 1000 / times, "p50": waits[len(waits) // 2], "p99": waits[len(waits) * 99 // 100]}
