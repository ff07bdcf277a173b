"""Curves of many runs at once: podium's series beside what MLflow's charts ask for the same."""
import json

import measure


def overlaid(runs, metrics, points):
    """320 points of each of so many metrics of so many runs. podium answers all of them at once; mlflow takes one metric a request, so it has
    one filled and asked for, and what that costs counts for each."""

    def scenario(server, requests):
        if server.name == "mlflow":
            ids = [server.fill_history(points) for _ in range(runs)]
            measure.until_idle(server)
            path = "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval?metric_key=loss&max_results=320" + "".join(f"&run_ids={r}" for r in ids)
            row = measure.load(server, "call", 1, requests, method="GET", path=path)
            return {**row, "cpu_ms": row["cpu_ms"] * metrics}
        ids = [server.new_run() for _ in range(runs)]
        for run in ids:
            for m in range(metrics):
                measure.load(server, "batch-one-key", 1, points // 1000, profiled=False, run=run, key=f"loss{m}")
        measure.until_idle(server)
        file = server.folder / "series.json"
        # 80 buckets of first, least, greatest and last are 320 points.
        file.write_text(json.dumps({"tasks": ids, "metrics": [f"loss{m}" for m in range(metrics)], "buckets": 80}))
        row = measure.load(server, "call", 1, requests, method="POST", path="/api/v1/series", body=file, accept="application/x-podium-series")
        if row["bytes"] < runs * metrics * 100 * 8:
            raise measure.Failed(f"{server.name}: {runs * metrics} curves came in {row['bytes']} bytes")
        return row

    return scenario
