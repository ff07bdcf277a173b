"""A podium as the tests of its front ends fill it, over its own API."""
import json
import urllib.request


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
