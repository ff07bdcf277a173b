"""The word `board` as it is typed: what is refused, with a sentence and its place; what helps who types."""
import json
import random

import pytest

from verb import by_lr, counter, valid

HOSTILE = "</script><img src=x>'\"`$\u202e\x1b[31m"

# What is refused.

WRONG = [
    ("by acc group by params.lr", "say 'in PROJECT'", "acc"),
    ("by ac max in {p}", "did you mean 'acc'?", "ac max"),
    ("by metrics.ac max in {p}", "did you mean 'acc'?", "metrics.ac max"),
    ("by nothing_like_it in {p}", "no task of the project has this metric", "nothing_like_it"),
    ("by acc max min in {p}", "not both", "min in"),
    ("by acc, acc in {p}", "twice", "acc in"),
    ("by acc in {p} group by lr", "'lr'", "lr"),
    ("by acc in {p} group by params.lr min", "by acc min", "min"),
    ("by acc in {p} group by name", "params.lr", "name"),
    ("by acc in {p} group by params.lr fold average", "mean, median", "average"),
    ("by acc in {p} group by params.lr team user", "not both", "user"),
    ("by acc in {p} team name", "tags.team", "name"),
    ("by acc in {p} least 3", "say 'group by'", None),
    ("by acc in {p} group by params.lr where stat = 'x'", "did you mean 'state'?", "stat = 'x'"),
    ("by acc in {p} group by params.lr having metrics.acc > 0.5", "included", "metrics.acc > 0.5"),
    ("by acc in {p} group by params.lr having metrics.loss <= 0.5", "stand in 'by'", "metrics.loss <= 0.5"),
    ("by acc in {p} group by params.lr across mean", "'on' or 'cover'", "mean"),
    ("by acc in {p} group by params.lr on nosuch", "no data set", "nosuch"),
    ("by acc in {p} columns params.seed best total", "twice", "total"),
    ("by acc in {p} ties nobody", "cheaper", "nobody"),
    ("by acc in {p} export csv", "save as NAME", None),
    ("by acc in {p} to x.csv", "goes with 'export'", "x.csv"),
    ("by acc in {p} history", "save as NAME", None),
    ("by acc in {p} pareto acc", "two or three", "acc"),
    ("by acc, loss in {p} pareto acc los", "did you mean 'loss'?", "los"),
    ("by acc, loss in {p} pareto acc acc", "twice", "acc"),
    ("by acc, loss in {p} columns energy pareto acc loss energy chart", "two axes", "energy chart"),
    ("by acc in {p} since -1d", "goes with 'changes'", "-1d"),
    ("by acc in {p} at never", "2026-11-24", "never"),
    ("by acc in {p} trust ranks", "one of 'trust' and 'ranks'", None),
    ("by acc in {p} candidate 1 chart", "not with 'candidate'", None),
    ("by acc in {p} limit 0", "1 to 1000", "0"),
    ("by acc in {p} save as x trust", "leave out", None),
    ("by acc in {p} yes", "goes with 'delete' and 'save as'", None),
    ("name by acc in {p}", "not both", "name by"),
    ("trust in {p}", "is of a board", None),
    ("group by params.lr in {p}", "say with 'by'", None),
    ("in {p} at -1d", "goes with", "-1d"),
    ("goals", "board goals in PROJECT", None),
]


@pytest.mark.parametrize("line, sentence, place", WRONG)
def test_refusals_are_sentences_with_their_place(refused, vision, line, sentence, place):
    line = "board " + line.format(p=vision.name)
    problem = refused(line)
    assert sentence in problem["detail"], problem
    if place is not None:
        assert line[problem["position"]:].startswith(place), problem
        assert problem["facts"]["line"] == line


def test_what_is_refused_of_boards_that_are_kept(api, refused, vision, board):
    name = board[0]
    wrong = refused(f"board '{name}' where params.lr < 1")
    assert "goes with 'by'" in wrong["detail"]
    line = f"board '{name[:-1]}x' trust in {vision.name}"
    wrong = refused(line, 404)
    assert wrong["facts"]["nearest"] == name and wrong["facts"]["corrected"] == f"board '{name}' trust in {vision.name}"
    assert wrong["position"] == 6
    assert "csv or json" in refused(f"board '{name}' export xml")["detail"]
    assert "without a folder" in refused(f"board '{name}' export csv to ../x.csv")["detail"]
    assert "'board' lists" in refused("board 'nothing at all like that'", 404)["detail"]
    api.board(vision.id, {"primary": {"metric": "acc"}}, name="twice")
    other = api.project(f"other{next(counter)}")
    api.board(other, {"primary": {"metric": "acc"}}, name="twice")
    assert "say which project" in refused("board twice")["detail"]
    assert refused(f"board twice in {vision.name}x", 404)["facts"]["nearest"] == vision.name


