"""The verb `compare`: as a script calls it."""
import random

import pytest


@pytest.fixture
def tasks(api):
    name = f"verb {random.random()}"
    project = api.project(name)
    made = []
    for i in range(3):
        task = api.task(project, name=f"run-{i}-{project}", params={"lr": [0.1, 0.2, 0.1][i], "arch": "cnn"}, commit="abc"[i],
                        configuration={"model.yaml": f"depth: {i // 2}\nwidth: 8\n"})
        api.curve(task, "acc", [(s, s / 10 + i) for s in range(10)])
        api.curve(task, "same", [(0, 1.0)])
        made.append(task)
    api("POST", f"projects/{project}/goals", json={"metric": "acc", "target": 1, "direction": "max"})
    return name, made


def table(answer):
    names = [c["name"] for c in answer["columns"]]
    return [dict(zip(names, row)) for row in answer["rows"]]


def test_values(command, tasks):
    name, ids = tasks
    answer = command.json("compare", *ids, "--values")
    assert [c["name"] for c in answer["columns"]] == ["metric", "statistic", *ids, "best"]
    [row] = table(answer)
    assert row["metric"] == "acc" and row["statistic"] == "last" and row[ids[2]] == pytest.approx(2.9) and row["best"].startswith("run-2")
    every = table(command.json("compare", *ids, "values", "all"))
    assert {(r["metric"], r["best"] == "=") for r in every} == {("acc", False), ("same", True)}
    several = table(command.json("compare", *ids, "values", "metric", "metrics.acc", "statistic", "max,", "mean"))
    assert [r["statistic"] for r in several] == ["max", "mean"]
    assert name.split()[0] in "verb" and "best" in command("compare", "--in", name, "--values").stdout


def test_parameters_against_a_baseline(command, tasks):
    name, ids = tasks
    answer = command.json("compare", "in", name, "parameters", "baseline", ids[2])
    rows = table(answer["sections"]["parameters"])
    assert [r["parameter"] for r in rows] == ["params.lr"]
    sections = [s for s in answer["sections"] if s.startswith("configuration.model.yaml run-")]
    assert len(sections) == 2
    lines = [r["text"] for r in table(answer["sections"][sections[0]])]
    assert lines == ["-depth: 1", "+depth: 0", " width: 8"]
    assert "params.arch" in [r["parameter"] for r in table(command.json("compare", *ids, "parameters", "all")["sections"]["parameters"])]


def test_an_overview(command, tasks):
    _, ids = tasks
    answer = command.json("compare", *ids)
    assert answer["kind"] == "details" and answer["fields"]["tasks"] == 3
    assert {"values", "parameters", "source"} <= set(answer["sections"])
    assert [r["what"] for r in table(answer["sections"]["source"])] == ["commit"]


def test_curves(command, tasks):
    _, ids = tasks
    answer = command.json("compare", *ids, "curves", "metric", "acc")
    assert answer["kind"] == "chart" and [s["task"] for s in answer["series"]] == ids
    assert answer["series"][1]["points"][3][0] == 3 and answer["series"][1]["points"][3][2] == pytest.approx(1.3)
    smooth = command.json("compare", ids[0], "curves", "metric", "acc", "smooth", "0.5")["series"][0]["points"]
    assert smooth[1][2] == pytest.approx((0 * 0.5 + 0.1) / 1.5)
    thin = command.json("compare", ids[0], "curves", "metric", "acc", "points", "4", "smooth", "0")["series"][0]
    assert thin["of"] == 10 and [p[0] for p in thin["points"]] == [0, 9]


def test_outputs_and_source(command, tasks):
    _, ids = tasks
    for what in ("artifacts", "models", "datasets"):
        assert command.json("compare", *ids, what)["kind"] == "table"
    assert command.json("compare", *ids, "source")["kind"] == "details"


def test_charts(command, tasks):
    name, ids = tasks
    answer = command.json("compare", "in", name, "chart", "scatter", "show", "params.lr,", "metrics.acc")
    assert answer["kind"] == "figure" and len(answer["table"]["rows"]) == 3
    parallel = command.json("compare", *ids, "chart", "parallel", "show", "params.lr,", "metrics.acc", "log")
    assert parallel["media_type"].startswith("application/vnd.vega.v5")


def test_results_by_name(api, tasks):
    _, ids = tasks
    answer = api("POST", "commands", json={"line": "compare best values", "selections": {"best": {"ids": ids[:2]}}})
    assert [c["name"] for c in answer["columns"]] == ["metric", "statistic", *ids[:2], "best"]


@pytest.mark.parametrize("line, part", [
    ("compare {0} in somewhere", "not both"), ("compare {0} values curves", "one of"), ("compare {0} values statistic median", "statistic"),
    ("compare {0} curves smooth 1", "smooth"), ("compare {0} curves points 3", "points"), ("compare {0} curves by epoch", "by"),
    ("compare {0} chart pie", "pie"), ("compare {0} chart scatter show nothing.at, metrics.acc", "nothing"), ("compare {0} chart box values", "one of"),
    ("compare {0} show metrics.acc", "chart"), ("compare in 'Default' limit 201", "limit"), ("compare {0} baseline nobody1", "nobody1"), ("compare nobody1 values", "nobody1"),
])
def test_refusals_point_at_the_word(api, tasks, line, part):
    _, ids = tasks
    answer = api.raw("POST", "commands", json={"line": line.format(*ids)})
    assert answer.status_code in (400, 404) and part in answer.json()["detail"], answer.text


def test_completion_and_inspection(api, tasks):
    _, ids = tasks

    def complete(line):
        return [m["text"] for m in api("POST", "commands/complete", json={"line": line, "cursor": len(line)})["matches"]]

    assert {"values", "parameters", "curves", "source", "baseline"} <= set(complete("compare "))
    assert "metrics.acc" in complete("compare values metric ac")
    assert complete("compare values statistic m") == ["min", "max", "mean"]
    line = "compare values metric acc"
    found = api("POST", "commands/inspect", json={"line": line, "cursor": len(line)})
    assert found["found"] and "tasks" in found["text"]
