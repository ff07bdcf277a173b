"""Metrics by task, with the best marked."""
import math
import random

import numpy
import pytest
from conftest import number


def values(metric, task):
    return [float(number(v)) for v in metric["values"][task]]


def test_the_table(api, project):
    a, b, c = (api.task(project, name=n) for n in "abc")
    api.curve(a, "acc", [(0, 0.1), (1, 0.9), (2, 0.8)])
    api.curve(b, "acc", [(0, 0.3), (1, 0.8)])
    api.curve(a, "loss", [(0, 3.0), (1, 1.0)])
    api.curve(b, "loss", [(0, 2.0), (1, 1.0)])
    api.curve(c, "loss", [(0, 2.0), (1, 1.0)])
    api("POST", f"projects/{project}/goals", json={"metric": "acc", "target": 0.9, "direction": "max"})
    answer = api.compare("values", tasks=[a, b, c], better={"loss": "min"})
    assert answer["statistics"] == ["last", "min", "max", "first", "mean"]
    acc, loss = answer["metrics"]
    assert (acc["key"], acc["better"], acc["by"], acc["points"]) == ("acc", "max", "goal", [3, 2, 0])
    assert values(acc, 0) == pytest.approx([0.8, 0.1, 0.9, 0.1, 0.6]) and values(acc, 1) == pytest.approx([0.8, 0.3, 0.8, 0.3, 0.55])
    assert acc["values"][2] is None
    # A task without it is a difference; two that are best are both best.
    assert acc["equal"] == [False] * 5 and acc["best"] == [[0, 1], [1], [0], [1], [0]]
    assert (loss["better"], loss["by"], loss["single"]) == ("min", "request", False)
    assert loss["equal"] == [True, True, False, False, False] and loss["best"] == [[], [], [1, 2], [1, 2], [1, 2]]
    assert api.compare("values", tasks=[a, b, c], metrics=["loss"])["metrics"][0]["better"] is None
    # What is asked goes before the goal.
    assert api.compare("values", tasks=[a, b], metrics=["acc"], better={"acc": "min"})["metrics"][0]["best"][3] == [0]


def test_one_task_is_neither_best_nor_equal(api, project):
    task = api.task(project)
    api.curve(task, "acc", [(0, 1.0)])
    [metric] = api.compare("values", tasks=[task], better={"acc": "max"})["metrics"]
    assert metric["best"] == [[]] * 5 and metric["equal"] == [False] * 5 and metric["single"] is True


def test_goals_of_two_projects_that_disagree_say_nothing(api):
    tasks = []
    for i, direction in enumerate(["max", "min"]):
        project = api.project(f"disagree {i} {random.random()}")
        api("POST", f"projects/{project}/goals", json={"metric": "m", "target": 1, "direction": direction})
        tasks.append(api.task(project))
        api.curve(tasks[-1], "m", [(0, float(i))])
    assert api.compare("values", tasks=tasks)["metrics"][0]["better"] is None
    assert api.compare("values", tasks=tasks[:1])["metrics"][0]["better"] == "max"


def test_nan_is_never_best(api, project):
    tasks = [api.task(project) for _ in range(3)]
    for task, points in zip(tasks, [[(0, "NaN")], [(0, 1.0), (1, "NaN")], [(0, 0.5)]]):
        api.curve(task, "m", points)
    [m] = api.compare("values", tasks=tasks, better={"m": "max"})["metrics"]
    # A point that is NaN adds nothing to the sum, and is one of the count.
    assert m["best"] == [[2], [1], [1], [1], [1, 2]]
    assert m["values"][0] == ["NaN"] * 5
    assert m["values"][1][0] == "NaN" and m["values"][1][1:4] == [1.0, 1.0, 1.0]
    same = [api.task(project) for _ in range(2)]
    for task in same:
        api.curve(task, "m", [(0, "NaN")])
    [m] = api.compare("values", tasks=same, better={"m": "max"})["metrics"]
    assert m["equal"] == [True] * 5 and m["best"] == [[]] * 5


def test_single_values_are_the_summary(api, project):
    tasks = [api.task(project) for _ in range(3)]
    for i, task in enumerate(tasks):
        api.curve(task, "final", [(7, float(i))])
        api.curve(task, "both", [(0, 1.0)] + ([(1, 2.0)] if i == 1 else []))
    found = {m["key"]: m["single"] for m in api.compare("values", tasks=tasks)["metrics"]}
    assert found == {"final": True, "both": False}


def test_values_are_what_numpy_says(api, project):
    rng = random.Random(5)
    tasks, logged = [], []
    for _ in range(12):
        task = api.task(project)
        curves = {k: [rng.uniform(-1, 1) for _ in range(rng.choice([1, 2, 50]))] for k in "abcd" if rng.random() < 0.8}
        for key, ys in curves.items():
            api.curve(task, key, list(enumerate(ys)))
        tasks.append(task)
        logged.append(curves)
    answer = api.compare("values", tasks=tasks, better={"a": "max", "b": "min", "c": "max"})
    for m in answer["metrics"]:
        have = {}
        for t, curves in enumerate(logged):
            if m["key"] not in curves:
                assert m["values"][t] is None
                continue
            y = curves[m["key"]]
            have[t] = [y[-1], min(y), max(y), y[0], numpy.mean(y)]
            assert values(m, t) == pytest.approx(have[t])
            assert m["points"][t] == len(y)
        for s in range(5):
            if m["key"] == "d":
                assert m["best"][s] == []
                continue
            best = (max if m["better"] == "max" else min)(v[s] for v in have.values())
            assert m["best"][s] == [t for t, v in have.items() if math.isclose(v[s], best)]


@pytest.mark.parametrize("asked, member", [({"better": {"a": "more"}}, "better.a"), ({"better": []}, "better"), ({"metric": ["a"]}, "metric")])
def test_refusals(api, asked, member):
    assert api.compare("values", 400, **asked)["field"] == member
