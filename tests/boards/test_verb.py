"""The word `board`: what it shows, through the binary and through the API, held against what the routes say."""
import csv
import io
import json
import math
import time

import pytest

from conftest import close
from verb import by_lr


def assert_same(said, ranking, group=("params", "lr")):
    """A table, and the JSON of a ranking."""
    assert said.kind == "table" and len(said.rows) == len(ranking["rows"])
    for row, want in zip([dict(zip(said.columns, r)) for r in said.rows], ranking["rows"]):
        assert row["rank"] == want.get("rank") and row["candidate"] == want["candidate"]
        assert row[".".join(group)] == want["label"][group[0]][group[1]]
        for name, value in want["values"].items():
            assert close(row[name], value)
        assert close(row[f"{next(iter(want['values']))} ±"], next(iter(want["spread"].values())))
        assert row["n"] == want["tasks"]
        for name, value in want["columns"].items():
            assert close(row[name], value)
        assert row.get("not ranked because") == ("; ".join(want["reasons"]) if "reasons" in want else None)


# What is ranked.

def test_a_ranking_that_is_not_kept_is_that_of_the_route(api, say, vision):
    said = say(by_lr(vision, "least 3"))
    definition = {"primary": {"metric": "acc"}, "metrics": [{"metric": "loss", "direction": "min"}], "group_by": {"params": ["lr"]}, "least_tasks": 3}
    assert_same(said, api("POST", "boards/ranking", json={"project": vision.id, "definition": definition}))
    assert said.column("params.lr") == ["0.1", "0.2", "0.3"] and said.column("rank") == [1, 2, None]
    assert math.isclose(said.column("acc")[0], 0.92) and math.isclose(said.column("acc ±")[0], 0.02)
    assert "3 are asked for" in said.column("not ranked because")[2]
    assert api("GET", "boards", params={"project": vision.id})["boards"] == []


def test_words_of_a_ranking(say, vision):
    def first(line, column="params.lr"):
        said = say(f"board by {line} in {vision.name}")
        return said.column(column)[0]
    assert first("acc max group by params.lr") == "0.3"
    assert say(f"board by acc in {vision.name} min group by params.lr").column("params.lr")[0] == "0.2"  # as `best by ... min`
    assert first("metrics.acc min group by params.lr") == "0.2"
    assert first("acc max group by params.lr where params.lr < 0.3") == "0.1"
    assert first("acc max group by params.lr having metrics.acc <= 0.95") == "0.1"
    assert first("energy min group by params.lr") == "0.2"
    assert math.isclose(first("acc max group by params.lr fold median least 3", "acc"), 0.92)
    assert math.isclose(first("acc max group by params.lr fold worst least 3", "acc"), 0.9)
    assert math.isclose(first("metrics.acc.max max group by params.lr least 3", "acc.max"), 0.92)
    assert first("acc max group by tags.team", "tags.team") == "blue"
    assert first("acc max team tags.team", "team") == "blue"
    assert say(f"board by acc max in {vision.name} group by params").columns[1:3] == ["params.lr", "params.seed"]
    # Without groups each task stands for itself; the result names tasks for other commands.
    said = say(f"board by acc max in {vision.name} limit 2")
    assert said.answer["entity"] == "task" and said.column("id")[0] == vision.tasks[0.3, 0].id
    assert said.answer["truncated"] and said.answer["of"] == 7


def test_bounds_tell_who_does_not_qualify_and_why(say, vision):
    said = say(f"board by acc max, loss min in {vision.name} group by params.lr having metrics.loss <= 0.1 and metrics.acc >= 0.5")
    assert said.column("rank") == [1, 2, None] and "loss" in said.column("not ranked because")[2]


def test_columns(say, vision):
    said = say(f"board by acc max in {vision.name} group by params.lr columns energy energy total, energy relative mean, params.seed max")
    assert said.columns[5:9] == ["energy total", "energy mean", "energy mean %", "seed"]
    row = dict(zip(said.columns, said.rows[1]))
    assert (row["energy total"], row["energy mean"], row["seed"]) == (27.0, 9.0, 0.0)
    assert math.isclose(row["energy mean %"], 100.0)


