"""Every verb, as a script asks it."""
import csv
import io
import json

import pytest
from schema import Invalid, validate


def rows(answer):
    """Rows of a table as dictionaries."""
    names = [c["name"] for c in answer["columns"]]
    return [dict(zip(names, row)) for row in answer["rows"]]


def test_projects(podium, vision):
    found = {r["name"]: r for r in rows(podium.json("projects"))}
    assert found["vision"]["tasks"] == 3 and found["vision"]["running"] == 0
    assert [r["name"] for r in rows(podium.json("projects", "--where", "name like 'vis%'", "--show", "name"))] == ["vision"]


def test_tasks_by_clauses_and_by_flags(podium, vision):
    typed = podium.json("tasks", "in", "vision", "where", "metrics.acc", ">", "0.6", "sort", "metrics.acc", "desc", "show", "name,metrics.acc")
    flags = podium.json("tasks", "--in", "vision", "--where", "metrics.acc > 0.6", "--sort", "-metrics.acc", "--show", "name,metrics.acc")
    assert typed["rows"] == flags["rows"] == [["b", 0.95], ["a", 0.9]]
    assert typed["entity"] == "task" and typed["of"] == 2 and not typed["truncated"]


def test_mentioned_keys_are_shown(podium, vision):
    found = rows(podium.json("tasks", "--in", "vision", "--where", "params.lr = 0.1", "--sort", "metrics.acc desc"))
    assert [(r["name"], r["params.lr"], r["metrics.acc"]) for r in found] == [("a", "0.1", 0.9), ("c", "0.1", 0.5)]


def test_values_are_bound(podium, vision):
    found = podium.json("tasks", "--in", "vision", "--where", "name = :n and metrics.acc > :least", "--show", "name", "--bind", "n=a",
                        "--bind", "least=0.5")
    assert found["rows"] == [["a"]]


def test_pages(podium, vision):
    first = podium.json("tasks", "--in", "vision", "--sort", "name", "--show", "name", "--limit", "2")
    assert first["rows"] == [["a"], ["b"]] and first["truncated"] and first["of"] == 3
    second = podium.json("tasks", "--in", "vision", "--sort", "name", "--show", "name", "--limit", "2", "--cursor", first["cursor"])
    assert second["rows"] == [["c"]] and second["cursor"] is None


def test_budget_leaves_out_and_says_so(podium, vision):
    answer = podium.json("tasks", "--in", "vision", "--sort", "name", "--show", "id,name", "--budget", "50")
    assert answer["truncated"] and answer["of"] == 3 and len(answer["rows"]) == 1
    rest = podium.json("tasks", "--in", "vision", "--sort", "name", "--show", "name", "--cursor", answer["cursor"])
    assert rest["rows"] == [["b"], ["c"]]


def test_groups(podium, vision):
    answer = podium.json("tasks", "--in", "vision", "--group-by", "params.arch", "--show",
                         "count,min(metrics.acc),max(metrics.acc),mean(metrics.acc)", "--sort", "count desc")
    assert answer["rows"][0][:4] == ["cnn", 2, 0.9, 0.95] and answer["rows"][0][4] == pytest.approx(0.925)
    assert answer["rows"][1] == ["mlp", 1, 0.5, 0.5, 0.5]


def test_archived_tasks_are_asked_for(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "attic"})["id"]
    task = podium.task(project, "old", "completed")
    podium.call("POST", f"/api/v1/tasks/{task}/archive")
    assert podium.json("tasks", "--in", "attic")["rows"] == []
    assert len(podium.json("tasks", "--in", "attic", "--all")["rows"]) == 1
    assert len(podium.json("tasks", "--in", "attic", "--where", "archived")["rows"]) == 1


def test_show(podium, vision):
    answer = podium.json("show", vision["c"])
    assert answer["fields"]["name"] == "c" and answer["fields"]["project"] == "vision" and answer["fields"]["state"] == "failed"
    assert answer["types"]["started"] == "time"
    assert answer["sections"]["params"]["rows"] == [["arch", "mlp"], ["lr", "0.1"]]
    assert {r[0]: r[6] for r in answer["sections"]["metrics"]["rows"]} == {"acc": 1, "loss": 3000}


def test_a_task_by_the_beginning_of_its_id_or_by_name(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "names"})["id"]
    task = podium.task(project, "the only one so called")
    assert podium.json("show", task[:-1])["fields"]["id"] == task
    assert podium.json("show", "the only one so called")["fields"]["id"] == task


