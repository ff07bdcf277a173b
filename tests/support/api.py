"""podium's API as a script calls it."""
import requests


class Api:
    def __init__(self, url, seconds=60):
        self.url = url
        self.seconds = seconds  # that an answer may take
        self.session = requests.Session()

    def raw(self, method, path, **arguments):
        return self.session.request(method, f"{self.url}/api/v1/{path}", timeout=self.seconds, **arguments)

    def __call__(self, method, path, status=200, **arguments):
        answer = self.raw(method, path, **arguments)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def project(self, name):
        return self("POST", "projects", json={"name": name})["id"]

    def task(self, project, **fields):
        return self("POST", "tasks", json={"project": project, "state": "running", **fields})["id"]

    def log(self, task, key, steps, scope=""):
        points = [[step, 1_700_000_000_000 + step, float(step)] for step in steps]
        self("POST", f"tasks/{task}/log", json={"metrics": [{"key": key, "scope": scope, "points": points}]})
