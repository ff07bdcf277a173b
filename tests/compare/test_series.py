"""Curves against a slow reference, over HTTP."""
import math
import random

import pytest
import reference
from conftest import BINARY_TYPE, number

WEIRD = [math.nan, math.inf, -math.inf]


def columns(series, *names):
    return list(zip(*[[float(number(v)) for v in series["columns"][n]] for n in names]))


def same(found, expected):
    assert len(found) == len(expected), (found[:5], expected[:5])
    for a, b in zip(found, expected):
        assert all(p == pytest.approx(q, rel=1e-9, abs=1e-12, nan_ok=True) for p, q in zip(a, b)), (a, b)


def walk(rng, n, weird=0.0, steps=None):
    """Points (step, time, value) of a random walk with uneven steps."""
    value, step, time, out = rng.uniform(-1, 1), rng.randrange(0, 5), 1_700_000_000_000 + rng.randrange(1000), []
    for i in range(n):
        step = steps[i] if steps else step + rng.choice([1, 1, 1, 2, 7])
        time += rng.choice([1, 10, 1000])
        value += rng.uniform(-1, 1)
        out.append((step, time, rng.choice(WEIRD) if rng.random() < weird else value))
    return out


def json_points(points):
    return [(s, t, "NaN" if math.isnan(v) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(v, v)) for s, t, v in points]


SMOOTHINGS = [
    {"kind": "ema", "weight": 0.0}, {"kind": "ema", "weight": 0.6}, {"kind": "ema", "weight": 0.999}, {"kind": "time_ema", "weight": 0.9},
    {"kind": "running", "window": 1}, {"kind": "running", "window": 17}, {"kind": "gaussian", "kernel": 7, "sigma": 2},
    {"kind": "gaussian", "kernel": 101, "sigma": 0.5}, {"kind": "gaussian", "kernel": 1, "sigma": 3},
]


@pytest.mark.parametrize("smoothing", SMOOTHINGS, ids=lambda s: "-".join(map(str, s.values())))
def test_smoothing_is_the_references(api, project, smoothing):
    rng = random.Random(repr(smoothing))
    how = {k: v for k, v in smoothing.items() if k != "kind"}
    for n, weird in [(1, 0), (5, 0), (6, 0), (120, 0), (120, 0.2), (60, 1.0)]:
        points = walk(rng, n, weird)
        task = api.task(project)
        api.curve(task, "m", json_points(points))
        x, y = [float(p[0]) for p in points], [p[2] for p in points]
        [curve] = api.series(tasks=[task], metrics=["m"], smoothing=smoothing, originals=True, buckets=10_000)["series"]
        same(columns(curve, "x", "y"), list(zip(x, reference.smoothed(smoothing["kind"], x, y, **how))))
        same(columns(curve, "original_x", "original_y"), list(zip(x, y)))


def test_even_x_makes_both_averages_one(api, project):
    task = api.task(project)
    api.curve(task, "m", [(10 * i, math.sin(i)) for i in range(50)])
    a, b = (api.series(tasks=[task], smoothing={"kind": k, "weight": 0.8})["series"][0] for k in ("ema", "time_ema"))
    same(columns(a, "x", "y"), columns(b, "x", "y"))


@pytest.mark.parametrize("spacing", ["even", "width", "log"])
def test_sampling_is_the_references(api, project, spacing):
    rng = random.Random(spacing)
    for n, weird in [(1, 0), (3, 0), (7, 0.5), (100, 0), (100, 0.3), (1500, 0.01)]:
        points = walk(rng, n, weird)
        if spacing == "log":
            points = [(s + 1, t, v) for s, t, v in points]
        task = api.task(project)
        api.curve(task, "m", json_points(points))
        x, y = [float(p[0]) for p in points], [p[2] for p in points]
        for buckets in (1, 2, 10, 333, 10_000):
            [curve] = api.series(tasks=[task], spacing=spacing, buckets=buckets)["series"]
            assert curve["of"] == n and curve["left_out"] == 0
            same(columns(curve, "x", "y"), reference.sampled(x, y, spacing, buckets))
            # Where the store samples and where the plugin does: the same rows.
            [ours] = api.series(tasks=[task], spacing=spacing, buckets=buckets, smoothing={"kind": "ema", "weight": 0})["series"]
            same(columns(ours, "x", "y"), reference.sampled(x, y, spacing, buckets))
            assert len(curve["columns"]["x"]) <= 4 * buckets


