"""Scenarios of boards: 100,000 finished runs, a thousand candidates."""
import json
import subprocess
import threading
import time

import fill
import measure
import requests
from measure import ROOT
from table import api

DEFINITION = {"primary": {"metric": "acc"}, "metrics": [{"metric": "metric1"}], "group_by": {"params": ["param1"]}}


def board_of(server, runs):
    """The id of a board over so many runs, whose history is written."""
    if "board" not in server.kept:
        experiment = server.new_experiment(f"board-{runs}")
        measure.load(server, "fill-runs", 64, runs, profiled=False, experiment=experiment, finish=1)
        made = api(server, "boards", {"name": "bench", "project": experiment, "definition": DEFINITION})
        server.kept.update(board=made["id"], experiment=experiment)
        measure.until_idle(server)
    return server.kept["board"]


def read(runs):
    """A page of 100 rows, answered again and again."""

    def scenario(server, times):
        board = board_of(server, runs)
        path = f"/api/v1/boards/{board}/ranking"
        measure.load(server, "call", 1, 2, profiled=False, method="GET", path=path)
        return measure.load(server, "call", 1, times, method="GET", path=path)

    return scenario


def rebuild(runs):
    """The same ranking with nothing known before: everything is read from the store. Beside it pandas, which reads the same runs from where mlflow stores
    them."""

    def scenario(server, times):
        if server.name == "mlflow":
            return stored_pandas(server, runs, times)
        board_of(server, runs)
        file = server.folder / "board.json"
        file.write_text(json.dumps({"project": server.kept["experiment"], "definition": DEFINITION, "limit": 100}))
        row = measure.load(server, "call", 1, times, method="POST", path="/api/v1/boards/ranking", body=file)
        server.kept["rebuild_ms"] = row["cpu_ms"]
        return row

    return scenario


def once(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise measure.Failed(f"{command[0]} ended with {done.returncode}: {done.stderr[-300:]}")
    return json.loads(done.stdout)


def pandas(*arguments, times=2):
    return min((once(ROOT / ".venv/bin/python", ROOT / "tests/bench/boards_pandas.py", *map(str, arguments)) for _ in range(times)), key=lambda r: r["cpu_ms"])


def stored_pandas(server, runs, times):
    experiment = server.new_experiment(f"board-{runs}")
    fill.mlflow_runs(server.folder / "mlflow.db", experiment, runs, "FINISHED")
    row = pandas(server.folder / "mlflow.db", experiment, times=times)
    if row["candidates"] != 1000:
        raise measure.Failed(f"pandas found {row['candidates']} candidates, not 1000")
    return row


def in_memory(runs):
    """OptScale's ranking of tasks in memory, beside pandas; and what one more task costs."""

    def scenario(server, _):
        ours = min((once(ROOT / "build/bin/bench_board_rebuild", str(runs)) for _ in range(3)), key=lambda r: r["cpu_ms"])
        theirs = pandas(runs)
        if ours["candidates"] != theirs["candidates"] or abs(ours["best"] - theirs["best"]) > 1e-12:
            raise measure.Failed(f"they do not agree: {ours} and {theirs}")
        return {"cpu_ms": ours["cpu_ms"], "pandas_ms": theirs["cpu_ms"], "percent_of_pandas": 100 * ours["cpu_ms"] / theirs["cpu_ms"],
                "put_permille": 1000 * ours["put_ms"] / ours["cpu_ms"]}

    return scenario


def life(server, experiment, number):
    run = server.call("runs/create", {"experiment_id": experiment, "start_time": number})["run"]["info"]["run_id"]
    server.call("runs/log-batch", {"run_id": run, "params": [{"key": "param1", "value": str(number % 1000)}],
                                   "metrics": [{"key": "acc", "value": 0.5, "timestamp": 1, "step": 0}]})
    server.call("runs/update", {"run_id": run, "status": "FINISHED", "end_time": number + 1})
    return run


def new_task(runs):
    """How much more a run costs that is on the board, with its event and a read of the board, than the same run in another project."""

    def scenario(server, times):
        board = board_of(server, runs)
        if "rebuild_ms" not in server.kept:
            rebuild(runs)(server, 2)
        other = server.new_experiment("beside")
        costs = []
        for experiment in (other, server.kept["experiment"], other):
            life(server, experiment, 0)
            measure.until_idle(server)
            before = measure.cpu_seconds(server.pid)
            for number in range(times):
                life(server, experiment, number)
                api(server, f"boards/{board}/ranking?limit=1")
            measure.until_idle(server)
            costs.append((measure.cpu_seconds(server.pid) - before) * 1000 / times)
        more = max(0.0, costs[1] - (costs[0] + costs[2]) / 2)
        return {"cpu_ms": more, "permille_of_rebuild": 1000 * more / server.kept["rebuild_ms"]}

    return scenario


def seen(runs):
    """From the answer to a run's end until a subscriber of boards has heard of it."""

    def scenario(server, times):
        board_of(server, runs)
        heard, ready = [], threading.Event()
        url = f"http://127.0.0.1:{server.port}/api/v1/events?topic=collection/leaderboard/boards"
        arrived = threading.Condition()

        def listen():
            with requests.get(url, headers={"Accept": "text/event-stream"}, stream=True, timeout=60) as stream:
                for line in stream.iter_lines(chunk_size=1):
                    if not line.startswith(b"data:"):
                        continue
                    now = time.monotonic()
                    ready.set()
                    if json.loads(line[5:])["events"]:
                        with arrived:
                            heard.append(now)
                            arrived.notify_all()
                    if len(heard) >= times:
                        return

        listener = threading.Thread(target=listen, daemon=True)
        listener.start()
        if not ready.wait(30):
            raise measure.Failed("the events did not begin in 30 s")
        waits, before = [], measure.cpu_seconds(server.pid)
        for number in range(times):
            life(server, server.kept["experiment"], number)
            answered = time.monotonic()
            with arrived:
                if not arrived.wait_for(lambda: len(heard) > number, 30):
                    raise measure.Failed("no event came in 30 s")
            waits.append(max(0.0, heard[number] - answered) * 1000)
        waits.sort()
        return {"cpu_ms": (measure.cpu_seconds(server.pid) - before) * 1000 / times, "p50": waits[len(waits) // 2], "p99": waits[len(waits) * 99 // 100]}

    return scenario
