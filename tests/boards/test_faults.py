"""What other boards do wrong (the faults of OptScale's, and of those that rank NaN first): each by hand, in podium's own mode."""
import math

import pytest

ACC = {"metric": "acc"}


def ranks(ranking):
    return {row["label"]["params"]["m"]: row.get("rank") for row in ranking["rows"]}


def by_m(primary, **more):
    return {"primary": primary, "group_by": {"params": ["m"]}, **more}


def test_last_is_the_task_that_started_last(world, project, check):
    for start in (0.9, 0.1, 0.5):
        world.run(project, {"acc": start}, params={"m": "a"})
    # Written later, but started earlier than the last one.
    world.tag(world.tasks[0], "edited", "yes")
    row, = check(project, by_m({**ACC, "fold": "last"}))["rows"]
    assert row["values"]["acc"] == 0.5


@pytest.mark.parametrize("direction", ["max", "min"])
@pytest.mark.parametrize("fold, value", [("mean", 0.625), ("median", 0.625), ("best", 1), ("worst", 0.25), ("min", 0.25), ("max", 1), ("last", 0.5), ("sum", 2.5)])
def test_folds(world, project, check, fold, value, direction):
    for acc in (0.75, 1, 0.25, 0.5):
        world.run(project, {"acc": acc}, params={"m": "a"})
    if direction == "min" and fold in ("best", "worst"):
        value = 1.25 - value
    row, = check(project, by_m({**ACC, "fold": fold, "direction": direction}))["rows"]
    assert row["values"]["acc"] == value


def test_zero_is_a_score(world, project, check):
    world.run(project, {"loss": 0}, params={"m": "a"})
    world.run(project, {"loss": 1}, params={"m": "b"})
    ranking = check(project, by_m({"metric": "loss", "direction": "min"}))
    assert ranks(ranking) == {"a": 1, "b": 2}
    assert ranking["rows"][0]["values"]["loss"] == 0


def test_nothing_and_nan_rank_nowhere_also_where_less_is_better(world, project, check):
    world.run(project, {"loss": math.nan}, params={"m": "nan"})
    world.run(project, {}, params={"m": "none"})
    world.run(project, {"loss": 3}, params={"m": "a"})
    world.run(project, {"loss": 1}, params={"m": "failed"}, state="failed")
    for direction in ("min", "max"):
        ranking = check(project, by_m({"metric": "loss", "direction": direction}))
        assert ranks(ranking) == {"a": 1, "nan": None, "none": None}
        reasons = {row["label"]["params"]["m"]: row["reasons"] for row in ranking["rows"] if not row["qualified"]}
        assert reasons == {"nan": ["loss is NaN"], "none": ["it has no value of loss"]}


def test_nan_does_not_take_the_place_of_a_value(world, project, check):
    world.run(project, {"acc": 0.7}, params={"m": "a"})
    world.run(project, {"acc": math.nan}, params={"m": "a"})
    row, = check(project, by_m(ACC))["rows"]
    assert (row["rank"], row["values"]["acc"], row["tasks"]) == (1, 0.7, 1)


def test_other_projects_do_not_matter(world, project, check):
    """A data set that is asked for counts, whoever has run on it or not."""
    world.run(project, {"acc": 0.9}, params={"m": "a"}, datasets=[("iris", "1", "")])
    definition = by_m(ACC, datasets=[{"name": "iris", "digest": "1"}, {"name": "wine", "digest": "1"}])
    row, = check(project, definition)["rows"]
    assert not row["qualified"] and row["reasons"] == ["it was not run on wine@1"]
    other = world.project(f"other of {project}")
    world.run(other, {"acc": 0.1}, params={"m": "a"}, datasets=[("wine", "1", "")])
    row, = check(project, definition)["rows"]
    assert not row["qualified"]
    world.run(project, {"acc": 0.5}, params={"m": "a"}, datasets=[("wine", "1", "")])
    row, = check(project, definition)["rows"]
    assert (row["rank"], row["values"]["acc"]) == (1, 0.7)