def test_what_is_kept_of_a_long_curve(api, project):
    """The first, the last, the one peak: whatever the buckets."""
    task = api.task(project)
    api.curve(task, "m", [(i, 100.0 if i == 5003 else -100.0 if i == 17 else 0.0) for i in range(10_000)])
    for spacing in ("even", "width", "log"):
        [curve] = api.series(tasks=[task], spacing=spacing, buckets=9)["series"]
        found = columns(curve, "x", "y")
        first = 1 if spacing == "log" else 0
        assert (5003.0, 100.0) in found and (17.0, -100.0) in found and found[0][0] == first and found[-1][0] == 9999
        assert curve["left_out"] == first


def test_axes(api, project):
    task = api.task(project)
    started = api("GET", f"tasks/{task}")["started"]
    points = [(0, started + 500, 3.0), (1, started + 1000, 2.0), (1, started + 1500, 1.0), (2, started + 4000, 0.5)]
    api.curve(task, "loss", points)
    api.curve(task, "epoch", [(0, started, 5.0), (1, started, 9.0), (1, started + 1, 4.0)])

    def asked(**more):
        return columns(api.series(tasks=[task], metrics=["loss"], **more)["series"][0], "x", "y")

    assert asked() == [(0, 3.0), (1, 2.0), (1, 1.0), (2, 0.5)]
    assert asked(x="time") == [(t, v) for _, t, v in points]
    assert asked(x="elapsed") == [(500, 3.0), (1000, 2.0), (1500, 1.0), (4000, 0.5)]
    assert asked(x="elapsed", **{"from": 1000, "to": 1500}) == [(1000, 2.0), (1500, 1.0)]
    assert asked(x="elapsed", **{"from": 999.5, "to": 1500.5}) == [(1000, 2.0), (1500, 1.0)]
    assert asked(**{"from": 0.5}) == [(1, 2.0), (1, 1.0), (2, 0.5)]
    assert asked(to=0) == [(0, 3.0)]
    assert asked(**{"from": 1.2, "to": 1.8}) == []
    # By another metric: the last value of a step, in its order; what has none is left out and counted.
    assert asked(x="metric", x_metric="epoch") == [(4, 2.0), (4, 1.0), (5, 3.0)]
    assert asked(x="metric", x_metric={"key": "epoch"}, **{"from": 5}) == [(5, 3.0)]
    [curve] = api.series(tasks=[task], metrics=["loss"], x="metric", x_metric="epoch")["series"]
    assert curve["of"] == 4 and curve["left_out"] == 1
    [curve] = api.series(tasks=[task], metrics=["loss"], x="metric", x_metric="never")["series"]
    assert curve["columns"] == {"x": [], "y": []} and curve["left_out"] == 4


def test_an_axis_metric_is_that_of_the_curves_scope(api, project):
    task = api.task(project)
    for scope, x in (("", 1.0), ("val", 2.0)):
        api.curve(task, "epoch", [(0, x)], scope)
        api.curve(task, "loss", [(0, x * 10)], scope)
    api.curve(task, "loss", [(0, 7.0)], "test")
    found = {s["scope"]: s["columns"]["x"] for s in api.series(tasks=[task], metrics=["loss"], x="metric", x_metric="epoch")["series"]}
    assert found == {"": ["1.0"], "val": ["2.0"], "test": ["1.0"]}
    found = api.series(tasks=[task], metrics=["loss"], x="metric", x_metric={"key": "epoch", "scope": "val"})["series"]
    assert [s["columns"]["x"] for s in found] == [["2.0"]] * 3


