"""OptScale's leaderboard written with pandas, from the steps in plugins/leaderboard/compatible/README.md: what podium's ranking is held against.

    boards_pandas.py TASKS              over the tasks of board_rebuild.cpp as parsed documents in memory, as they come out of a document store: fetching and
                                        parsing them is not counted, and neither is podium's reading of its store
    boards_pandas.py FILE EXPERIMENT    over the runs of an experiment in MLflow's SQLite tables, which are read: beside podium's rebuild from its store

Prints one line of JSON: cpu_ms, candidates, the best value.
"""
import contextlib
import json
import sqlite3
import sys
import time

import numpy
import pandas


def uniform(count, column):
    """As values.hpp has it."""
    with numpy.errstate(over="ignore"):
        z = (numpy.arange(count, dtype=numpy.uint64) * numpy.uint64(64) + numpy.uint64(column + 1)) * numpy.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> numpy.uint64(31))) >> numpy.uint64(11)).astype(float) * 2.0 ** -53


def documents(count):
    acc, other = uniform(count, 0), uniform(count, 1)
    param = (uniform(count, 17) * 1000).astype(int)
    return [{"id": str(n), "state": "completed", "start": n, "dataset": f"d{n % 4}", "data": {"acc": float(acc[n]), "metric1": float(other[n])},
             "hyperparameters": {"param1": str(param[n])}} for n in range(count)]


def frame_of(runs, keys, metrics):
    return pandas.DataFrame({
        "id": [run["id"] for run in runs],
        "state": [run["state"] for run in runs],
        "start": [run["start"] for run in runs],
        "dataset": [run.get("dataset") for run in runs],
        **{f"m:{m}": [run["data"].get(m) for run in runs] for m in metrics},
        **{f"p:{k}": [run["hyperparameters"].get(k) for run in runs] for k in keys},
    })


def stored(db, experiment, keys, metrics):
    """Only what is needed: the runs, and of their last metrics and params those that are asked for."""
    def read(table, wanted):
        rows = pandas.read_sql_query(
            f"SELECT x.run_uuid AS id, x.key, x.value FROM {table} x JOIN runs r ON r.run_uuid = x.run_uuid "
            f"WHERE r.experiment_id = ? AND r.lifecycle_stage = 'active' AND x.key IN ({', '.join('?' * len(wanted))})", db, params=[experiment, *wanted])
        return rows.pivot(index="id", columns="key", values="value")

    frame = pandas.read_sql_query("SELECT run_uuid AS id, status, start_time AS start FROM runs WHERE experiment_id = ? AND lifecycle_stage = 'active'",
                                  db, params=[experiment])
    frame["state"] = frame.pop("status").map({"FINISHED": "completed"})
    frame["dataset"] = None
    frame = frame.join(read("latest_metrics", metrics).add_prefix("m:"), on="id")
    return frame.join(read("params", keys).add_prefix("p:"), on="id")


def leaderboard(frame, keys, primary, others, datasets):
    metrics = [primary, *others]
    completed = frame[frame["state"] == "completed"]
    effective = set(datasets) & set(completed["dataset"].dropna())
    eligible = completed[completed[f"m:{primary}"].notna()]
    candidates = []
    for key, group in eligible.groupby([f"p:{k}" for k in keys], dropna=False, sort=False):
        qualification = effective & set(group["dataset"].dropna())
        counted = group[group["dataset"].isin(qualification)] if qualification else group
        values = {}
        for metric in metrics:
            known = counted[f"m:{metric}"].dropna()
            values[metric] = known.mean() if len(known) else None
        candidates.append({"key": key, "values": values, "run_ids": list(group["id"]), "qual_runs": list(counted["id"]),
                           "dataset_ids": sorted(set(group["dataset"].dropna())), "qualification": qualification,
                           "qualified": set(datasets) <= qualification})
    candidates.sort(key=lambda c: (-len(c["qualification"]), -c["values"][primary]))
    return candidates


def main(what, experiment=None):
    runs = documents(int(what)) if experiment is None else None
    before = time.process_time()
    if experiment is None:
        board = leaderboard(frame_of(runs, ["param1"], ["acc", "metric1"]), ["param1"], "acc", ["metric1"], ["d0", "d1"])
    else:
        with contextlib.closing(sqlite3.connect(f"file:{what}?mode=ro", uri=True)) as db:
            board = leaderboard(stored(db, int(experiment), ["param1"], ["acc", "metric1"]), ["param1"], "acc", ["metric1"], [])
    cpu = time.process_time() - before
    print(json.dumps({"cpu_ms": cpu * 1000, "candidates": len(board), "best": board[0]["values"]["acc"]}))


if __name__ == "__main__":
    main(*sys.argv[1:])
