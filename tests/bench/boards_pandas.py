"""OptScale's leaderboard over tasks, written with pandas from the description of what it does (plugins/leaderboard/compatible/README.md): what
podium's rebuild of a board is held against. Reads the tasks as documents, one JSON line each, as they come out of a document store; what is
timed begins with the parsed documents, so reading and parsing are given to it for nothing.

    boards_pandas.py TASKS.jsonl KEY METRIC      prints one line of JSON: cpu_ms, candidates, the best value
"""
import json
import sys
import time

import pandas


def documents(path):
    with open(path, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def leaderboard(runs, keys, primary, others, datasets, tendency_more=True, limits=None):
    # The union of parameters over all runs, of any state; here the board groups by chosen ones.
    metrics = [primary, *others]
    frame = pandas.DataFrame({
        "id": [run["id"] for run in runs],
        "state": [run["state"] for run in runs],
        "start": [run["start"] for run in runs],
        "dataset": [run.get("dataset") for run in runs],
        **{f"m:{m}": [run["data"].get(m) for run in runs] for m in metrics},
        **{f"p:{k}": [run["hyperparameters"].get(k) for run in runs] for k in keys},
    })
    frame = frame[frame["state"] == "completed"]
    frame = frame[frame[f"m:{primary}"].notna()]
    for metric, (least, most) in (limits or {}).items():
        frame = frame[frame[f"m:{metric}"].between(least, most)]
    wanted = set(datasets) & set(frame["dataset"].dropna())
    candidates = []
    for key, group in frame.groupby([f"p:{k}" for k in keys], dropna=False, sort=False):
        qualification = wanted & set(group["dataset"].dropna())
        counted = group[group["dataset"].isin(qualification)] if qualification else group
        values = {}
        for metric in metrics:
            known = counted[f"m:{metric}"].dropna()
            values[metric] = known.mean() if len(known) else None
        candidates.append({"key": key, "values": values, "run_ids": list(group["id"]), "qual_runs": list(counted["id"]),
                           "dataset_ids": sorted(set(group["dataset"].dropna())), "qualification": sorted(qualification)})
    candidates.sort(key=lambda c: (-len(c["qualification"]), -c["values"][primary] if tendency_more else c["values"][primary]))
    return candidates


def main(path, key, primary, other):
    runs = documents(path)
    before = time.process_time()
    board = leaderboard(runs, [key], primary, [other], [])
    cpu = time.process_time() - before
    print(json.dumps({"cpu_ms": cpu * 1000, "candidates": len(board), "best": board[0]["values"][primary]}))


if __name__ == "__main__":
    main(*sys.argv[1:5])
