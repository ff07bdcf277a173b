"""How sure a ranking is, held against scipy and numpy."""
import math

import numpy
import pytest
from scipy import stats

RNG = numpy.random.default_rng(20261128)
BY_M = {"primary": {"metric": "acc"}, "group_by": {"params": ["m"]}}


def splitmix(seed, first, count):
    """`count` outputs of SplitMix64 from number `first` on."""
    with numpy.errstate(over="ignore"):
        z = numpy.uint64(seed) + (numpy.arange(first, first + count, dtype=numpy.uint64) + numpy.uint64(1)) * numpy.uint64(0x9e3779b97f4a7c15)
        z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xbf58476d1ce4e5b9)
        z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94d049bb133111eb)
    return z ^ (z >> numpy.uint64(31))


def drawn(values, seed=0, replicates=2000):
    """Replicates: places (number * n) >> 64."""
    n = len(values)
    places = [(int(u) * n) >> 64 for u in splitmix(seed, 0, n * replicates)]
    return numpy.array(values)[places].reshape(replicates, n)


@pytest.fixture
def fill(world, project):
    def fill(m, values, dataset=None):
        for value in values:
            world.run(project, {"acc": float(value)}, params={"m": m}, datasets=[dataset] if dataset else ())
    return fill


@pytest.fixture
def asked(api, project):
    def asked(definition=BY_M, **params):
        board = api.board(project, definition, name=f"board {asked.count}")
        asked.count += 1
        answer = api.trust(board, **params)
        return {c["label"]["params"]["m"]: c for c in answer["rows"]}
    asked.count = 0
    return asked


def test_few_tasks_have_students_interval(fill, asked):
    values = {m: RNG.normal(0.8, 0.05, n) for m, n in (("two", 2), ("five", 5), ("seven", 7))}
    for m, some in values.items():
        fill(m, some)
    for confidence in (0.95, 0.8):
        told = asked({**BY_M, "confidence": confidence})
        for m, some in values.items():
            low, high = stats.t.interval(confidence, len(some) - 1, numpy.mean(some), stats.sem(some))
            got = told[m]
            assert (got["n"], got["method"]) == (len(some), "student")
            assert math.isclose(got["low"], low, rel_tol=1e-9) and math.isclose(got["high"], high, rel_tol=1e-9)
            assert math.isclose(got["error"], stats.sem(some), rel_tol=1e-9)
            assert math.isclose(got["spread"], numpy.std(some, ddof=1), rel_tol=1e-9)


@pytest.mark.parametrize("fold, function", [("mean", numpy.mean), ("median", numpy.median), ("best", numpy.max), ("worst", numpy.min), ("sum", numpy.sum)])
def test_many_tasks_have_the_percentile_interval(fill, asked, fold, function):
    values = RNG.beta(8, 2, 12)
    fill("a", values)
    fill("b", values - 0.5)
    got = asked({**BY_M, "primary": {"metric": "acc", "fold": fold}, "seed": 42})["a"]
    replicates = function(drawn(values, 42), axis=1)
    assert got["method"] == "bootstrap"
    assert numpy.allclose([got["low"], got["high"]], numpy.quantile(replicates, [0.025, 0.975]), rtol=1e-12)
    assert math.isclose(got["error"], numpy.std(replicates, ddof=1), rel_tol=1e-9)
    if fold in ("mean", "median"):  # scipy's own, with its own random numbers
        interval = stats.bootstrap((values,), function, method="percentile", n_resamples=4000, rng=1).confidence_interval
        width = interval.high - interval.low
        assert abs(got["low"] - interval.low) < 0.15 * width and abs(got["high"] - interval.high) < 0.15 * width


def test_tasks_are_drawn_within_their_data_sets(fill, asked):
    easy, hard = RNG.normal(0.9, 0.01, 6), RNG.normal(0.5, 0.01, 6)
    fill("a", easy, ("easy", "1", "")), fill("a", hard, ("hard", "1", ""))
    definition = {**BY_M, "datasets": [{"name": "easy", "digest": "1"}, {"name": "hard", "digest": "1"}]}
    got = asked(definition)["a"]
    assert got["n"] == 12 and got["error"] < 0.01
    wide = asked({**definition, "drawn": "datasets"})["a"]
    assert wide["error"] > 0.1


def test_ranks_and_groups_by_a_slow_count(fill, asked):
    values = {f"m{i}": RNG.normal(0.7 - i * 0.02, 0.05, 9) for i in range(6)}
    for m, some in values.items():
        fill(m, some)
    told = asked({**BY_M, "seed": 7})
    means = numpy.array([numpy.mean(drawn(some, 7), axis=1) for some in values.values()])
    for i, m in enumerate(values):
        better = (means > means[i]).sum(axis=0)
        equal = (means == means[i]).sum(axis=0)
        got = told[m]
        assert got["rank_low"] == numpy.sort(better + 1)[49] and got["rank_high"] == numpy.sort(better + equal)[1950]
        assert math.isclose(got["first"], ((better == 0) / equal).mean(), abs_tol=1e-9)
        assert math.isclose(got["expected_rank"], (better + (equal + 1) / 2).mean(), rel_tol=1e-9)
    assert math.isclose(sum(c["first"] for c in told.values()), 1)


