"""podium's API as a script calls it."""
import requests


class Api:
    def __init__(self, url):
        self.url = url
        self.session = requests.Session()

    def raw(self, method, path, **arguments):
        return self.session.request(method, f"{self.url}/api/v1/{path}", timeout=90, **arguments)

    def __call__(self, method, path, status=200, **arguments):
        answer = self.raw(method, path, **arguments)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def project(self, name):
        return self("POST", "projects", json={"name": name})["id"]

    def task(self, project, **fields):
        return self("POST", "tasks", json={"project": project, "state": "running", **fields})["id"]