def test_a_filter_of_a_candidate_does_not_improve_it(world, project, check):
    for acc in (0.9, 0.1):
        world.run(project, {"acc": acc}, params={"m": "a"})
    world.run(project, {"acc": 0.6}, params={"m": "b"})
    rule = {"metric": "acc", "min": 0.55}
    of_tasks = check(project, by_m(ACC, qualify=[{"scope": "task", **rule}]))
    assert [(r["label"]["params"]["m"], r["values"]["acc"]) for r in of_tasks["rows"]] == [("a", 0.9), ("b", 0.6)]
    of_candidates = check(project, by_m(ACC, qualify=[{"scope": "candidate", **rule}]))
    assert ranks(of_candidates) == {"b": 1, "a": None}
    assert of_candidates["rows"][1]["reasons"] == ["acc 0.5 is less than 0.55"]


def test_one_run_among_many_is_seen_to_be_one(world, project, check, api):
    world.run(project, {"acc": 0.95}, params={"m": "lucky"})
    for i in range(9):
        world.run(project, {"acc": 0.9 + i / 1000}, params={"m": "steady"})
    lucky, steady = check(project, by_m(ACC))["rows"]
    assert (lucky["tasks"], lucky["spread"].get("acc")) == (1, None)
    assert steady["tasks"] == 9 and steady["spread"]["acc"] > 0
    assert ranks(check(project, by_m(ACC, least_tasks=2))) == {"steady": 1, "lucky": None}
    board = api.board(project, by_m(ACC), name="trusted")
    first, second = api.trust(board)["rows"]
    assert (first["n"], first.get("low"), first["why"]) == (1, None, "no interval: one task only")
    assert second["n"] == 9 and second["low"] < 0.904 < second["high"]


def test_numbers_are_the_same_however_they_are_spelled(world, project, check):
    for spelled in ("0.1", "1e-1", "0.10", "1E-1"):
        world.run(project, {"acc": 0.5}, params={"m": "a", "lr": spelled})
    world.run(project, {"acc": 0.5}, params={"m": "a", "lr": "0.1x"})
    ranking = check(project, {"primary": ACC, "group_by": {"params": ["lr"]}})
    assert [(r["label"]["params"]["lr"], r["tasks"]) for r in ranking["rows"]] == [("0.1", 4), ("0.1x", 1)]
    whole = check(project, {"primary": ACC, "group_by": {"all_params": True}})
    assert [r["tasks"] for r in whole["rows"]] == [4, 1]


def test_those_without_a_tag_are_one_candidate_of_their_own(world, project, check):
    world.run(project, {"acc": 0.5}, tags={"arch": "cnn"})
    world.run(project, {"acc": 0.6})
    world.run(project, {"acc": 0.8}, tags={"arch": ""})
    ranking = check(project, {"primary": ACC, "group_by": {"tags": ["arch"]}})
    assert [r["label"]["tags"]["arch"] for r in ranking["rows"]] == ["", None, "cnn"]


def test_a_deleted_entry_leaves_the_earlier_one(world, project, check):
    """Codabench lost the team; here its best before counts again."""
    world.run(project, {"acc": 0.5}, tags={"team": "red"})
    world.run(project, {"acc": 0.6}, tags={"team": "blue"})
    best = world.run(project, {"acc": 0.9}, tags={"team": "red"})
    definition = {"kind": "teams", "team": "tags.team", "primary": ACC}
    assert [r["label"]["team"] for r in check(project, definition)["rows"]] == ["red", "blue"]
    world.delete(best)
    assert [(r["label"]["team"], r["values"]["acc"]) for r in check(project, definition)["rows"]] == [("blue", 0.6), ("red", 0.5)]


def test_equal_scores_have_one_rank_and_the_earlier_is_first(world, project, check):
    for m, acc in (("late", 0.5), ("best", 0.9), ("later", 0.5), ("last", 0.1)):
        world.run(project, {"acc": acc}, params={"m": m})
    assert [(r["label"]["params"]["m"], r["rank"]) for r in check(project, by_m(ACC))["rows"]] == \
        [("best", 1), ("late", 2), ("later", 2), ("last", 4)]
    ranking = check(project, by_m(ACC, tie_breaks=["earlier"]))
    assert [(r["label"]["params"]["m"], r["rank"]) for r in ranking["rows"]] == [("best", 1), ("late", 2), ("later", 3), ("last", 4)]
