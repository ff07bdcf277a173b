"""Figures that the MLflow client logged, laid over each other by ClearML's rules."""
import base64
import json

import numpy
import plotly.express as px
import plotly.graph_objects as go
import pytest


@pytest.fixture
def runs(mlflow, experiment):
    """Three runs; the second has no `confusion`, the last two the same name."""
    ids = []
    for i in range(3):
        with mlflow.start_run(run_name="first" if i == 0 else "twin") as run:
            curve = go.Figure(go.Scatter(x=numpy.arange(5.0), y=numpy.arange(5.0) * (i + 1), name="roc </script>"))
            curve.update_layout(title="ROC")
            mlflow.log_figure(curve, "plots/roc.html")
            for step in (2, 10):
                mlflow.log_figure(go.Figure(go.Bar(x=["a", "b"], y=[i, step])), f"bars/step_{step}.html")
            mlflow.log_dict(json.loads(px.histogram(x=[1, 2, 2, 3, i]).to_json()), "hist.json")
            mlflow.log_dict({"data": [{"type": "box", "y": [i, float("nan"), 3]}], "layout": {}}, "box.json")
            if i != 1:
                mlflow.log_figure(go.Figure(go.Heatmap(z=[[i, 1], [2, 3]])), "confusion.html")
            mlflow.log_dict({"some": "settings"}, "settings.json")
            mlflow.log_text("<html><body>no plot</body></html>", "report.html")
            mlflow.log_text("{", "broken.json")
        ids.append(run.info.run_id)
    return ids


def figure_of(api, runs, plot):
    (figure,) = api.compare("plots", tasks=runs, plots=[plot])["figures"]
    assert figure["plot"] == plot
    return figure


def numbers(values):
    """Plotly packs arrays of numpy."""
    if isinstance(values, dict):
        return numpy.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    return values


def valid(figure):
    """Plotly itself checks every member of it."""
    go.Figure(json.loads(json.dumps(figure)))
    return figure


def test_the_list(api, runs):
    answer = api.compare("plots", tasks=runs)
    assert {p["plot"] for p in answer["plots"]} == {"plots/roc.html", "bars/step_*.html", "hist.json", "box.json", "confusion.html"}
    assert all(p["checked"] for p in answer["plots"]) and answer["unread"] == [] and not answer["truncated"]
    files = {p["plot"]: p["files"] for p in answer["plots"]}
    assert [f and f["path"] for f in files["confusion.html"]] == ["confusion.html", None, "confusion.html"]
    assert [f["iteration"] for f in files["bars/step_*.html"]] == [10, 10, 10]
    assert "figures" not in answer


def test_a_curve_is_laid_over_others(api, runs):
    answer = api.compare("plots", tasks=runs, plots=["plots/roc.html"])
    (figure,) = answer["figures"]
    assert figure["overlaid"] and figure["missing"] == [] and figure["errors"] == []
    traces = valid(figure["figure"])["data"]
    labels = [t["label"] for t in answer["tasks"]]
    assert labels[0] == "first" and labels[1] != labels[2] and labels[1].startswith("twin")
    assert labels[1].endswith(runs[1][-6:])
    assert [t["name"] for t in traces] == labels
    assert [t["line"]["color"] for t in traces] == [t["color"] for t in answer["tasks"]]
    assert figure["figure"]["layout"]["title"]["text"] == "ROC"
    # Numbers come through as they were, packed or not.
    assert [numbers(t["y"]) for t in traces] == [[0, 1, 2, 3, 4], [0, 2, 4, 6, 8], [0, 3, 6, 9, 12]]


def test_the_newest_iteration(api, runs):
    bars = figure_of(api, runs, "bars/step_*.html")
    assert [t["y"] for t in valid(bars["figure"])["data"]] == [[0, 10], [1, 10], [2, 10]]
    assert bars["figure"]["layout"]["barmode"] == "group"
    assert len({t["offsetgroup"] for t in bars["figure"]["data"]}) == 3


