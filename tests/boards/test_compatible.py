"""OptScale's algorithm on a board worked out by hand, and the faults that it has."""
import math

import pytest

A, B, C, OLD = ("a", "1"), ("b", "1"), ("c", "1"), ("old", "1")


def definition(**more):
    return {"mode": "compatible", "primary": {"metric": "acc", "fold": "mean"}, "group_by": {"params": ["m"]}, **more}


def chosen(*datasets):
    return [{"name": name, "digest": digest} for name, digest in datasets]


def shown(ranking):
    return [(row["label"]["params"]["m"], row.get("rank"), row["values"]["acc"]) for row in ranking["rows"]]


@pytest.fixture
def log(world, project):
    def log(m, acc, dataset=None, state="completed", **values):
        return world.run(project, {"acc": acc, **values}, params={"m": m}, state=state, datasets=[(*dataset, "")] if dataset else ())
    return log


def test_a_board_by_hand(project, log, check):
    # x: on both chosen data sets, 0.6 and 0.8, and a great run elsewhere that level 2 leaves out.
    log("x", 0.6, A), log("x", 0.8, B), log("x", 1.0, C)
    # y: on both, better; z: on one only, best of all; w: on none of them; v: failed on one.
    log("y", 0.75, A), log("y", 0.75, B)
    log("z", 0.99, A)
    log("w", 0.95, C)
    log("v", 0.9, A, state="failed"), log("v", 0.9, B)
    assert shown(check(project, definition(datasets=chosen(A, B)))) == [
        ("y", 1, 0.75), ("x", 2, 0.7), ("z", None, 0.99), ("v", None, 0.9), ("w", None, 0.95)]


def test_more_coverage_stands_before_a_better_value(project, log, check):
    log("one", 0.9, A)
    log("two", 0.1, A), log("two", 0.1, B)
    log("three", 0.25, A), log("three", 0.25, B), log("three", 0.25, C)
    rows = shown(check(project, definition(datasets=chosen(A, B, C))))
    assert rows == [("three", 1, 0.25), ("two", None, 0.1), ("one", None, 0.9)]


def test_less_is_better_when_the_metric_says_so(project, log, check):
    log("big", 3), log("small", 1), log("zero", 0)
    rows = shown(check(project, {**definition(), "primary": {"metric": "acc", "direction": "min"}}))
    assert rows == [("zero", 1, 0), ("small", 2, 1), ("big", 3, 3)]


def test_the_last_n_of_a_label(world, project, log, check):
    for dataset in (OLD, A, B):
        log("all", 0.5, dataset)
    log("new", 0.9, A), log("new", 0.9, B)
    for dataset in world.datasets:
        world.label(dataset, "prod", "")
    rules = [{"label": "prod", "last": 2}]
    assert shown(check(project, definition(coverage=rules))) == [("new", 1, 0.9), ("all", 2, 0.5)]
    # With a fourth, the last two are others.
    log("all", 0.5, C)
    world.label(world.datasets[-1], "prod", "")
    assert shown(check(project, definition(coverage=rules))) == [("all", 1, 0.5), ("new", None, 0.9)]
    # With fewer than are asked for nobody is ranked.
    assert [rank for _, rank, _ in shown(check(project, definition(coverage=[{"label": "prod", "last": 5}])))] == [None, None]


def test_a_filter_drops_the_run_and_improves_the_candidate(project, log, check):
    log("a", 0.9), log("a", 0.1)
    log("b", 0.6)
    rule = {"scope": "task", "metric": "acc", "min": 0.5}
    assert shown(check(project, definition(qualify=[rule]))) == [("a", 1, 0.9), ("b", 2, 0.6)]


def test_a_filter_of_a_metric_that_is_missing_fails(project, log, check):
    log("a", 0.9), log("b", 0.6, loss=0.2)
    more = {"metrics": [{"metric": "loss", "direction": "min"}], "qualify": [{"scope": "task", "metric": "loss", "max": 1}]}
    assert shown(check(project, definition(**more))) == [("b", 1, 0.6), ("a", None, None)]


def test_what_would_crash_there_is_not_ranked(project, log, check):
    log("nan", math.nan), log("a", 0.5)
    assert shown(check(project, definition())) == [("a", 1, 0.5), ("nan", None, None)]


def test_a_data_set_counts_as_other_projects_have_run_on_it(world, project, log, check):
    log("a", 0.9, A)
    asked = definition(datasets=chosen(A, B))
    assert shown(check(project, asked)) == [("a", None, 0.9)]
    # Nobody has run on b: it does not count for anybody, and nobody can be ranked. Once somebody has, it does.
    log("b", 0.1, A), log("b", 0.3, B)
    assert shown(check(project, asked)) == [("b", 1, 0.2), ("a", None, 0.9)]


def test_one_run_competes_with_many(project, log, check):
    for i in range(5):
        log("steady", 0.8)
    log("lucky", 0.81)
    assert [m for m, _, _ in shown(check(project, definition()))] == ["lucky", "steady"]


def test_equal_values_have_ranks_of_their_own(project, log, check):
    log("a", 0.5), log("b", 0.5)
    assert shown(check(project, definition())) == [("a", 1, 0.5), ("b", 2, 0.5)]


@pytest.mark.parametrize("fold, value", [("mean", 0.5), ("sum", 1.5), ("max", 0.75), ("last", 0.5)])
def test_the_functions(project, log, check, fold, value):
    log("a", 0.25), log("a", 0.75), log("a", 0.5)
    rows = shown(check(project, {**definition(), "primary": {"metric": "acc", "fold": fold}}))
    assert rows == [("a", 1, value)]


def test_what_the_list_of_boards_shows(project, log, check):
    def best(**more):
        return check(project, definition(**more))["best"]
    log("a", 0.25, A), log("a", 0.75, B)
    log("b", 0.625, A)
    assert best() == 0.625
    assert best(datasets=chosen(A)) == 0.625  # of a, by its run on what is chosen, 0.25
    assert best(datasets=chosen(A, B)) == 0.5
    assert best(datasets=chosen(C)) is None
    log("z", 0, C)
    assert best(datasets=chosen(C)) is None  # 0 is not seen
