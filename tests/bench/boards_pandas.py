"""OptScale's leaderboard written with pandas, from the steps in plugins/leaderboard/compatible/README.md, over the tasks of board_rebuild.cpp: what podium's
ranking is held against. It begins with the tasks as parsed documents in memory, as they come out of a document store: fetching and parsing them is not
counted, and neither is podium's reading of its store.

    boards_pandas.py TASKS      prints one line of JSON: cpu_ms, candidates, the best value
"""
import json
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


def leaderboard(runs, keys, primary, others, datasets):
    metrics = [primary, *others]
    frame = pandas.DataFrame({
        "id": [run["id"] for run in runs],
        "state": [run["state"] for run in runs],
        "start": [run["start"] for run in runs],
        "dataset": [run.get("dataset") for run in runs],
        **{f"m:{m}": [run["data"].get(m) for run in runs] for m in metrics},
        **{f"p:{k}": [run["hyperparameters"].get(k) for run in runs] for k in keys},
    })
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


def main(count):
    runs = documents(count)
    before = time.process_time()
    board = leaderboard(runs, ["param1"], "acc", ["metric1"], ["d0", "d1"])
    cpu = time.process_time() - before
    print(json.dumps({"cpu_ms": cpu * 1000, "candidates": len(board), "best": board[0]["values"]["acc"]}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