def test_metrics_and_scopes(api, project):
    task, other = api.task(project, name="one"), api.task(project, name="two")
    for t in (task, other):
        for key, scope in (("b", ""), ("a", "val"), ("a", "")):
            api.curve(t, key, [(0, 1.0)], scope)

    def found(**asked):
        return [(s["key"], s["scope"], s["task"]) for s in api.series(tasks=[task, other], **asked)["series"]]

    assert found() == [("a", "", 0), ("a", "", 1), ("a", "val", 0), ("a", "val", 1), ("b", "", 0), ("b", "", 1)]
    assert found(metrics=["a"]) == [("a", "", 0), ("a", "", 1), ("a", "val", 0), ("a", "val", 1)]
    assert found(metrics=[{"key": "a", "scope": "val"}, "b"]) == [("a", "val", 0), ("a", "val", 1), ("b", "", 0), ("b", "", 1)]
    assert found(metrics=["none"]) == []


@pytest.mark.parametrize("band", ["spread", "range"])
@pytest.mark.parametrize("spacing", ["even", "log"])
def test_groups_are_the_references(api, project, band, spacing):
    rng = random.Random(band + spacing)
    tasks, curves = [], {}
    for i in range(9):
        # 0.1 and 1e-1 are one value; a task without it is a group of its own.
        params = {} if i == 8 else {"lr": ["0.1", "1e-1", "0.01", "big"][i % 4]}
        task = api.task(project, params=params)
        points = walk(rng, rng.choice([3, 40, 80]), weird=0.1, steps=None)
        points = [(s + 1, t, v) for s, t, v in points]
        api.curve(task, "m", json_points(points))
        tasks.append(task)
        group = {"0.1": 0.1, "1e-1": 0.1, "0.01": 0.01}.get(params.get("lr"), params.get("lr"))
        curves.setdefault(group, []).append(([float(p[0]) for p in points], [p[2] for p in points]))
    for buckets in (4, 37, 10_000):
        answer = api.series(tasks=tasks, group=["params.lr"], band=band, buckets=buckets, spacing=spacing)
        assert [g["label"] for g in answer["groups"]] == ["params.lr=0.01", "params.lr=0.1", "params.lr=big", "params.lr=none"]
        assert sorted(t for g in answer["groups"] for t in g["tasks"]) == list(range(9))
        for series, group in zip(answer["series"], (0.01, 0.1, "big", None)):
            assert answer["groups"][series["group"]]["label"] == series["label"]
            assert series["of"] == sum(len(x) for x, _ in curves[group])
            same(columns(series, "x", "y", "tasks", "low", "high"), reference.folded(curves[group], spacing, buckets, band))


