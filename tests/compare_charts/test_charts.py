"""Charts of runs that the MLflow client logged."""
import math
from urllib.parse import parse_qs, urlsplit

import pytest

from drawing import VEGA, VEGA_LITE, check, colored, has_color

ODD = 'a."b" [c] </script>'


@pytest.fixture(scope="module")
def runs(mlflow, podium):
    """Twelve runs: names of all kinds, parameters that are numbers and texts, a metric with a curve and single ones."""
    mlflow.set_experiment("charted")
    ids = []
    for i in range(12):
        with mlflow.start_run(run_name=ODD if i == 0 else "same" if i < 3 else f"run {i}") as run:
            mlflow.log_params({"lr": 10.0 ** -(i % 4), "opt": ["adam", "sgd", "lion"][i % 3], "batch size": 2**i, "constant": 7})
            if i != 5:
                mlflow.log_param("depth", i)
            for step in range(20):
                mlflow.log_metric("loss", math.exp(-step / (5 + i)) if (i, step) != (1, 7) else math.nan, step=step)
            mlflow.log_metrics({"acc": 0.5 + 0.04 * i, "odd.x y:0": 1e-3 * i})
        ids.append(run.info.run_id)
    return ids


def data_of(answer):
    data = answer["specification"]["data"]
    return data[0]["values"] if isinstance(data, list) else data["values"]


def table_of(answer):
    names = [c["name"] for c in answer["table"]["columns"]]
    return [dict(zip(names, row)) for row in answer["table"]["rows"]]


def test_curves(api, runs):
    answer, picture = api.chart("curves", "api-curves", tasks=runs, metrics=["loss"])
    assert answer["media_type"] == VEGA_LITE and answer["title"] == "loss" and answer["kind"] == "curves"
    assert len(table_of(answer)) == 240 and len(data_of(answer)) == 240
    assert [r["value"] for r in table_of(answer)].count("NaN") == 1
    assert sum(r["y"] is None for r in data_of(answer)) == 1
    for task in answer["tasks"]:
        assert has_color(picture, task["color"], 30) > 20, task
    legend = answer["specification"]["layer"][-1]["encoding"]["color"]["scale"]
    assert legend["range"] == [t["color"] for t in answer["tasks"]]
    assert len(set(legend["domain"])) == 12 and legend["domain"][0] == ODD


def test_curves_smoothed_by_time_over_a_range(api, runs):
    answer, _ = api.chart("curves", "api-curves-smoothed", tasks=runs[:4], metrics=["loss"], smoothing={"kind": "ema", "weight": 0.6},
                          originals=True, x="elapsed", log=["y"])
    assert any(r.get("o") for r in data_of(answer))
    assert "since the start" in answer["table"]["columns"][2]["name"]
    assert answer["specification"]["layer"][0]["encoding"]["y"]["scale"]["type"] == "log"
    answer = api.chart("curves", tasks=runs[:2], metrics=["loss"], to=5)
    assert max(r["x"] for r in data_of(answer)) == 5
    answer = api.chart("curves", tasks=runs[:2], metrics=["loss"], x="time")
    assert answer["table"]["columns"][2] == {"name": "time", "type": "time"}


def test_bands_of_groups(api, runs):
    answer, picture = api.chart("curves", "api-bands", tasks=runs, metrics=["loss"], group=["params.opt"], band="range")
    rows = table_of(answer)
    assert {r["name"] for r in rows} == {"params.opt=adam", "params.opt=sgd", "params.opt=lion"}
    assert all(r["low"] <= r["value"] <= r["high"] for r in rows)
    assert answer["specification"]["title"]["subtitle"] == "mean, between least and greatest"
    assert colored(picture) > 1000


def test_several_metrics_are_small_charts(api, runs):
    answer, _ = api.chart("curves", "api-curves-metrics", tasks=runs[:3])
    assert answer["specification"]["facet"]["sort"] == ["acc", "loss", "odd.x y:0"]


def test_summary(api, runs):
    answer, _ = api.chart("summary", "api-summary", tasks=runs)
    assert [c["name"] for c in answer["table"]["columns"]] == ["name", "acc", "odd.x y:0"]  # loss is no single value
    assert table_of(answer)[4]["acc"] == pytest.approx(0.66)
    answer, _ = api.chart("summary", "api-summary-clustered", tasks=runs[:4], names=["acc", "metrics.loss"], statistic="max")
    assert [r["loss"] for r in table_of(answer)] == [1, 1, 1, 1]