def test_clear_differences_are_groups_and_noise_is_one(fill, asked):
    for i in range(4):
        fill(f"noise{i}", RNG.normal(0.5, 0.05, 8))
    fill("leader", RNG.normal(0.9, 0.01, 8))
    fill("single", [0.5])
    told = asked()
    assert told["leader"]["letter"] == "a" and told["leader"]["rank_high"] == 1
    assert {c["letter"] for m, c in told.items() if m != "leader"} == {"b"}
    assert told["single"]["borrowed"] and told["single"]["why"] == "no interval: one task only"
    # A paired t test of scipy agrees with who is apart from the leader.
    assert all(c["p"] < 0.05 for m, c in told.items() if m != "leader")


def slow_p(a, b):
    """Of a pair with 9 tasks each: from the replicates that say the other, or Student's tail where these are fewer than 10."""
    (x, drawn_x), (y, drawn_y) = a, b
    tail = min((drawn_x <= drawn_y).sum(), (drawn_x >= drawn_y).sum())
    if tail >= 10:
        return min(1, 2 * (1 + tail) / 2001)
    return 2 * stats.t.sf(abs(x - y) / numpy.std(drawn_x - drawn_y, ddof=1), 8)


def slow_groups(candidates):
    """Best first. Returns the group of each, and each one's Holm-adjusted p against the first."""
    left, group, groups, against_first = list(range(len(candidates))), 0, {}, {}
    while left:
        group += 1
        p = {i: slow_p(candidates[left[0]], candidates[i]) for i in left[1:]}
        most = 0
        for place, i in enumerate(sorted(p, key=p.get)):
            most = max(most, min(1, (len(p) - place) * p[i]))
            p[i] = most
        if group == 1:
            against_first = p
        chosen = [i for i in left if p.get(i, 1) >= 0.05]
        groups |= {i: group for i in chosen}
        left = [i for i in left if i not in groups]
    return groups, against_first


def test_groups_by_a_slow_count(fill, asked):
    values = {f"m{i}": RNG.normal(0.9 - 0.01 * i ** 1.6, 0.03, 9) for i in range(14)}
    for m, some in values.items():
        fill(m, some)
    told = list(asked({**BY_M, "seed": 3}).items())
    groups, p = slow_groups([(numpy.mean(values[m]), numpy.mean(drawn(values[m], 3), axis=1)) for m, _ in told])
    assert [c["group"] for _, c in told] == [groups[i] for i in range(len(told))]
    assert 3 <= max(groups.values()) < 14
    for i, (_, candidate) in enumerate(told):
        assert i == 0 or math.isclose(candidate["p"], p[i], rel_tol=1e-6, abs_tol=1e-12)


def test_without_two_tasks_of_anybody_it_is_said(fill, asked):
    fill("a", [0.9]), fill("b", [0.8])
    told = asked()
    for candidate in told.values():
        assert candidate.get("group") is None and candidate.get("rank_low") is None
        assert "one task only" in candidate["why"] and "no ranks" in candidate["why"]


def test_the_answer_is_the_same_until_a_task_comes_and_after_it_was_there(fill, api, project, world):
    fill("a", RNG.normal(0.5, 0.1, 10)), fill("b", RNG.normal(0.5, 0.1, 10))
    board = api.board(project, BY_M)
    first = api.trust(board)
    assert api.trust(board) == first
    fill("b", [0.1])
    second = api.trust(board)
    assert second != first
    changed = {c["label"]["params"]["m"]: c for c in second["rows"]}["b"]
    assert changed["n"] == 11
    world.delete(world.tasks[-1])
    assert api.trust(board)["rows"] == first["rows"]


def test_a_pareto_front_by_hand(world, project, api):
    points = {"cheap": (0.5, 1), "knee": (0.9, 2), "good": (0.95, 6), "best": (1.0, 11), "beaten": (0.8, 3), "behind": (0.7, 4), "unknown": (0.99, None)}
    for m, (acc, cost) in points.items():
        world.run(project, {"acc": acc, **({} if cost is None else {"cost": cost})}, params={"m": m})
    board = api.board(project, {**BY_M, "metrics": [{"metric": "cost", "direction": "min"}]})
    answer = api("GET", f"boards/{board}/pareto", params={"x": "acc", "y": "cost"})
    fronts = {p["label"]["params"]["m"]: p.get("front") for p in answer["rows"]}
    assert fronts == {"cheap": 1, "knee": 1, "good": 1, "best": 1, "beaten": 2, "behind": 3} and answer["passed_over"] == 1
    knee, = [p["label"]["params"]["m"] for p in answer["rows"] if p.get("knee")]
    assert knee == "knee"
