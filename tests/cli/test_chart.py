"""The verb chart: its answers, and how they say that they are to be drawn; the question behind a table."""
import pytest


def test_curves(podium, vision):
    answer = podium.json("chart", "metrics.acc", "--in", "vision", "--smooth", "0.6", "--log")
    assert answer["kind"] == "chart" and {s["label"] for s in answer["series"]} == {"a", "b", "c"}
    assert answer["draw"] == {"mark": "line", "names": ["metrics.acc"], "log": True, "smooth": 0.6}
    of = podium.json("chart", "metrics.loss", "of", vision["c"], "points", "40", "by", "time")
    assert of["x"] == "time" and len(of["series"][0]["points"]) <= 40


def test_bands_are_called_by_their_group(podium, vision):
    answer = podium.json("chart", "metrics.acc", "--in", "vision", "--band", "params.arch")
    assert sorted(s["label"] for s in answer["series"]) == ["params.arch=cnn", "params.arch=cnn", "params.arch=mlp"]
    assert answer["draw"]["band"] == "params.arch"


@pytest.mark.parametrize("words, columns", [
    (["metrics.acc", "metrics.acc.min", "kind", "bars"], ["metrics.acc", "metrics.acc.min"]),
    (["params.lr", "metrics.acc", "kind", "scatter", "group", "by", "params.arch"], ["params.lr", "metrics.acc", "params.arch"]),
    (["metrics.acc", "kind", "box"], ["metrics.acc"]),
    (["params.lr,metrics.acc", "kind", "parallel"], ["params.lr", "metrics.acc"]),
])
def test_single_values_are_a_table(podium, vision, words, columns):
    answer = podium.json("chart", *words, "in", "vision")
    assert answer["kind"] == "table" and answer["entity"] == "task" and len(answer["rows"]) == 3
    assert [c["name"] for c in answer["columns"]] == ["id", "name", *columns]
    assert answer["draw"]["mark"] == {"bars": "bar"}.get(words[words.index("kind") + 1], words[words.index("kind") + 1])


@pytest.mark.parametrize("words, place", [
    (["metrics.acc", "kind", "pie"], "pie"),
    (["metrics.acc", "kind", "scatter"], "metrics.acc"),
    (["metrics.acc", "smooth", "2"], "2"),
    (["metrics.acc", "kind", "bars", "smooth", "0.5"], "0.5"),
    (["metrics.acc", "in", "vision", "kind", "box", "group", "by", "nothing_of_that"], "nothing_of_that"),
])
def test_refusals_have_a_place(podium, vision, words, place):
    refused = podium.run("chart", *words, "--json").json
    assert refused["facts"]["line"][refused["position"]:].startswith(place)


def test_the_question_behind_a_table(podium, vision):
    answer = podium.json("tasks", "--in", "vision", "--where", "metrics.acc > :least", "--sort", "-metrics.acc", "--limit", "1", "--bind", "least=0.6")
    question = answer["question"]
    assert question["project"] == vision["project"] and question["scope"] == "project" and question["limit"] == 1
    assert question["order"] == ["metrics.acc desc"] and question["columns"] == [c["name"] for c in answer["columns"]]
    question.pop("limit")
    rows = podium.call("POST", "/api/v1/tasks/query", question)["rows"]
    assert [r[0] for r in rows] == [vision["b"], vision["a"]]
    assert "question" not in podium.json("tasks", "--in", "vision", "--group-by", "params.arch")
    assert podium.json("tasks", "--all")["question"]["archived"] == "both"
