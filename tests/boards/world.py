"""What happened, twice: done to a podium over HTTP, and kept as plain facts for the reference."""
import dataclasses
import time


@dataclasses.dataclass
class Task:
    id: str
    number: int  # the order in which they were made
    project: str
    name: str
    user: str
    started: int
    state: str = "running"
    archived: bool = False
    ended: int = 0
    tags: dict = dataclasses.field(default_factory=dict)
    params: dict = dataclasses.field(default_factory=dict)
    metrics: dict = dataclasses.field(default_factory=dict)  # (key, scope): [(step, value)]
    inputs: list = dataclasses.field(default_factory=list)  # (name, digest, role)


@dataclasses.dataclass
class Dataset:
    id: str
    number: int
    project: str
    name: str
    digest: str
    labels: dict = dataclasses.field(default_factory=dict)


def number(value):
    """As JSON can say it."""
    return value if value == value and abs(value) != float("inf") else str(float(value)).replace("nan", "NaN").replace("inf", "Infinity")


class World:
    """Tasks and data sets of the projects that one test made."""

    def __init__(self, api):
        self.api = api
        self.tasks = []
        self.datasets = []
        self.projects = {}  # name: id
        self.clock = 1_700_000_000_000

    def tick(self):
        self.clock += 1000
        return self.clock

    def project(self, name):
        self.projects[name] = self.api.project(name)
        return self.projects[name]

    def is_below(self, project, other):
        names = {id: name for name, id in self.projects.items()}
        return names[project].startswith(names[other] + "/")

    def run(self, project, values=None, *, state="completed", params=None, tags=None, datasets=(), user="ada", metrics=None):
        """A task with its values: {key: value or [value, ...]}, steps counted from 0. `datasets`: (name, digest, role)."""
        started = self.tick()
        made = self.api("POST", "tasks", json={"project": project, "name": f"t{len(self.tasks)}", "user": user, "state": "running",
                                               "started": started, "params": params or {}, "tags": tags or {}})
        task = Task(made["id"], len(self.tasks), project, made["name"], user, started, tags=dict(tags or {}), params=dict(params or {}))
        self.tasks.append(task)
        for key, value in (values or {}).items():
            self.log(task, key, value)
        for key, points in (metrics or {}).items():
            self.log_points(task, key, points)
        if datasets:
            self.read(task, datasets)
        if state != "running":
            self.end(task, state)
        return task

    def log(self, task, key, value):
        self.log_points(task, (key, ""), list(enumerate(value if isinstance(value, list) else [value])))

    def log_points(self, task, key, points):
        at = self.tick()
        self.api("POST", f"tasks/{task.id}/log", json={"metrics": [
            {"key": key[0], "scope": key[1], "points": [[step, at + step, number(value)] for step, value in points]}]})
        task.metrics.setdefault(key, []).extend(points)

    def read(self, task, datasets):
        self.api.mlflow("runs/log-inputs", run_id=task.id, datasets=[
            {"dataset": {"name": name, "digest": digest, "source_type": "local", "source": "{}"},
             "tags": [{"key": "mlflow.data.context", "value": role}] if role else []} for name, digest, role in datasets])
        for name, digest, role in datasets:
            if all((n, d) != (name, digest) for n, d, _ in task.inputs):
                task.inputs.append((name, digest, role))
            if not any((s.project, s.name, s.digest) == (task.project, name, digest) for s in self.datasets):
                found, = self.api("GET", "datasets", params={"project": task.project, "name": name, "digest": digest})["datasets"]
                self.datasets.append(Dataset(found["id"], len(self.datasets), task.project, name, digest))

    def end(self, task, state):
        at = self.tick()
        kind = {"completed": "complete", "failed": "fail", "aborted": "abort"}[state]
        self.api("POST", f"tasks/{task.id}/transition", json={"kind": kind, "at": at})
        task.state, task.ended = state, at

    def publish(self, task):
        self.api("POST", f"tasks/{task.id}/publish", json={})
        task.state = "published"

    def archive(self, task):
        self.api("POST", f"tasks/{task.id}/archive", json={})
        task.archived = True

    def restore(self, task):
        self.api("POST", f"tasks/{task.id}/restore", json={})
        task.archived = False

    def delete(self, task):
        if not task.archived:
            self.archive(task)
        self.api("DELETE", f"tasks/{task.id}")
        self.tasks.remove(task)

    def tag(self, task, key, value):
        self.api("PATCH", f"tasks/{task.id}", json={"tags": {key: value}})
        if value is None:
            task.tags.pop(key, None)
        else:
            task.tags[key] = value

    def label(self, dataset, key, value):
        self.api("PATCH", f"datasets/{dataset.id}", json={"labels": {key: value}})
        if value is None:
            dataset.labels.pop(key, None)
        else:
            dataset.labels[key] = value

    def moment(self):
        """Now, in milliseconds, with everything before it and nothing after it in the same one."""
        now = int(time.time() * 1000) + 1
        while int(time.time() * 1000) <= now:
            pass
        return now
