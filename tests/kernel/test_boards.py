"""Boards and comparisons in a notebook: tables, figures, and boards that follow what happens."""
import itertools
import time

import pytest

from conftest import HOSTILE
from test_views import updates_of

VEGA = "application/vnd.vegalite.v5+json"
counter = itertools.count()


def train(podium):
    """A project in which lr 0.1 is best, three seeds each, and the ids of its tasks."""
    name = f"trained-{time.monotonic_ns()}"
    project = podium.call("POST", "/api/v1/projects", {"name": name})["id"]
    tasks = [podium.task(project, f"lr{lr}-{seed}", "completed", {"lr": lr, "seed": seed}, {"acc": [acc / 2, acc + seed / 100], "energy": [acc * 3]})
             for lr, acc in ((0.1, 0.9), (0.2, 0.7)) for seed in range(3)]
    return name, project, tasks


@pytest.fixture(scope="session")
def trained(podium):
    return train(podium)


@pytest.fixture
def board(kernel, trained):
    name = f"which lr {next(counter)}"
    kernel.ok(f"board by acc max in {trained[0]} group by params.lr columns energy energy save as '{name}'")
    return name


def shown(kernel, code):
    cell = kernel.ok(code)
    assert len(cell.displays) == 1, cell.displays
    return cell.displays[0]["data"]


def test_a_board_is_a_table(kernel, trained, board):
    data = shown(kernel, f"board '{board}'")
    assert set(data) == {"text/html", "text/plain"}
    lines = data["text/plain"].splitlines()
    assert lines[0].split()[:4] == ["rank", "params.lr", "acc", "acc"] and lines[1].split()[:2] == ["1", "0.1"] and lines[2].split()[:2] == ["2", "0.2"]
    assert "<table" in data["text/html"] and "<script" not in data["text/html"]
    assert "params" in shown(kernel, f"board '{board}' about")["text/plain"]
    for view in ("trust", "pareto acc energy", "ranks", "changes since 2001-01-01", "candidate 1"):
        assert "0.1" in shown(kernel, f"board '{board}' {view}")["text/plain"], view
    listed = shown(kernel, f"board in {trained[0]}")["text/plain"]
    assert board in listed and "max acc (mean)" in listed


@pytest.mark.parametrize("view", ["", "trust ", "pareto acc energy ", "ranks "])
def test_a_board_is_drawn(kernel, board, view):
    data = shown(kernel, f"board '{board}' {view}chart")
    assert set(data) == {VEGA, "text/plain"}  # HTML would be shown instead
    assert data[VEGA]["$schema"].endswith("/v5.json") and data[VEGA]["data"]["values"]
    assert data["text/plain"].startswith(board) and "lr=0.1" in data["text/plain"]


def test_names_of_others_are_values(kernel, podium):
    project = podium.call("POST", "/api/v1/projects", {"name": f"hostile-{time.monotonic_ns()}"})
    for seed in range(3):
        podium.task(project["id"], f"h{seed}", "completed", {"p": HOSTILE}, {"acc": [0.5 + seed]})
    line = f"board by acc max in {project['name']} group by params.p"
    table = shown(kernel, line)
    assert "<script" not in table["text/html"] and "</script><img" not in table["text/html"] and "\u202e" not in table["text/plain"]
    drawn = shown(kernel, line + " chart")
    assert any(HOSTILE.replace("\u202e", "")[:20] in str(v) for v in drawn[VEGA]["data"]["values"])


def test_a_result_of_a_ranking_names_tasks(kernel, trained):
    name, _, tasks = trained
    kernel.ok(f"board by acc max in {name} limit 2 as top")
    compared = shown(kernel, "compare top values metric acc")
    assert "lr0.1-2" in compared["text/plain"] and "lr0.1-1" in compared["text/plain"] and "lr0.2" not in compared["text/plain"]


def test_a_board_that_is_watched(kernel, podium):
    name, project, _ = train(podium)
    board = f"watched in {name}"
    kernel.ok(f"board by acc max in {name} group by params.lr save as '{board}'")
    for line, lr in ((f"board '{board}' live", "0.31"), (f"board by acc max in {name} group by params.lr live", "0.32")):
        display = kernel.ok(line).displays[0]
        assert lr not in display["data"]["text/plain"]
        for seed in range(2):
            podium.task(project, f"better-{seed}", "completed", {"lr": lr}, {"acc": [2.0 + float(lr) + seed / 100], "energy": [1.0]})
        for data in updates_of(kernel, display):
            first = data["text/plain"].splitlines()[1].split()
            if first[1] == lr and "2" in first:
                break
        assert first[0] == "1" and lr in data["text/html"]


def test_a_question_before_a_board_is_erased(kernel, board):
    cell = kernel.run(f"board '{board}' delete", allow_stdin=False)
    assert "erased" in cell.text + str(cell.reply["content"])
    kernel.ok(f"board '{board}'")
    kernel.ok(f"board '{board}' delete yes")
    assert kernel.run(f"board '{board}'").status == "error"


def test_a_comparison(kernel, trained):
    name, _, tasks = trained
    parameters = shown(kernel, f"compare {tasks[0]} {tasks[3]} parameters")
    assert "params.lr" in parameters["text/plain"] and "params.seed" not in parameters["text/plain"] and "<table" in parameters["text/html"]
    values = shown(kernel, f"compare in {name} values metric acc statistic last, max")
    assert "lr0.1-0" in values["text/plain"]
    curves = kernel.ok(f"compare {tasks[0]} {tasks[3]} curves metric acc").displays[-1]["data"]
    assert VEGA in curves and "lr0.2-0" in curves["text/plain"]


@pytest.mark.parametrize("kind, show", [("parallel", "params.lr, params.seed, metrics.acc"), ("scatter", "params.lr, metrics.acc"), ("importance", "metrics.acc")])
def test_a_comparison_is_drawn(kernel, trained, kind, show):
    data = shown(kernel, f"compare in {trained[0]} chart {kind} show {show}")
    drawn = VEGA if VEGA in data else "application/vnd.vega.v5+json"
    assert set(data) == {drawn, "text/plain"} and data[drawn]["$schema"].endswith("/v5.json") and data[drawn]["data"]


def test_a_board_is_completed_and_inspected(kernel, board):
    line = "board 'which"
    reply = kernel.reply(kernel.client.complete(line, len(line)))
    assert f"'{board}'" in reply["content"]["matches"]
    reply = kernel.reply(kernel.client.inspect(f"board '{board}'", 10))
    assert reply["content"]["found"] and "max acc" in reply["content"]["data"]["text/plain"]
