"""Actions as commands: questions and tokens, dry runs, partial failure, progress, detaching, undo."""
import json
import signal
import time

import pytest


@pytest.fixture
def marks(podium):
    """A project of its own with two tasks that can be marked and one that cannot."""
    name = f"marks-{time.monotonic_ns()}"
    project = podium.call("POST", "/api/v1/projects", {"name": name})["id"]
    tasks = [podium.task(project, f"t{i}", state) for i, state in enumerate(("completed", "failed", "running"))]
    return name, project, tasks


def marked(podium, project):
    return {row[0] for row in podium.json("tasks", "in", project, "where", "tags any ('marked')", "show", "name")["rows"]}


def rows(section):
    names = [c["name"] for c in section["columns"]]
    return [dict(zip(names, row)) for row in section["rows"]]


def of_job(podium, job, wanted=None):
    """The job once it has ended, or is in a state."""
    end = time.monotonic() + 60
    while True:
        found = podium.call("GET", f"/api/v1/jobs/{job}")
        if found["state"] == wanted or (wanted is None and found["state"] in ("done", "failed", "cancelled")):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.02)


def lingering(podium):
    """The id of the job that runs."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        for job in podium.call("GET", "/api/v1/jobs?kind=actions/run&state=running")["jobs"]:
            return job["id"]
        time.sleep(0.02)
    raise AssertionError("no job runs")


def test_an_action_is_listed_and_helped_like_any_verb(podium):
    listed = {v["verb"]: v for v in podium.call("GET", "/api/v1/commands")["verbs"]}
    assert listed["mark"]["plugin"] == "test.cli" and listed["mark"]["action"] == "mark" and listed["mark"]["changes"]
    assert not listed["judge"]["changes"]
    helped = podium.ok("mark", "--help").out
    assert helped.startswith("mark: Marks finished tasks\n") and "shade red|green" in helped and "yes [TOKEN]" in helped
    wrong = podium.run("mrak", "x")
    assert wrong.code == 2 and "did you mean 'mark'?" in wrong.err
    assert "did you mean '--shade'?" in podium.run("mark", "x", "--shaed", "red").err
    refused = podium.run("mark", "--all", "--shade", "blue", "--json")
    assert refused.code == 2 and refused.json["facts"]["line"][refused.json["position"]:] == "blue"


def test_completion_of_an_actions_clauses(podium):
    def completed(*words):
        return set(podium.ok("completion", "words", *words).out.split())

    assert "mark" in completed("ma")
    assert {"in", "where", "except", "shade", "twice", "count-of", "yes"} <= completed("mark", "")
    assert "--count-of" in completed("mark", "--co")
    assert completed("mark", "--shade", "") == completed("mark", "shade", "") == {"red", "green"}


def test_nothing_is_done_without_an_answer(podium, marks):
    name, project, tasks = marks
    answer = podium.json("mark", "in", name, "shade", "red", code=8)
    assert answer["kind"] == "question" and answer["affected"] == 2 and answer["text"] == "Mark 2 tasks?"
    assert answer["details"]["fields"]["why_not"] == "Only tasks that have ended can be marked"
    assert rows(answer["details"]["sections"]["left_out"]) == [{"state": "running", "archived": False, "tasks": 1}]
    assert marked(podium, name) == set()
    ended = podium.run("mark", "in", name, "shade", "red")
    assert ended.code == 8 and f"--yes={answer['token']}" in ended.err and "Mark 2 tasks?" in ended.out


def test_a_token_is_good_for_what_was_asked(podium, marks):
    name, project, tasks = marks
    token = podium.json("mark", "in", name, "shade", "red", code=8)["token"]
    other = podium.run("mark", "in", name, "shade", "green", f"--yes={token}", "--json")
    assert other.code == 4 and other.json["code"] == "conflict"
    done = podium.json("mark", "in", name, "shade", "red", f"--yes={token}")
    assert done["fields"]["succeeded"] == 2 and done["fields"]["skipped"] == 1
    assert marked(podium, name) == {"t0", "t1"}
    podium.end(tasks[2])
    stale = podium.run("mark", "in", name, "shade", "red", f"--yes={token}")
    assert stale.code == 4 and "Mark 3 tasks?" in stale.err
    assert podium.json("mark", "in", name, "shade", "red", "yes")["fields"]["succeeded"] == 3


def test_a_person_is_asked(podium, marks):
    name, project, tasks = marks
    said_no = podium.on_a_terminal("mark", "in", name, "shade", "red").until("[y/N]").type("n").end()
    assert said_no.code == 8 and "nothing was done" in said_no.err and said_no.out == "" and marked(podium, name) == set()
    said_yes = podium.on_a_terminal("mark", "in", name, "shade", "red", "--json").until("Mark 2 tasks?").until("[y/N]").type("y").end()
    assert said_yes.code == 0 and said_yes.json["fields"]["succeeded"] == 2  # one object on stdout, the question is not in it
    behind = podium.on_a_terminal("mark", "--shade", "red", "--", tasks[0]).until("[y/N]").type("y").end()
    assert behind.code == 0, behind


def test_a_verb_may_ask_too(podium):
    assert podium.json("inquire", code=8)["token"] == "t1"
    assert podium.ok("inquire", "--yes").out == "done as ''\n"
    assert podium.ok("inquire", "--yes", "word").out == "done as ''\n"
    assert podium.on_a_terminal("inquire", "word").until("[y/N]").type("y").end().out == "done as 't1'\n"


def test_a_dry_run_changes_nothing(podium, marks):
    name, project, tasks = marks
    answer = podium.json("mark", "in", name, "shade", "red", "--dry-run")
    assert answer["fields"]["dry_run"] and answer["fields"]["succeeded"] == 2 and answer["fields"]["run"] is None
    assert marked(podium, name) == set()


def test_some_of_many_fail(podium, marks):
    name, project, tasks = marks
    answer = podium.json("judge", ",".join(tasks), tasks[1], code=7)
    assert answer["outcome"] == "failed" and answer["fields"]["failed"] == 1 and answer["fields"]["succeeded"] == 2
    assert answer["fields"]["message"] == "All were judged."
    assert rows(answer["sections"]["tasks"])[0] == {"id": tasks[1], "outcome": "conflict", "message": "it is bad"}
    assert podium.run("judge", tasks[0]).code == 0


def test_named_tasks_that_it_cannot_affect_fail_with_the_reason(podium, marks):
    name, project, tasks = marks
    answer = podium.json("mark", tasks[2], "shade", "red", code=7)
    assert "Only tasks that have ended" in rows(answer["sections"]["tasks"])[0]["message"]


def test_undo(podium, marks):
    name, project, tasks = marks
    done = podium.json("mark", "in", name, "shade", "red", "yes")
    assert done["fields"]["undoable"]
    would = podium.json("undo", done["fields"]["run"], "--dry-run")
    assert would["fields"]["dry_run"] and would["fields"]["succeeded"] == 2 and marked(podium, name) == {"t0", "t1"}
    back = podium.json("undo", done["fields"]["run"])
    assert back["fields"]["action"] == "unmark" and back["fields"]["succeeded"] == 2
    assert marked(podium, name) == set()
    assert podium.run("undo", done["fields"]["run"]).code == podium.run("undo", done["fields"]["run"], "--dry-run").code == 4
    assert podium.run("undo", "nothing-such").code == 3


def test_the_same_key_again_is_the_first_result(podium, marks):
    name, project, tasks = marks
    words = ["mark", "in", name, "shade", "red", "yes", "--idempotency-key", f"k-{name}"]
    assert podium.json(*words)["fields"]["run"] == podium.json(*words)["fields"]["run"]
    note = ["note", tasks[0], "text", "once", "--idempotency-key", f"n-{name}"]
    assert podium.json(*note)["fields"]["id"] == podium.json(*note)["fields"]["id"]
    assert len(podium.json("note", tasks[0])["rows"]) == 1
    other = podium.run("note", tasks[0], "text", "another", "--idempotency-key", f"n-{name}")
    assert other.code == 4


def test_long_work_is_waited_for(podium, marks, tmp_path):
    name, project, tasks = marks
    file = tmp_path / "go"
    waiting = podium.start("linger", "in", name, "file", file, "--json")
    job = lingering(podium)
    (row,) = [r for r in rows(podium.json("jobs", "where", "state = 'running'")) if r["id"] == job]
    assert row["kind"] == "actions/run"
    assert waiting.poll() is None
    file.touch()
    out, err = waiting.communicate(timeout=60)
    assert waiting.returncode == 0 and json.loads(out)["fields"]["succeeded"] == 3 and err == b""


def test_detached_work_is_found_again(podium, marks, tmp_path):
    name, project, tasks = marks
    file = tmp_path / "go"
    started = podium.json("linger", "in", name, "file", file, "--detach")
    assert started["kind"] == "progress" and started["job_kind"] == "actions/run"
    again = podium.json("job", started["job"][:-1], "--detach")
    assert again["kind"] == "progress" and again["job"] == started["job"]
    file.touch()
    of_job(podium, started["job"])
    result = podium.json("job", started["job"])
    assert result["fields"]["action"] == "linger" and result["fields"]["succeeded"] == 3
    assert podium.json("cancel", started["job"])["fields"]["asked"] is False


def test_ctrl_c_leaves_the_work_alone(podium, marks, tmp_path):
    name, project, tasks = marks
    terminal = podium.on_a_terminal("linger", "in", name, "file", tmp_path / "go").until("0 of 3")
    terminal.process.send_signal(signal.SIGINT)
    left = terminal.end()
    assert left.code == 130 and "podium job " in left.err and "podium cancel " in left.err
    job = left.err.split("podium job ")[1].split("'")[0]
    assert podium.call("GET", f"/api/v1/jobs/{job}")["state"] == "running"
    assert podium.json("cancel", job, "--dry-run")["fields"]["asked"]
    assert podium.json("cancel", job)["fields"]["asked"]
    assert of_job(podium, job)["state"] == "cancelled"
    assert podium.json("job", job, code=7)["fields"]["state"] == "cancelled"
    assert podium.run("job", "nothing-such").code == 3


def test_what_can_be_done(podium, marks):
    name, project, tasks = marks
    everything = {r["action"]: r for r in rows(podium.json("actions"))}
    assert everything["mark"]["plugin"] == "test.cli"
    here = {r["action"]: r for r in rows(podium.json("actions", "in", name))}
    assert here["mark"]["count"] == 2 and here["mark"]["of"] == 3 and "running" in here["mark"]["reasons"]
    named = {r["action"]: r for r in rows(podium.json("actions", tasks[2]))}
    assert named["mark"]["count"] == 0 and named["linger"]["count"] == 1