def test_data_sets_that_must_be_covered(say, world, vision):
    for lr, sets in (("0.1", ("digits", "wine")), ("0.2", ("digits",))):
        for name in sets:
            vision.add(lr, 7, 0.5, 1.0, datasets=[(name, "d1", "test")])
    said = say(f"board by acc max in {vision.name} group by params.lr on digits, wine across mean role test")
    ranked = dict(zip(said.column("params.lr"), said.column("rank")))
    assert ranked == {"0.1": 1, "0.2": None, "0.3": None}
    assert "wine" in dict(zip(said.column("params.lr"), said.column("not ranked because")))["0.2"]
    world.label(next(d for d in world.datasets if d.name == "wine" and d.project == vision.id), "prod", "eu")
    said = say(f"board by acc max in {vision.name} group by params.lr cover prod=eu 1")
    assert dict(zip(said.column("params.lr"), said.column("rank"))) == {"0.1": 1, "0.2": None, "0.3": None}


def test_a_goal_says_what_is_better(api, say, vision):
    said = say(f"board by loss in {vision.name} group by params.lr")
    assert any("greatest" in n and "say 'max'" in n for n in said.notices)
    api("POST", f"projects/{vision.id}/goals", json={"metric": "loss", "direction": "min", "target": 0.1})
    said = say(f"board by loss in {vision.name} group by params.lr")
    assert said.column("params.lr")[0] == "0.3" and said.notices == ["By the project's goal the least is best."]
    goals = say(f"board goals in {vision.name}")
    assert goals.section("goals")[0]["met by"] == 4
    assert [step["name"] for step in goals.section("best")] == [vision.tasks[0.1, 0].name, vision.tasks[0.3, 0].name]


# Boards that are kept.

def test_a_board_by_name_id_and_link(api, say, vision, board):
    name, id_ = board
    ranking = api.ranking(id_)
    for line in (f"board '{name}'", f"board '{name}' in {vision.name}", f"board {id_}", f"board {api('GET', f'boards/{id_}')['link']}"):
        assert_same(say(line), ranking)
    assert say(f"board '{name}' limit 1").answer["truncated"]
    listed = say(f"board in {vision.name}")
    assert listed.column("name") == [name] and listed.column("id") == [id_] and listed.column("by") == ["max acc (mean)"]
    assert listed.column("group by") == ["params.lr"]
    assert name in say("board limit 1000").column("name")
    assert say("board in " + vision.name + "/").column("name") == [name]
    about = say(f"board '{name}' about")
    assert about.answer["fields"]["id"] == id_ and {r["member"] for r in about.section("definition")} >= {"primary", "group_by", "least_tasks"}


def test_what_differs_from_the_template(api, say, vision, board):
    definition = api("GET", f"boards/{board[1]}")["definition"]
    api("PUT", f"boards/templates/{vision.id}", json={"definition": {**definition, "least_tasks": 1}})
    rows = say(f"board '{board[0]}' about").section("not as in the template")
    assert [(r["member"], r["board"], r["template"]) for r in rows] == [("least_tasks", "3", "1")]


def test_nothing_is_kept_by_a_dry_run(api, say, vision):
    said = say(by_lr(vision, "save as kept"), dry_run=True)
    assert any("dry run" in n for n in said.notices) and len(said.rows) == 3
    assert api("GET", "boards", params={"project": vision.id})["boards"] == []


def test_a_board_is_replaced_only_when_asked(api, say, refused, vision, board):
    name, id_ = board
    same = say(by_lr(vision, f"least 3 columns energy energy relative save as '{name}'"))
    assert same.notices[-1] == "It is saved already, as it is."
    line = by_lr(vision, f"least 2 save as '{name}'")
    question = say(line)
    assert question.kind == "question" and question.answer["details"]["fields"]["name"] == name
    assert api("GET", f"boards/{id_}")["definition"]["least_tasks"] == 3
    assert refused(f"{line} yes 123456", 409)["code"] == "conflict"
    assert any("from now on" in n for n in say(f"{line} yes {question.answer['token']}").notices)
    now = api("GET", f"boards/{id_}")
    assert (now["definition"]["least_tasks"], now["revision"]) == (2, 2)


def test_a_board_is_erased_only_when_asked(api, say, run, vision, board):
    name, id_ = board
    question = say(f"board '{name}' delete")
    assert question.kind == "question" and api("GET", f"boards/{id_}")["name"] == name
    assert say(f"board '{name}' delete yes", dry_run=True).answer["fields"]["deleted"] is False
    assert run("board", name, "delete").returncode == 8  # nobody is there to answer
    ended = run("board", name, "delete", "--yes")
    assert ended.returncode == 0, ended.stderr
    api("GET", f"boards/{id_}", status=404)


# What is shown of a board.

