"""Works out what the board says from what the MLflow client gives back, with numpy and scipy, and compares."""
import collections
import json
import math
import subprocess

import numpy as np
from mlflow import MlflowClient
from scipy import stats
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance

GROUP = ("criterion", "depth", "trees")
BOARD = "which forest"
NOT_KEPT = ["by", "accuracy max", "in", "forests", "group", "by", ",".join(f"params.{k}" for k in GROUP), "on", "digits"]


def podium(*words):
    out = subprocess.run(["podium", *words, "--json"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout
    answer = json.loads(out)
    table = answer.get("table", answer)  # of a chart: the same as a table
    names = [c["name"] for c in table["columns"]]
    return [dict(zip(names, row)) for row in table["rows"]]


def same(what, found, expected, tolerance=1e-12):
    assert math.isclose(found, expected, rel_tol=tolerance, abs_tol=1e-12), f"{what}: {found}, not {expected}"


def key_of(row):
    return tuple(row[f"params.{k}"] for k in GROUP)


def read():
    """{candidate: {data set: [run, ...] by seed}}, each run with its metrics as last logged and its curve."""
    client = MlflowClient()
    experiment = client.get_experiment_by_name("forests").experiment_id
    runs, token = [], None
    while True:
        page = client.search_runs([experiment], max_results=50, page_token=token)
        runs += page
        token = page.token
        if not token:
            break
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for run in sorted(runs, key=lambda r: int(r.data.params["seed"])):
        name, = {d.dataset.name for d in run.inputs.dataset_inputs}
        curve = sorted(client.get_metric_history(run.info.run_id, "accuracy"), key=lambda m: m.step)
        run.curve = [m.value for m in curve]
        assert run.curve[-1] == run.data.metrics["accuracy"]
        found[tuple(run.data.params[k] for k in GROUP)][name].append(run)
    return found


def accuracies(runs):
    return np.array([r.data.metrics["accuracy"] for r in runs])


def bootstrap(rng, data, times=20_000):
    """Of the mean over the data sets of the mean of each: runs are drawn within each data set."""
    parts = []
    for runs in data.values():
        values = accuracies(runs)
        parts.append(values[rng.integers(0, len(values), (times, len(values)))].mean(axis=1))
    return np.mean(parts, axis=0)


def main():
    runs = read()
    assert len(runs) == 6 and all(len(data) == 2 and all(len(r) == 5 for r in data.values()) for data in runs.values())
    score = {key: np.mean([accuracies(r).mean() for r in data.values()]) for key, data in runs.items()}
    order = sorted(score, key=score.get, reverse=True)

    board = podium("board", BOARD)
    assert [key_of(row) for row in board] == order, f"the order is {[key_of(r) for r in board]}, not {order}"
    best = {}
    for row in board:
        every = [r for data in runs[key_of(row)].values() for r in data]
        values = accuracies(every)
        top = [r for r in every if r.data.metrics["accuracy"] == values.max()]
        chosen = next(r for r in top if r.info.run_id == row["best_task"])
        best[key_of(row)] = chosen
        assert row["rank"] == 1 + sum(s > score[key_of(row)] for s in score.values())
        assert row["n"] == len(values) and row["nodes"] == chosen.data.metrics["nodes"]
        same("accuracy", row["accuracy"], score[key_of(row)])
        same("spread", row["accuracy ±"], values.std(ddof=1))
        same("energy", row["energy"], chosen.data.metrics["energy"])
    most = max(r.data.metrics["energy"] for r in best.values())
    for row in board:
        same("energy %", row["energy %"], 100 * best[key_of(row)].data.metrics["energy"] / most)
    print(f"ranks, means, spreads and columns of {len(board)} candidates: the same")

    rng = np.random.default_rng(0)
    trust = podium("board", BOARD, "trust")
    drawn = {key: bootstrap(rng, runs[key]) for key in order}
    for row in trust:
        low, high = np.quantile(drawn[key_of(row)], [0.025, 0.975])
        width = high - low
        assert row["n"] == 10 and abs(row["from"] - low) < 0.1 * width and abs(row["to"] - high) < 0.1 * width, (row, low, high)
    first = np.mean([drawn[order[0]] > drawn[key] for key in order[1:]], axis=0)
    assert 0.3 < trust[0]["first"] <= 1 and first.shape == (20_000,)
    for row in trust[1:]:
        # Not told apart: nobody would call it a difference. Told apart: everybody would.
        p = stats.ttest_ind(np.concatenate([accuracies(r) - accuracies(r).mean() + score[order[0]] for r in runs[order[0]].values()]),
                            np.concatenate([accuracies(r) - accuracies(r).mean() + score[key_of(row)] for r in runs[key_of(row)].values()]),
                            equal_var=False).pvalue
        assert p > 0.01 if row["group"] == trust[0]["group"] else p < 0.05, (key_of(row), p)
    print("bootstrap intervals and the first group: as numpy and scipy find them")

    few = podium("board", *NOT_KEPT, "trust")
    assert len(few) == 6
    for row in few:
        values = accuracies(runs[key_of(row)]["digits"])
        low, high = stats.t.interval(0.95, len(values) - 1, loc=values.mean(), scale=stats.sem(values))
        assert row["interval"] == "student" and row["n"] == 5
        same("mean", row["accuracy"], values.mean())
        same("from", row["from"], low, 1e-9)
        same("to", row["to"], high, 1e-9)
    print("Student's intervals on one data set: as scipy finds them")

    points = {key: (score[key], best[key].data.metrics["energy"]) for key in order}
    front = {key for key, (a, e) in points.items()
             if not any(a2 >= a and e2 <= e and (a2, e2) != (a, e) for a2, e2 in points.values())}
    pareto = podium("board", BOARD, "pareto", "accuracy", "energy")
    assert {key_of(row) for row in pareto if row["front"] == 1} == front and sum(row["knee"] for row in pareto) == 1
    print("the Pareto front: the same")

    chosen = [runs[("entropy", "8", "32")]["digits"][0], runs[("gini", "8", "8")]["digits"][0]]
    ids = [r.info.run_id for r in chosen]
    for row in podium("compare", ",".join(ids), "values", "metric", "accuracy", "statistic", "last, max, mean"):
        how = {"last": lambda c: c[-1], "max": max, "mean": lambda c: float(np.mean(c))}[row["statistic"]]
        for run in chosen:
            same(row["statistic"], row[run.info.run_id], how(run.curve))
    print("compared values: the same")

    every = [(key, r) for key, data in runs.items() for r in data["digits"]]
    x = np.array([[float(key[0] == "gini"), float(key[1]), float(key[2])] for key, _ in every])
    y = accuracies([r for _, r in every])
    forest = RandomForestRegressor(n_estimators=200, random_state=0).fit(x, y)
    expected = permutation_importance(forest, x, y, n_repeats=10, random_state=0).importances_mean
    found = {row["parameter"]: row["importance"] for row in
             podium("compare", "in", "forests", "where", "name like 'digits-%'", "chart", "importance", "show",
                    "metrics.accuracy,params.criterion,params.depth,params.trees")}
    assert sorted(found, key=found.get) == [f"params.{GROUP[i]}" for i in np.argsort(expected)], (found, expected)
    print("importance: the order that scikit-learn finds")


if __name__ == "__main__":
    main()
