"""A podium as the tests of its front ends fill it, over its own API."""
import json
import urllib.request

HOSTILE = ("</script><img src=x onerror=alert(1)>`${alert(2)}` & \"q\" 'a' \u202egnp.exe " + "x" * 500)[:500]


class Host:
    def __init__(self, url):
        self.url = url

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.url + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                         headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def task(self, project, name, state="running", params=(), metrics=(), tags=()):
        """A task with its curves: metrics is {key: [value, ...]}, one value a step. Returns the id."""
        made = self.call("POST", "/api/v1/tasks", {"project": project, "name": name, "state": "running", "params": dict(params),
                                                    "tags": dict(tags)})["id"]
        self.log(made, dict(metrics))
        if state != "running":
            self.end(made, {"completed": "complete", "failed": "fail"}[state])
        return made

    def log(self, task, metrics, first=0):
        curves = [{"key": k, "points": [[first + i, 1000 * (first + i), v] for i, v in enumerate(values)]} for k, values in metrics.items()]
        if curves:
            self.call("POST", f"/api/v1/tasks/{task}/log", {"metrics": curves})

    def end(self, task, kind="complete"):
        self.call("POST", f"/api/v1/tasks/{task}/transition", {"kind": kind})

    def vision(self):
        """A project with two good tasks, a failed one and one with hostile names; ids by name, and the project's."""
        project = self.call("POST", "/api/v1/projects", {"name": "vision"})["id"]
        return {
            "a": self.task(project, "a", "completed", {"lr": 0.1, "arch": "cnn"}, {"acc": [0.1, 0.5, 0.9]}, {"team": "cv"}),
            "b": self.task(project, "b", "completed", {"lr": 0.2, "arch": "cnn"}, {"acc": [0.2, 0.6, 0.95]}, {"team": "cv"}),
            "c": self.task(project, "c", "failed", {"lr": 0.1, "arch": "mlp"}, {"acc": [0.5], "loss": [float(i % 7) for i in range(300)]}),
            "hostile": self.task(project, HOSTILE, "completed", {"p": HOSTILE}, {"acc": [0.3]}, {"t": HOSTILE}),
            "project": project,
        }