def test_trust(api, say, vision, board):
    name, id_ = board
    want = api.trust(id_)["rows"]
    said = say(f"board '{name}' trust")
    for row, w in zip([dict(zip(said.columns, r)) for r in said.rows], want, strict=True):
        assert (row["rank"], row["params.lr"], row["n"], row["group"]) == (w["rank"], w["label"]["params"]["lr"], w["n"], w["letter"])
        assert (row["rank from"], row["rank to"]) == (w["rank_low"], w["rank_high"])
        for column, member in (("acc", "mean"), ("from", "low"), ("to", "high"), ("spread", "spread"), ("first", "first")):
            assert close(row[column], w[member])
    assert "At 95 % the first is better than all others." in said.notices
    vision.add("0.25", 0, 0.94, 1.0), vision.add("0.25", 1, 0.88, 1.0), vision.add("0.25", 2, 0.93, 1.0)
    assert any("the first 2 cannot be told apart" in n for n in say(f"board '{name}' trust").notices)


def test_the_front(api, say, board):
    name, id_ = board
    want = api("GET", f"boards/{id_}/pareto", params={"x": "acc", "y": "energy"})
    said = say(f"board '{name}' pareto acc energy")
    assert said.column("candidate") == [r["candidate"] for r in want["rows"]]
    assert said.column("front") == [1, 1] and said.column("knee") == [r["knee"] for r in want["rows"]]
    assert said.column("acc") == [r["point"]["acc"] for r in want["rows"]]
    assert len(say(f"board '{name}' pareto acc, loss, energy").rows) == 2


def test_a_candidate_with_its_tasks(say, refused, vision, board):
    name, _ = board
    id_ = say(f"board '{name}'").column("candidate")[0]
    for word in ("1", "lr=0.1", id_, id_[:8]):
        said = say(f"board '{name}' candidate {word}")
        assert said.answer["fields"]["candidate"] == id_
        assert {r["id"] for r in said.section("tasks")} == {vision.tasks[0.1, s].id for s in range(3)}
        assert {r["name"] for r in said.section("parameters") if r["differs"]} == {"params.seed", "tags.team"}
    said = say(f"board '{name}' candidate lr=0.3")
    assert said.answer["fields"]["rank"] is None and "3 are asked for" in said.answer["fields"]["not ranked because"]
    assert "2 candidates are ranked" in refused(f"board '{name}' candidate 7", 404)["detail"]
    wrong = refused(f"board '{name}' candidate lr=0.4", 404)
    assert wrong["facts"]["nearest"].startswith("lr=0.") and wrong["facts"]["line"][wrong["position"]:] == "lr=0.4"


def awaits(what, is_so, seconds=60):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, f"{what}: not in {seconds} s"
        time.sleep(0.02)


def test_the_past(api, say, world, vision, board):
    name, id_ = board
    awaits("the tasks that were there are in the history", lambda: say(f"board '{name}' history limit 1000").column("what").count("was there") == 7)
    before = world.moment()
    for seed in range(3):
        vision.add("0.05", seed, 0.97, 1.0)
    world.archive(vision.tasks[2e-1, 0])
    world.delete(vision.tasks[2e-1, 0])
    said = say(f"board '{name}' changes since {before}")
    changes = {r["params.lr"]: r for r in (dict(zip(said.columns, row)) for row in said.rows)}
    assert changes["0.05"]["change"] == "new" and changes["0.05"]["rank now"] == 1 and changes["0.05"]["rank then"] is None
    assert (changes["0.1"]["rank then"], changes["0.1"]["rank now"]) == (1, 2)
    assert changes["0.2"]["rank then"] == 2 and changes["0.2"]["rank now"] is None
    assert_same(say(f"board '{name}' at {before}"), api.ranking(id_, at=before))
    assert say(f"board '{name}' at {before}").column("params.lr") == ["0.1", "0.2", "0.3"]
    long_ago = say(f"board '{name}' changes since 2001-01-01")
    assert set(long_ago.column("change")) == {"new"} and any("worked out from the tasks" in n for n in long_ago.notices)
    assert say(f"board '{name}' changes").columns == said.columns

    def told():
        return say(f"board '{name}' history limit 1000")
    awaits("a task has left in the history", lambda: {"entered", "left", "was there", "defined"} <= set(told().column("what")))
    left = [dict(zip(told().columns, r)) for r in told().rows if r[told().columns.index("what")] == "left"]
    assert [r["task"] for r in left] == [vision.tasks[2e-1, 0].id]
    assert told().column("what").count("was there") == 7
    some = say(f"board '{name}' history limit 3")
    more = say(f"board '{name}' history limit 1000 cursor {some.answer['cursor']}")
    assert some.rows + more.rows == told().rows
    ranks = say(f"board '{name}' ranks since {before}")
    assert {"0.05", "0.1", "0.2"} <= set(ranks.column("params.lr"))
    last = {lr: rank for lr, rank in zip(ranks.column("params.lr"), ranks.column("rank"))}
    assert last == {"0.05": 1, "0.1": 2, "0.2": None}