def test_diff_shows_what_differs(podium, vision):
    answer = podium.json("diff", vision["a"], vision["b"])
    assert [c["name"] for c in answer["columns"]][2:] == [vision["a"], vision["b"]]
    assert [c["title"] for c in answer["columns"][2:]] == ["a", "b"]
    assert {r[0]: r[2:] for r in answer["rows"]} == {"params.lr": ["0.1", "0.2"], "metrics.acc": [0.9, 0.95]}
    whole = {r[0] for r in podium.json("diff", f"{vision['a']},{vision['b']}", "--all")["rows"]}
    assert {"params.arch", "tags.team", "state"} <= whole


def test_best(podium, vision):
    answer = podium.json("best", "in", "vision", "by", "metrics.acc")
    assert [r["name"] for r in rows(answer)] == ["b", "a", "c"] and answer["notices"]
    least = podium.json("best", "in", "vision", "by", "metrics.acc", "min", "limit", "1")
    assert [r["name"] for r in rows(least)] == ["c"] and least["notices"] == [] and least["of"] == 3


def test_series_keeps_extremes(podium, vision):
    answer = podium.json("series", "metrics.loss", "--of", vision["c"], "--points", "100")
    (series,) = answer["series"]
    assert series["of"] == 3000 and series["truncated"] and len(series["points"]) <= 100
    values = [p[2] for p in series["points"]]
    assert min(values) == 0 and max(values) == 6 and len(series["sparkline"]) == 60
    assert {s["metric"] for s in podium.json("series", "--of", vision["c"])["series"]} == {"acc", "loss"}
    spark = podium.ok("series", "metrics.acc", "--of", vision["a"]).out
    assert "▁" in spark and "█" in spark


def test_series_as_pictures(podium, vision, tmp_path):
    for ending, begins in (("svg", b"<svg "), ("png", b"\x89PNG\r\n\x1a\n")):
        file = tmp_path / f"acc.{ending}"
        podium.ok("series", "metrics.acc", "--of", f"{vision['a']},{vision['b']}", "--out", file)
        assert file.read_bytes().startswith(begins)


def test_artifacts(podium, vision):
    assert podium.json("artifacts", vision["a"])["kind"] == "table"
    assert podium.run("artifacts", vision["a"], "nothing").code == 3


def test_models_and_datasets(podium, vision):
    for verb in ("models", "datasets"):
        assert podium.json(verb, "--in", "vision")["rows"] == []


def test_tag_and_untag(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "tags"})["id"]
    one, two = podium.task(project, "one"), podium.task(project, "two")
    dry = podium.json("tag", f"{one},{two}", "team=cv", "reviewed", "--dry-run")["fields"]
    assert dry["succeeded"] == 2 and dry["dry_run"] and dry["run"] is None
    assert podium.json("tasks", "--where", "tags any ('reviewed')", "--in", "tags")["rows"] == []
    assert podium.json("tag", f"{one},{two}", "team=cv", "reviewed")["fields"]["undoable"]
    again = podium.json("tag", one, "team=cv")
    assert not again["fields"]["undoable"] and again["sections"]["tasks"]["rows"][0][2] == "it is tagged so already"
    assert len(podium.json("tasks", "--where", "tags all ('reviewed', 'team')", "--in", "tags")["rows"]) == 2
    assert podium.json("untag", two, "reviewed")["fields"]["succeeded"] == 1
    assert len(podium.json("tasks", "--where", "tags any ('reviewed')", "--in", "tags")["rows"]) == 1


def test_notes(podium, vision):
    written = podium.json("note", vision["a"], "--text", "the rate is too high", "--kind", "hypothesis")
    assert written["fields"]["kind"] == "hypothesis"
    (found,) = rows(podium.json("note", vision["a"]))
    assert found["id"] == written["fields"]["id"] and found["text"] == "the rate is too high" and found["task"] == vision["a"]
    assert len(podium.json("note", "--in", "vision", "--where", "text ilike '%RATE%'")["rows"]) == 1
    assert podium.json("note", "--in", "vision", "--kind", "verdict")["rows"] == []


def test_view(podium, vision):
    podium.call("POST", "/api/v1/views", {"name": "good ones", "project": vision["project"], "scope": "project", "shared": True,
                                           "state": {"columns": [{"name": "name"}, {"name": "metrics.acc"}], "filter": "metrics.acc > 0.6",
                                                     "order": ["metrics.acc desc"]}})
    assert [r["name"] for r in rows(podium.json("view", "--in", "vision"))] == ["good ones"]
    assert podium.json("view", "good ones", "--in", "vision")["rows"] == [["b", 0.95], ["a", 0.9]]


def test_export(podium, vision, tmp_path):
    words = ["export", "in", "vision", "where", "metrics.acc > :x", "show", "name,metrics.acc", "sort", "name", "--bind", "x=0.6"]
    assert list(csv.reader(io.StringIO(podium.ok(*words).out))) == [["name", "metrics.acc"], ["a", "0.9"], ["b", "0.95"]]
    file = tmp_path / "best.jsonl"
    podium.ok(*words, "--format", "jsonl", "--out", file)
    assert [json.loads(line) for line in file.read_text().splitlines()] == [{"name": "a", "metrics.acc": 0.9}, {"name": "b", "metrics.acc": 0.95}]


