"""Which parameters a metric hangs on: podium's forest beside scikit-learn's over the same numbers, in this run."""
import json
import random
import subprocess

import measure
from measure import ROOT

# The same work: as many trees, a third of the features a split, five shuffles of each feature.
SCIKIT = """
import json, sys, time
import numpy
from sklearn.ensemble import RandomForestRegressor
from sklearn.inspection import permutation_importance
x, y = json.load(open(sys.argv[1]))
x, y = numpy.array(x), numpy.array(y)
before = time.process_time()
forest = RandomForestRegressor(100, max_features=1 / 3, random_state=0, oob_score=True).fit(x, y)
permutation_importance(forest, x, y, n_repeats=5, random_state=0)
print(json.dumps({"cpu_ms": (time.process_time() - before) * 1000, "score": forest.oob_score_}))
"""


def values(tasks, parameters):
    made = random.Random(7)
    x = [[made.random() for _ in range(parameters)] for _ in range(tasks)]
    y = [3 * r[0] - 1.5 * r[1] + 6 * (r[2] - 0.5) ** 2 + r[3] * r[4] + made.gauss(0, 0.1) for r in x]
    return x, y


def importance(tasks, parameters):
    def scenario(server, requests):
        x, y = values(tasks, parameters)

        def api(path, body):
            return server.call(path, body, prefix="/api/v1/")

        project = api("projects", {"name": "importance"})["id"]
        for row, score in zip(x, y):
            task = api("tasks", {"project": project, "state": "running", "params": {f"p{k}": repr(v) for k, v in enumerate(row)}})["id"]
            api(f"tasks/{task}/log", {"metrics": [{"key": "score", "scope": "", "points": [[0, 1, score]]}]})
        measure.until_idle(server)
        asked = {"project": project, "limit": tasks, "target": "metrics.score"}
        answer = api("comparisons/importance", asked)
        if answer["counted"] != tasks or len(answer["parameters"]) != parameters:
            raise measure.Failed(f"podium counted {answer['counted']} tasks with {len(answer['parameters'])} parameters")
        file = server.folder / "importance.json"
        file.write_text(json.dumps(asked))
        row = measure.load(server, "call", 1, requests, method="POST", path="/api/v1/comparisons/importance", body=file)
        numbers = server.folder / "numbers.json"
        numbers.write_text(json.dumps([x, y]))
        done = subprocess.run([ROOT / ".venv/bin/python", "-c", SCIKIT, numbers], capture_output=True, text=True)
        if done.returncode != 0:
            raise measure.Failed(f"scikit-learn: {done.stderr[-300:]}")
        theirs = json.loads(done.stdout)
        return {**row, "score": answer["score"], "scikit_ms": theirs["cpu_ms"], "scikit_score": theirs["score"], "of_scikit": row["cpu_ms"] / theirs["cpu_ms"]}

    return scenario