def test_groups_of_smoothed_curves_by_two_names(api, project):
    tasks = []
    for i in range(4):
        task = api.task(project, params={"lr": 0.1}, tags={"team": "ab"[i // 2]})
        api.curve(task, "m", [(s, float(s * (i + 1))) for s in range(20)])
        tasks.append(task)
    answer = api.series(tasks=tasks, group=["params.lr", "tags.team"], band="none", smoothing={"kind": "running", "window": 3})
    assert [g["label"] for g in answer["groups"]] == ["params.lr=0.1, tags.team=a", "params.lr=0.1, tags.team=b"]
    for g, series in enumerate(answer["series"]):
        assert set(series["columns"]) == {"x", "y", "tasks"}
        curves = [([float(s) for s in range(20)], [float(s * (i + 1)) for s in range(20)]) for i in (2 * g, 2 * g + 1)]
        curves = [(x, reference.running(x, y, 3)) for x, y in curves]
        same(columns(series, "x", "y"), [(x, y) for x, y, *_ in reference.folded(curves, "even", 600, "spread")])


def test_etag(api, project):
    task = api.task(project)
    api.curve(task, "m", [(i, float(i)) for i in range(10)])

    def ask(known=None, **asked):
        headers = {"If-None-Match": known} if known else {}
        return api.raw("POST", "series", json={"tasks": [task], **asked}, headers=headers)

    first = ask()
    tag = first.headers["ETag"]
    again = ask(tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert ask(tag, buckets=3).status_code == 200
    packed = api.raw("POST", "series", json={"tasks": [task]}, headers={"Accept": BINARY_TYPE, "If-None-Match": tag})
    assert packed.status_code == 200 and packed.headers["ETag"] != tag
    api.curve(task, "m", [(10, 1.0)])
    changed = ask(tag)
    assert changed.status_code == 200 and changed.headers["ETag"] != tag
    tag = changed.headers["ETag"]
    api("PATCH", f"tasks/{task}", json={"name": "renamed"})
    assert ask(tag).status_code == 200
    tag = ask().headers["ETag"]
    api("PUT", "comparisons/colors", json={"colors": {task: "#112233"}})
    assert ask(tag).status_code == 200


def test_bounds(api, project):
    task = api.task(project)
    many = api.raw("POST", "tasks/" + task + "/log", json={"metrics": [{"key": f"k{i}", "points": [[0, 1, 1.0]]} for i in range(5001)]})
    assert many.status_code == 200, many.text
    refused = api("POST", "series", 413, json={"tasks": [task]})
    assert refused["code"] == "too_large" and "5000" in refused["detail"]
    assert len(api("POST", "series", json={"tasks": [task], "metrics": ["k1", "k2"]})["series"]) == 2


@pytest.mark.parametrize("asked, member", [
    ({"x": "steps"}, "x"), ({"x": "metric"}, "x_metric"), ({"x_metric": "loss"}, "x_metric"), ({"x": "metric", "x_metric": ""}, "x_metric"),
    ({"from": "soon"}, "from"), ({"from": "NaN"}, "from"), ({"from": 2, "to": 1}, "to"), ({"buckets": 0}, "buckets"), ({"buckets": 10_001}, "buckets"),
    ({"spacing": "wide"}, "spacing"), ({"smoothing": {}}, "smoothing.kind"), ({"smoothing": {"kind": "ema", "weight": 1}}, "smoothing.weight"),
    ({"smoothing": {"kind": "gaussian", "kernel": 4}}, "smoothing.kernel"), ({"smoothing": {"kind": "gaussian", "sigma": 0}}, "smoothing.sigma"),
    ({"smoothing": {"kind": "running", "window": 101}}, "smoothing.window"), ({"smoothing": {"kind": "ema", "wieght": 1}}, "smoothing.wieght"),
    ({"band": "range"}, "band"), ({"group": ["nothing.at"]}, "group[0]"), ({"group": ["state"], "originals": True}, "originals"),
    ({"metrics": [""]}, "metrics[0]"), ({"metrics": [7]}, "metrics[0]"), ({"metrics": [{"scope": "x"}]}, "metrics[0]"), ({"metrics": "m"}, "metrics"),
    ({"points": 7}, "points"), ({"filter": "state ="}, "filter"), ({"filter": "stat = 'x'"}, "filter"), ({"order": ["nope"]}, "order[0]"),
    ({"scope": "project"}, "scope"), ({"scope": "all", "project": "Default"}, "scope"), ({"archived": "maybe"}, "archived"), ({"limit": 201}, "limit"),
    ({"tasks": ["x"], "limit": 3}, "limit"), ({"tasks": ["x"] * 201}, "tasks"), ({"tasks": [1]}, "tasks[0]"),
])
def test_refusals_name_the_member(api, asked, member):
    refused = api("POST", "series", 400, json=asked)
    assert refused["code"] == "invalid" and refused["field"] == member, refused
    assert "later" not in refused["detail"] and refused["detail"]


@pytest.mark.parametrize("path", ["series", "comparisons", "projects"])
def test_a_number_beyond_all_doubles_is_refused(api, path):
    for number in ("1e999", "-1e400", "9" * 400):
        refused = api("POST", path, 400, data=f'{{"limit": {number}}}', headers={"Content-Type": "application/json"})
        assert "too large" in refused["detail"]


def test_an_unknown_project_is_not_found(api):
    refused = api("POST", "series", 404, json={"project": "nowhere"})
    assert refused["code"] == "not_found" and refused["field"] == "project" and "nowhere" in refused["detail"]