def test_csv_and_jsonl(podium, vision):
    words = ["tasks", "in", "vision", "show", "name,metrics.acc", "sort", "name", "limit", "1"]
    assert podium.ok(*words, "--csv").out == "name,metrics.acc\r\na,0.9\r\n"
    assert podium.ok(*words, "--jsonl").out == '{"name":"a","metrics.acc":0.9}\n'


def test_spreadsheets_calculate_nothing(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "formulas"})["id"]
    podium.task(project, '=1+1,"x"')
    assert podium.ok("tasks", "in", "formulas", "show", "name", "--csv").out == 'name\r\n"\'=1+1,""x"""\r\n'


def test_other_peoples_text_cannot_steer_a_terminal(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "hostile"})["id"]
    podium.task(project, "red \x1b[31m\nline \u202e")
    out = podium.ok("tasks", "in", "hostile", "show", "name").out
    assert out == "name\nred \\x1b[31m\\nline \\u202e\n"


def test_plain_when_piped_and_cut_to_a_width(podium, vision):
    words = ["tasks", "in", "vision", "show", "id,name", "sort", "name"]
    lines = podium.ok(*words).out.splitlines()
    assert lines[0].split() == ["id", "name"] and lines[1].split() == [vision["a"], "a"]
    assert all(len(line) <= 20 for line in podium.ok(*words, "--width", "20").out.splitlines())


def test_help(podium):
    verbs = {r["verb"] for r in rows(podium.json("help"))}
    assert {"projects", "tasks", "show", "diff", "best", "series", "artifacts", "models", "datasets", "tag", "untag", "note", "view", "export",
            "wait", "help"} <= verbs
    for verb in verbs:
        assert podium.json("help", verb)["text"].startswith(verb + ": ")
    assert podium.ok("tasks", "--help").out == podium.ok("help", "tasks").out


def test_the_list_of_verbs_has_what_help_has(podium):
    listed = podium.call("GET", "/api/v1/commands")["verbs"]
    tasks = next(v for v in listed if v["verb"] == "tasks")
    assert tasks["usage"].startswith("tasks [in PROJECT]") and {c["name"] for c in tasks["clauses"]} >= {"in", "where", "group by"}


def test_every_example_of_help_is_understood(podium):
    """Examples name tasks and projects that are not here, or have too few tasks: what they may be refused for is only that."""
    for verb in podium.call("GET", "/api/v1/commands")["verbs"]:
        for example in verb["examples"]:
            if verb["verb"] == "wait":
                continue
            try:
                podium.call("POST", "/api/v1/commands", {"line": example["line"], "dry_run": True})
            except Exception as e:
                answer = json.loads(e.read())
                assert answer["code"] in ("not_found", "conflict") or "tasks or more; of these" in answer["detail"], (example, answer)


def test_selections_travel_with_the_request(podium, vision):
    def ask(line, selection):
        return podium.call("POST", "/api/v1/commands", {"line": line, "selections": {"best": selection}})

    by_ids = ask("diff best", {"ids": [vision["a"], vision["b"]]})
    by_filter = ask("diff best", {"in": "vision", "where": "metrics.acc > :x", "bind": {"x": 0.6}})
    assert {r[0] for r in by_ids["rows"]} == {r[0] for r in by_filter["rows"]} == {"params.lr", "metrics.acc"}
    one = ask("series metrics.acc of best", {"in": "vision", "where": "metrics.acc > 0.6", "except": [vision["a"]]})
    assert [s["task"] for s in one["series"]] == [vision["b"]]


def test_the_validator_refuses(podium):
    with pytest.raises(Invalid):
        validate({"kind": "table"}, {"type": "object", "required": ["rows"]})


def test_completion(podium, vision):
    for shell in ("bash", "zsh", "fish"):
        assert "podium completion words" in podium.ok("completion", shell).out
    assert podium.run("completion", "csh").code == 2
    assert {"serve", "tasks", "wait"} <= set(podium.ok("completion", "words", "").out.split())
    assert podium.ok("completion", "words", "tas").out.split() == ["tasks"]
    assert "where" in podium.ok("completion", "words", "tasks", "wh").out.split()
    assert "--group-by" in podium.ok("completion", "words", "tasks", "--gr").out.split()
    assert "vision" in podium.ok("completion", "words", "tasks", "in", "vi").out.split()
    assert "serve" in podium.ok("completion", "words", "", environment={"PODIUM_URL": "http://127.0.0.1:1"}).out.split()
