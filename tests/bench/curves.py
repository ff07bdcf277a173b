"""Curves of many runs at once: podium's series beside what MLflow's charts ask for the same."""
import json

import measure


def overlaid(runs, metrics, points, form):
    """320 points of each of so many metrics of so many runs, in a form that podium has ("binary", "json"). podium answers all of them at
    once; mlflow takes one metric a request, so it has one filled and asked for, and what that costs counts for each. It has one form,
    whose figure stands beside both of podium's."""

    def of_mlflow(server, requests):
        if "curves" not in server.kept:
            ids = [server.fill_history(points) for _ in range(runs)]
            measure.until_idle(server)
            path = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=loss&max_results=320" + "".join(f"&run_ids={r}" for r in ids)
            row = measure.load(server, "call", 1, requests, method="GET", path=path)
            server.kept["curves"] = {**row, "cpu_ms": row["cpu_ms"] * metrics}
        return server.kept["curves"]

    def fill(server):
        ids = [server.new_run() for _ in range(runs)]
        for run in ids:
            for m in range(metrics):
                measure.load(server, "batch-one-key", 1, points // 1000, profiled=False, run=run, key=f"loss{m}")
        measure.until_idle(server)
        return ids

    def scenario(server, requests):
        if server.name == "mlflow":
            return of_mlflow(server, requests)
        ids = server.kept.get("curves") or server.kept.setdefault("curves", fill(server))
        file = server.folder / "series.json"
        # 80 buckets of first, least, greatest and last are 320 points.
        file.write_text(json.dumps({"tasks": ids, "metrics": [f"loss{m}" for m in range(metrics)], "buckets": 80}))
        accept = {"binary": "application/x-podium-series", "json": "application/json"}[form]
        row = measure.load(server, "call", 1, requests, method="POST", path="/api/v1/series", body=file, accept=accept)
        if row["bytes"] < runs * metrics * 100 * 8:
            raise measure.Failed(f"{server.name}: {runs * metrics} curves came in {row['bytes']} bytes")
        return row

    return scenario