def test_scatter(api, runs):
    answer, picture = api.chart("scatter", "api-scatter", tasks=runs, names=["params.lr", "metrics.acc"], log=["x"], color="params.opt")
    assert len(table_of(answer)) == 12 and table_of(answer)[3] == {"name": "run 3", "params.lr": 0.001, "metrics.acc": 0.62, "params.opt": "adam"}
    assert answer["specification"]["encoding"]["x"]["scale"]["type"] == "log"
    assert colored(picture) > 300
    answer = api.chart("scatter", tasks=runs, names=["params.`batch size`", "params.depth"], color="metrics.acc")
    assert answer["specification"]["encoding"]["color"]["type"] == "quantitative"
    assert answer["specification"]["title"]["text"] == "1 task is without a value to draw"
    answer = api.chart("scatter", tasks=runs, names=["params.opt", "metrics.acc"])
    assert answer["specification"]["encoding"]["x"]["sort"] == ["adam", "lion", "sgd"]
    assert [r["c"] for r in data_of(answer)] == [t["color"] for t in answer["tasks"]]


def test_boxes(api, runs):
    answer, _ = api.chart("box", "api-box", tasks=runs, names=["metrics.acc"], group=["params.opt"])
    rows = table_of(answer)
    assert [r["name"] for r in rows] == ["adam", "lion", "sgd"] and [r["n"] for r in rows] == [4, 4, 4]
    assert rows[0]["median"] == pytest.approx(0.68)
    by_number = table_of(api.chart("box", tasks=runs, names=["metrics.acc"], group=["params.lr"]))
    assert [r["name"] for r in by_number] == ["0.001", "0.01", "0.1", "1.0"]


def test_parallel(api, runs):
    answer, picture = api.chart("parallel", "api-parallel", tasks=runs, names=["params.lr", "params.opt", "params.depth", "metrics.acc"],
                                log=["params.lr"], color="metrics.acc", brush={"metrics.acc": [0.8, 1]})
    assert answer["media_type"] == VEGA and len(table_of(answer)) == 12
    assert [s["type"] for s in answer["specification"]["scales"]] == ["point", "log", "point", "linear", "linear", "linear"]
    everything = api.chart("parallel", "api-parallel-all", tasks=runs, names=["params.lr", "params.opt", "params.depth", "metrics.acc"],
                           log=["params.lr"], color="metrics.acc")[1]
    assert colored(picture) < colored(everything)
    usual = api.chart("parallel", tasks=runs)
    names = [c["name"] for c in usual["table"]["columns"]]
    assert names == ["name", "params.`batch size`", "params.depth", "params.lr", "params.opt", "metrics.acc"]


def test_importance_is_a_chart_too(api, runs):
    answer, _ = api.chart("importance", "api-importance", tasks=runs, names=["metrics.acc"])
    assert table_of(answer)[0]["parameter"] in ("params.depth", "params.`batch size`")


@pytest.mark.parametrize("asked", [
    {"kind": "curves", "metrics": ["loss"]},
    {"kind": "scatter", "names": ["params.lr", "metrics.acc"]},
    {"kind": "parallel", "names": ["params.lr", "metrics.acc"]},
    {"kind": "box", "names": ["metrics.acc"]}])
def test_data_by_url_are_the_same_as_inline(api, runs, asked):
    inline = api.compare("charts", tasks=runs, **asked)
    far = api.compare("charts", project="charted", order=["created"], data="url", **asked)
    near = api.compare("charts", project="charted", order=["created"], **asked)
    source = far["specification"]["data"]
    source = source[0] if isinstance(source, list) else source
    assert "values" not in source and source["format"] == {"type": "json"}
    rows = api.session.get(api.url + source["url"]).json()
    assert rows == data_of(near) and len(rows) == len(data_of(inline))
    assert parse_qs(urlsplit(source["url"]).query)["request"]
    without = api.compare("charts", tasks=runs, table=False, **asked)
    assert "table" not in without


def test_a_question_too_long_for_a_url(api, runs):
    missing = [f"{i:032x}" for i in range(180)]
    answer = api.compare("charts", 413, kind="summary", tasks=[*runs, *missing], data="url")
    assert answer["detail"].startswith("the question is too long for a URL; name a project and a filter")
    assert api("GET", "comparisons/charts/data?request=%7B", 400)["detail"] == "'request' must be a JSON object"
    assert api("GET", "comparisons/charts/data?request=%7B%7D", 400)["detail"] == "'kind' is missing: which chart"
    api("GET", "comparisons/charts/data", 400)