def test_the_past_of_a_board_that_was_another_then(say, world, vision, board):
    name, _ = board
    awaits("it is kept", lambda: "was there" in say(f"board '{name}' history").column("what"))
    before = world.moment()
    said = say(f"board by energy min in {vision.name} team tags.team save as '{name}' yes")
    assert "team" in said.columns
    awaits("the other definition is kept", lambda: say(f"board '{name}' history").column("what").count("defined") == 2)
    then = say(f"board '{name}' at {before}")
    assert then.column("params.lr") == ["0.1", "0.2", "0.3"] and "acc ±" in then.columns
    assert say(f"board '{name}' trust at {before}").column("params.lr") == ["0.1", "0.2"]
    assert len(say(f"board '{name}' pareto acc energy at {before}").column("params.lr")) == 2
    assert say(f"board '{name}' candidate lr=0.1 at {before}").answer["fields"]["rank"] == 1
    changes = say(f"board '{name}' changes since {before}")
    assert set(changes.column("label")) == {"red", "blue", "lr=0.1", "lr=0.2", "lr=0.3"}
    assert "The board had another definition then." in changes.notices


def test_what_is_not_kept_has_a_past_that_is_worked_out(say, world, vision):
    before = world.moment()
    said = say(by_lr(vision, f"at {before}"))
    assert len(said.rows) == 3 and any("worked out from the tasks" in n for n in said.notices)
    assert any("worked out from the tasks" in n for n in say(by_lr(vision, "ranks")).notices)


@pytest.mark.parametrize("view, title", [("", "acc"), ("trust", "rank"), ("pareto acc energy", "acc"), ("ranks", "rank")])
def test_charts(say, board, view, title):
    said = say(f"board '{board[0]}' {view} chart")
    assert said.kind == "figure" and said.answer["title"] == board[0]
    spec = said.answer["specification"]
    assert spec["$schema"].endswith("vega-lite/v5.json") and title in json.dumps(spec)
    assert spec["data"]["values"] and {v["f"] for v in spec["data"]["values"] if "f" in v} <= {"lr=0.1", "lr=0.2"}
    assert said.rows and {row[said.columns.index("name")] for row in said.rows} == {"lr=0.1", "lr=0.2"}


def test_as_data(run, api, board):
    ended = run("board", board[0], "--csv")
    assert ended.returncode == 0, ended.stderr
    rows = list(csv.DictReader(io.StringIO(ended.stdout)))
    assert [r["params.lr"] for r in rows] == ["0.1", "0.2", "0.3"] and rows[0]["rank"] == "1" and rows[2]["rank"] == ""
    assert json.loads(run("board", board[0], "--json").stdout)["rows"][0][0] == 1
    assert [json.loads(line)["n"] for line in run("board", board[0], "--jsonl").stdout.splitlines()] == [3, 3, 1]


def test_all_of_it_as_a_file(api, run, board, tmp_path):
    name, id_ = board
    want = api.raw("GET", f"boards/{id_}/export").text
    assert run("board", name, "export", "csv").stdout.replace("\r\n", "\n") == want.replace("\r\n", "\n") and "0.1" in want
    file = tmp_path / "board.json"
    assert run("board", name, "export", "json", "at", "2001-01-01", "--out", file).returncode == 0
    assert json.loads(file.read_text())["rebuilt"] is True


def test_as_options_of_a_shell(run, api, vision):
    ended = run("board", "--by", "acc max, loss min", "--in", vision.name, "--group-by", "params.lr", "--least", "3", "--save-as", "by options", "--json")
    assert ended.returncode == 0, ended.stderr
    assert [r[1] for r in json.loads(ended.stdout)["rows"]] == ["0.1", "0.2", "0.3"]
    ended = run("board", "by", "acc", "max,", "loss", "min", "in", vision.name, "group", "by", "params.lr", "save", "as", "by words", "--json")
    assert ended.returncode == 0, ended.stderr
    assert {b["name"] for b in api("GET", "boards", params={"project": vision.id})["boards"]} == {"by options", "by words"}
    assert json.loads(run("board", "by words", "in", vision.name, "at", "2001-01-01", "--json").stdout)["rows"] == []
    assert len(json.loads(run("board", "by words", "in", vision.name, "at", "-1h", "--json").stdout)["rows"]) == 3
