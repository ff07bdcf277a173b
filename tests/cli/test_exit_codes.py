"""The exit codes of docs/commands.md, each by a command that ends so."""
import http.server
import threading

import pytest


def test_0_done(podium, vision):
    assert podium.run("tasks").code == 0


def test_1_failed(podium, vision):
    ended = podium.run("tasks", "--out", "/nowhere/at/all")
    assert ended.code == 1 and "/nowhere/at/all" in ended.err


@pytest.mark.parametrize("words, says", [
    (["tsks"], "did you mean 'tasks'?"),
    (["tasks", "in", "vision", "where", "stat = 'running'"], "did you mean 'state'?"),
    (["tasks", "where", "state = 'runing'"], "did you mean 'running'?"),
    (["tasks", "--limit", "0"], "from 1 to"),
    (["tasks", "--limt", "3"], "did you mean '--limit'?"),
    (["tasks", "--json", "--csv"], "exclude each other"),
    (["tasks", "--budget", "x"], "--budget needs a whole number"),
    (["tasks", "--bind", "x"], "NAME=VALUE"),
    (["show"], "show needs TASK"),
    (["help", "--csv"], None),
    (["tasks", "--url", "sqlite:///x"], "is no address"),
])
def test_2_usage(podium, vision, words, says):
    ended = podium.run(*words)
    assert ended.code == (0 if says is None else 2), ended
    assert says is None or says in ended.err


def test_errors_point_and_correct(podium, vision):
    err = podium.run("tasks", "in", "vision", "where", "stat = 'running'").err.splitlines()
    assert err[1] == "  tasks in vision where stat = 'running'"
    assert err[2] == "  " + " " * len("tasks in vision where ") + "^"
    assert err[3] == "  perhaps: podium tasks in vision where state = 'running'"
    problem = podium.run("tasks", "where", "stat = 'running'", "--json")
    assert problem.code == 2 and problem.json["code"] == "invalid" and problem.json["facts"]["nearest"] == "state"


def test_3_not_found(podium, vision):
    for words in (["show", "nothing"], ["tasks", "--in", "visoin"], ["help", "nothing"], ["view", "x", "--in", "vision"],
                  ["series", "metrics.none", "--of", vision["a"]]):
        assert podium.run(*words).code == 3, words
    assert "did you mean 'vision'?" in podium.run("tasks", "--in", "visoin").err


def test_4_conflict(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "twins"})["id"]
    for _ in range(2):
        podium.task(project, "twin")
    ended = podium.run("show", "twin", "--json")
    assert ended.code == 4 and len(ended.json["facts"]["candidates"]) == 2


def test_5_no_host(podium):
    ended = podium.run("tasks", environment={"PODIUM_URL": "http://127.0.0.1:1"})
    assert ended.code == 5 and "podium serve" in ended.err and "PODIUM_URL" in ended.err


def test_5_what_answers_is_no_podium(podium):
    class Other(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_error(404)

        def log_message(self, *_):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        ended = podium.run("tasks", "--url", f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
    assert ended.code == 5 and "no podium" in ended.err


def test_where_the_host_is_looked_for(podium):
    assert podium.run("projects", environment={"MLFLOW_TRACKING_URI": podium.url}).code == 0
    assert podium.run("projects", environment={"PODIUM_URL": podium.url, "MLFLOW_TRACKING_URI": "http://127.0.0.1:1"}).code == 0
    assert podium.run("projects", "--url", podium.url + "/", environment={"PODIUM_URL": "http://127.0.0.1:1"}).code == 0


def test_6_timeout(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "slow"})["id"]
    task = podium.task(project, "slow")
    answer = podium.json("wait", task, "--timeout", "50ms", code=6)
    assert answer["outcome"] == "timed_out" and answer["rows"] == [[task, "slow", "running"]]


def test_7_it_ended_badly(podium, vision):
    assert podium.json("wait", vision["c"], code=7)["outcome"] == "failed"
    lost = podium.json("wait", vision["a"], "--until", "metrics.acc > 2", code=7)
    assert lost["notices"]


def test_wait_until_it_happens(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "waits"})["id"]
    task = podium.task(project, "waited for")
    waits = [podium.start("wait", task), podium.start("wait", task, "until", "metrics.acc > 0.8"),
             podium.start("wait", "in", "waits", "after", task, "until", "state = 'completed'")]
    podium.call("POST", f"/api/v1/tasks/{task}/log", {"metrics": [{"key": "acc", "points": [[0, 0, 0.5]]}]})
    podium.call("POST", f"/api/v1/tasks/{task}/log", {"metrics": [{"key": "acc", "points": [[1, 0, 0.9]]}]})
    out, _ = waits[1].communicate(timeout=60)
    assert waits[1].returncode == 0 and b"0.9" in out
    podium.end(task)
    assert waits[0].wait(60) == 0
    new = podium.task(project, "the new one", "completed")
    out, _ = waits[2].communicate(timeout=60)
    assert waits[2].returncode == 0 and new.encode() in out
    waits[0].communicate()


def test_wait_by_the_plain_path(podium, vision):
    answer = podium.call("POST", "/api/v1/commands", {"line": f"wait {vision['a']}"})
    assert answer["outcome"] == "done" and answer["rows"][0][0] == vision["a"]


def test_7_some_of_many_failed(podium, vision):
    assert podium.run("judge", f"{vision['a']},{vision['b']}", vision["b"]).code == 7


def test_8_it_asks_and_nobody_is_there(podium, vision):
    """stdin is closed in all of these tests: nothing waits for an answer."""
    ended = podium.run("mark", vision["a"], "--shade", "red")
    assert ended.code == 8 and "nothing was done; say --yes" in ended.err


def test_9_who_calls_may_not(podium):
    """Until there are accounts everybody may do everything of podium's own: a plugin's verb refuses."""
    ended = podium.run("forbidden")
    assert ended.code == 9 and ended.err == "podium: you may not do this; ask who runs this podium\n"