@pytest.mark.parametrize("asked, field, sentence", [
    ({}, "kind", "'kind' is missing: which chart"),
    ({"kind": "pie"}, "kind", "'kind' is curves, summary, scatter, box, parallel or importance"),
    ({"kind": "scatter", "names": ["params.lr"]}, "names", "'names' of a scatter plot are two: right and up"),
    ({"kind": "scatter", "names": ["params.lr", "metrics"]}, "names[1]", None),
    ({"kind": "scatter", "names": ["params.lr", "metrics.acc"], "color": "stat"}, "color", None),
    ({"kind": "box", "names": ["params.opt"]}, "names", "'names' must name something that is a number in every task that has it"),
    ({"kind": "box", "names": ["metrics.acc"], "group": ["nothing"]}, "group", None),
    ({"kind": "parallel", "names": ["params.lr"]}, "names", "'names' of parallel axes are two or more"),
    ({"kind": "parallel", "names": ["params.lr", "params.opt"], "color": "params.opt"}, "color", "'color' must be one of the axes, and of numbers"),
    ({"kind": "parallel", "names": ["params.lr", "params.opt"], "brush": {"params.opt": [0, 1]}}, "brush", "'brush' is of axes of numbers that are in the chart"),
    ({"kind": "parallel", "names": ["params.lr", "params.opt"], "brush": {"params.lr": [0]}}, "brush.params.lr", "'brush.params.lr' must be two numbers, from and to"),
    ({"kind": "summary", "statistic": "median"}, "statistic", "'statistic' is last, min, max, first or mean"),
    ({"kind": "summary", "data": "far"}, "data", "'data' must be inline or url"),
    ({"kind": "importance"}, "names", "'names' begin with the target"),
    ({"kind": "importance", "names": ["metrics.none"]}, "names", None),
    ({"kind": "curves", "names": ["loss"]}, "names", None),
    ({"kind": "scatter", "names": ["params.lr", "metrics.acc"], "brush": {}}, "brush", None),
    ({"kind": "box", "names": ["metrics.acc"], "group": ["params.lr", "params.opt"]}, "group", "'group' has 2 items; at most 1"),
    ({"kind": "summary", "width": 5}, "width", "'width' must be from 200 to 4000"),
    ({"kind": "summary", "whatever": 5}, "whatever", None)])
def test_refused(api, runs, asked, field, sentence):
    answer = api.compare("charts", 400, tasks=runs, **asked)
    assert answer["field"] == field
    assert sentence is None or answer["detail"] == sentence


def test_no_tasks(api):
    for asked in ({"kind": "curves"}, {"kind": "summary"}, {"kind": "scatter", "names": ["params.a", "params.b"]},
                  {"kind": "box", "names": ["params.a"]}, {"kind": "parallel", "names": ["params.a", "params.b"]}):
        answer = api.chart(asked.pop("kind"), filter="name = 'there is none'", **asked)
        assert answer["tasks"] == [] and "othing to draw" in str(answer["specification"]["title"])


def test_two_hundred_tasks(api, mlflow, experiment):
    client = mlflow.MlflowClient()
    number = client.get_experiment_by_name(experiment).experiment_id
    ids = [client.create_run(number, run_name=f"run {i}").info.run_id for i in range(200)]
    for i, run in enumerate(ids):
        api("POST", f"tasks/{run}/log", json={"metrics": [{"key": "loss", "scope": "", "points": [[s, 1_700_000_000_000 + s, 1 / (1 + s + i)] for s in range(300)]}]})
    answer, picture = api.chart("curves", "api-curves-200", tasks=ids)
    assert len(data_of(answer)) <= 48_000 and answer["table"]["truncated"] and answer["table"]["of"] == len(data_of(answer))
    assert "legend" not in str(answer["specification"]["layer"][-1].get("params", ""))
    assert picture.size[0] < 900 and colored(picture) > 1000


def test_charts_by_the_verb(command, runs):
    answer = command("compare", *runs, "chart", "scatter", "show", "params.lr,", "metrics.acc", "log")
    assert answer["kind"] == "figure" and answer["media_type"] == VEGA_LITE
    check(answer["specification"], answer["media_type"])
    assert answer["specification"]["encoding"]["x"]["scale"]["type"] == "log"
    assert [c["name"] for c in answer["table"]["columns"]] == ["name", "params.lr", "metrics.acc"]
    answer = command("compare", *runs, "chart", "parallel")
    assert answer["media_type"] == VEGA
    check(answer["specification"], answer["media_type"])
    answer = command("compare", *runs, "chart", "importance", "show", "metrics.acc")
    assert {row[0] for row in answer["table"]["rows"]} == {"params.lr", "params.opt", "params.depth", "params.`batch size`"}
