"""What is typed about boards, in the tests: an answer of the command API, and a project with three candidates to ask about."""
import itertools
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/cli"))
from schema import validate  # noqa: E402

SCHEMA = json.loads((ROOT / "docs/commands.schema.json").read_text())
counter = itertools.count()


def valid(answer):
    """An answer that is as docs/commands.schema.json has it."""
    validate(answer, SCHEMA)
    return answer


class Said:
    """One answer of the command API, as columns and rows."""

    def __init__(self, answer):
        self.answer = answer
        self.kind = answer["kind"]
        table = answer.get("table", answer)
        self.columns = [c["name"] for c in table.get("columns", [])]
        self.rows = table.get("rows", [])
        self.notices = answer["notices"]

    def column(self, name):
        return [row[self.columns.index(name)] for row in self.rows]

    def section(self, name):
        table = self.answer["sections"][name]
        names = [c["name"] for c in table["columns"]]
        return [dict(zip(names, row)) for row in table["rows"]]


class Vision:
    """lr 0.1 is best; 0.2 costs less; 0.3 has one task only."""

    def __init__(self, world, api):
        self.world, self.api = world, api
        self.name = f"vision{next(counter)}"
        self.id = world.project(self.name)
        self.tasks = {}
        for lr, scores, energy in (("0.1", (0.94, 0.90, 0.92), 8.0), ("2e-1", (0.80, 0.82, 0.81), 2.0), ("0.3", (0.99,), 4.0)):
            for seed, acc in enumerate(scores):
                self.add(lr, seed, acc, energy + seed)

    def add(self, lr, seed, acc, energy, **more):
        task = self.world.run(self.id, {"acc": [acc / 2, acc], "loss": 1 - acc, "energy": energy}, params={"lr": lr, "seed": seed},
                              tags={"team": "red" if seed % 2 else "blue"}, **more)
        self.tasks[float(lr), seed] = task
        return task


def by_lr(vision, more=""):
    return f"board by acc max, loss min in {vision.name} group by params.lr {more}"