def test_names_of_others_stand_in_no_sentence(api, say, run, vision):
    name = HOSTILE.replace("'", "''")
    said = say(by_lr(vision, f"save as '{name}'"))
    assert all("script" not in n for n in said.notices)
    question = say(f"board '{name}' delete in {vision.name}")
    assert "script" not in question.answer["text"] and question.answer["details"]["fields"]["name"] == HOSTILE
    drawn = say(f"board '{name}' in {vision.name} chart").answer["specification"]
    assert "title" in drawn and "</script" not in json.dumps({k: v for k, v in drawn.items() if k != "title"})
    out = run("board", "in", vision.name).stdout
    assert "\x1b" not in out and "script" in out


# What helps who types.

def complete(api, line):
    found = api("POST", "commands/complete", json={"line": line, "cursor": len(line.encode())})
    return [m["text"] for m in found["matches"]]


def test_completion(api, vision, board):
    name = board[0]
    assert f"'{name}'" in complete(api, "board ") and f"'{name}'" in complete(api, "board which")
    assert {"trust", "pareto", "ranks", "changes", "group by", "save as"} <= set(complete(api, f"board '{name}' "))
    assert any("acc" in m for m in complete(api, "board by "))
    assert vision.name in complete(api, "board in vis")
    assert {"acc", "loss", "energy"} <= set(complete(api, f"board '{name}' pareto "))
    assert "lr=0.1" in complete(api, f"board '{name}' candidate lr")
    assert "params.lr" in complete(api, f"board by acc in {vision.name} group by params")
    assert complete(api, "board by acc fold m") == ["mean", "median", "min", "max"] or set(complete(api, "board by acc fold m")) == {"mean", "median", "min", "max"}


def test_inspection(api, board):
    line = f"board '{board[0]}'"
    found = api("POST", "commands/inspect", json={"line": line, "cursor": 10})
    assert found["found"] and "max acc (mean)" in found["text"] and "candidates" in found["text"]
    assert api("POST", "commands/inspect", json={"line": f"{line} trust", "cursor": len(line) + 3})["found"]


def test_the_examples_of_the_help_work(api, say, world):
    project = world.project("vision")
    for lr, acc in (("0.1", 0.9), ("0.2", 0.8)):
        for seed in range(3):
            world.run(project, {"acc": acc + seed / 100, "loss": 1 - acc, "energy": 10 * acc}, params={"lr": lr, "seed": seed})
    api.board(project, {"primary": {"metric": "acc"}, "group_by": {"params": ["lr"]}}, name="which depth")
    verb, = [v for v in api("GET", "commands")["verbs"] if v["verb"] == "board"]
    lines = [e["line"] for e in verb["examples"]]
    assert len(lines) > 5
    for line in lines:
        if "which lr'" in line and "save" not in line and not api("GET", f"boards/{saved}")["definition"]["columns"]:
            # One that can be asked for its energy.
            definition = api("GET", f"boards/{saved}")["definition"]
            api("PATCH", f"boards/{saved}", json={"definition": {**definition, "columns": [{"name": "energy", "from": {"metric": "energy"}}]}})
        said = say(line)
        assert said.rows or said.kind == "details" or "changes" in line or " at " in line or said.kind == "file", line
        if "save as" in line:
            saved = next(b["id"] for b in api("GET", "boards", params={"project": project})["boards"] if b["name"] == "which lr")


WORDS = ["in", "by", "acc", "loss", "max", "min", ",", "group by", "params.lr", "params", "tags.team", "team", "user", "where", "params.lr < 1", "fold",
         "median", "least", "2", "having", "metrics.acc >= 0.5", "on", "digits", "cover", "prod=eu", "across", "mean", "columns", "energy", "relative",
         "ties", "cheaper", "compatible", "trust", "pareto", "ranks", "candidate", "1", "lr=0.1", "changes", "history", "about", "goals", "chart", "at",
         "since", "-1d", "2026-11-24", "limit 3", "metrics.acc", "'", "(", "save as", "x", "role", "at -1d", "changes since -1d", "pareto acc loss",
         "candidate 1", "least 2", "fold median", "columns energy energy"]


def test_whatever_is_typed_is_answered_or_refused_with_a_sentence(api, vision, board):
    """Nothing breaks the verb: words in any order."""
    some = random.Random(7)
    answered = 0
    for _ in range(600):
        words = some.choices(WORDS, k=some.randint(1, 4))
        head = some.choice([f"board '{board[0]}' in {vision.name}", f"board by acc max, loss min in {vision.name} group by params.lr", "board"])
        line = " ".join([head, *words])
        answer = api.raw("POST", "commands", json={"line": line, "dry_run": True})
        assert answer.status_code in (200, 400, 404, 409), (line, answer.text)
        if answer.status_code == 200:
            valid(answer.json())
            answered += 1
        else:
            assert len(answer.json()["detail"]) > 10, line
    assert answered > 20
