"""Answers that are figures, on the command line: a table to read, a specification to draw."""
import csv
import io
import json

HOSTILE = "</script><img src=x>\x1b[31m"


def test_the_table_is_drawn(podium):
    drawn = podium.ok("sketch", "waves").out.splitlines()
    assert drawn[0] == "waves drawn" and drawn[1].split() == ["what", "height"] and drawn[-1].split() == ["waves", "2"]


def test_what_was_written_is_safe_for_a_terminal(podium):
    drawn = podium.ok("sketch", HOSTILE).out
    assert "\x1b" not in drawn and "\\x1b[31m" in drawn


def test_the_specification_is_written(podium, tmp_path):
    file = tmp_path / "waves.json"
    for words, schema in (([], "vega-lite"), (["--vega"], "vega")):
        assert podium.ok("sketch", "waves", *words, "--out", file).out == ""
        assert f"/schema/{schema}/v5.json" in json.loads(file.read_text())["$schema"]
    assert len(json.loads(file.read_text())["data"][0]["values"]) == 3


def test_no_picture_of_it(podium, tmp_path):
    for ending in ("svg", "png"):
        refused = podium.run("sketch", "waves", "--out", tmp_path / f"waves.{ending}")
        assert refused.code == 2 and ".json" in refused.err


def test_as_data(podium, tmp_path):
    answer = podium.json("sketch", "waves", "--limit", "2")
    assert answer["kind"] == "figure" and answer["title"] == "waves drawn" and answer["specification"]["mark"] == "bar"
    assert list(csv.reader(io.StringIO(podium.ok("sketch", "waves", "--csv", "--limit", "2").out))) == \
        [["what", "height"], ["waves", "0"], ["waves", "1"]]
    rows = [json.loads(line) for line in podium.ok("sketch", "waves", "--jsonl").out.splitlines()]
    assert rows[2] == {"what": "waves", "height": 2}


def test_a_budget_leaves_the_picture_out(podium, tmp_path):
    answer = podium.json("sketch", "waves", "--limit", "200", "--budget", "500")
    assert answer["specification"] is None and answer["table"]["truncated"] and answer["table"]["of"] == 200
    ended = podium.ok("sketch", "waves", "--limit", "200", "--budget", "500")
    assert " of 200 rows" in ended.err
    assert podium.run("sketch", "waves", "--limit", "200", "--budget", "500", "--out", tmp_path / "x.json").code == 2
