"""Scenarios that read: pages of runs, histories of metrics."""
import json

import measure


def search(runs, body, deep):
    """A page of 100 of so many runs; the deep page is the one in the middle."""

    def scenario(server, requests):
        experiment = server.kept.get("experiment") or server.kept.setdefault("experiment", server.fill_runs(runs))
        asked = {"experiment_ids": [experiment], "max_results": 100, **body}
        if deep:
            asked["page_token"] = server.page_token(asked, runs // 2)
        file = server.folder / "search.json"
        file.write_text(json.dumps(asked))
        found = len(server.call("runs/search", asked).get("runs", []))
        row = measure.load(server, "call", 1, requests, method="POST", path="/api/2.0/mlflow/runs/search", body=file)
        return {**row, "runs": found}

    return scenario


def history(points):
    """All points of one metric of one run."""

    def scenario(server, requests):
        run = server.kept.get(points) or server.kept.setdefault(points, server.fill_history(points))
        measure.until_idle(server)
        if server.name == "trackio":
            file = server.folder / "logs.json"
            file.write_text(json.dumps({"project": "bench", "run": run}))
            return measure.load(server, "call", 1, requests, method="POST", path="/api/get_logs", body=file)
        path = f"/api/2.0/mlflow/metrics/get-history?run_id={run}&metric_key=loss"
        row = measure.load(server, "call", 1, requests, method="GET", path=path)
        if row["bytes"] < points * 40:
            raise measure.Failed(f"{server.name}: a history of {points} points came in {row['bytes']} bytes")
        return row

    return scenario


def bulk_interval(runs, points):
    """320 points of each of several runs, as the charts of MLflow's UI ask for them."""

    def scenario(server, requests):
        ids = [server.fill_history(points) for _ in range(runs)]
        measure.until_idle(server)
        path = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=loss&max_results=320" + "".join(f"&run_ids={r}" for r in ids)
        return measure.load(server, "call", 1, requests, method="GET", path=path)

    return scenario