def test_histograms_and_boxes(api, runs):
    histogram = valid(figure_of(api, runs, "hist.json")["figure"])
    assert histogram["layout"]["barmode"] == "overlay" and {t["bingroup"] for t in histogram["data"]} == {"podium"}
    boxes = valid(figure_of(api, runs, "box.json")["figure"])
    assert [t["y"] for t in boxes["data"]] == [[0, None, 3], [1, None, 3], [2, None, 3]]  # Python wrote NaN


def test_others_stand_side_by_side(api, runs):
    figure = figure_of(api, runs, "confusion.html")
    assert not figure["overlaid"] and figure["why"] == "traces of the type 'heatmap' cannot be laid over each other"
    assert [a["task"] for a in figure["apart"]] == [0, 1, 2] and figure["missing"] == [1]
    assert figure["apart"][1]["figure"] is None and valid(figure["apart"][2]["figure"])["data"][0]["type"] == "heatmap"


def test_a_task_without_the_plot_is_in_the_legend(api, mlflow, runs):
    with mlflow.start_run(run_name="empty") as run:
        pass
    figure = figure_of(api, [run.info.run_id, *runs], "plots/roc.html")
    assert figure["missing"] == [0]
    first = valid(figure["figure"])["data"][0]
    assert (first["name"], first["visible"], first["type"]) == ("empty", "legendonly", "scatter")


def test_files_that_cannot_be_read_are_told(api, mlflow, experiment):
    ids = []
    for text in ('{"data": [{"y": [1]}]}', '{"data": [{"y": [1]}', '{"data": 5}', '{"data":' + "[" * 100 + "]" * 100 + "}"):
        with mlflow.start_run() as run:
            mlflow.log_text(text, "p.json")
        ids.append(run.info.run_id)
    figure = figure_of(api, ids, "p.json")
    assert [(e["task"], e["error"]) for e in figure["errors"]] == [
        (1, "it is not JSON"), (2, "it is not a figure of Plotly: an object with an array 'data'"), (3, "its JSON is nested too deeply")]
    assert figure["overlaid"] and len(figure["figure"]["data"]) == 4


def test_a_page_with_all_of_plotly_in_it(api, mlflow, experiment, tmp_path):
    page = tmp_path / "whole.html"
    go.Figure(go.Scatter(y=[4, 5])).write_html(page, include_plotlyjs=True)
    assert page.stat().st_size > 1_000_000
    with mlflow.start_run() as run:
        mlflow.log_artifact(str(page), "pages")
    figure = figure_of(api, [run.info.run_id], "pages/whole.html")
    assert figure["errors"] == [] and valid(figure["figure"])["data"][0]["type"] == "scatter"


def test_refused(api, runs):
    answer = api.compare("plots", 404, tasks=runs, plots=["hist.json", "none.json"])
    assert answer["field"] == "plots[1]" and answer["detail"] == "no task has a plot 'none.json'"
    assert api.compare("plots", 400, tasks=runs, plots="hist.json")["field"] == "plots"
    assert api.compare("plots", 400, tasks=runs, plots=["a"] * 21)["field"] == "plots"
    assert api.compare("plots", 404, tasks=runs, plots=["../secret.json"])["field"] == "plots[0]"


def test_too_large_together(api, mlflow, experiment):
    """Of two figures of 13 MiB one fits."""
    text = json.dumps({"data": [{"y": [1]}], "layout": {"title": {"text": "x" * (13 << 20)}}})
    ids = []
    for _ in range(2):
        with mlflow.start_run() as run:
            mlflow.log_text(text, "p.json")
        ids.append(run.info.run_id)
    figure = figure_of(api, ids, "p.json")
    assert [(e["task"], e["error"]) for e in figure["errors"]] == [(1, "the figures before it were too large together")]
    assert len(figure["figure"]["data"]) == 2


def test_too_large_a_file(api, mlflow, experiment, podium):
    with mlflow.start_run() as run:
        mlflow.log_text('{"data": [{"y": [1]}], "layout": {}}' + " " * (16 << 20), "large.json")
    (listed,) = api.compare("plots", tasks=[run.info.run_id])["plots"]
    assert not listed["checked"]
    figure = figure_of(api, [run.info.run_id], "large.json")
    assert figure["errors"] == [{"task": 0, "path": "large.json", "error": "it is larger than 16 MiB"}]
