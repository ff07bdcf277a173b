"""Rules through HTTP: runs logged by an MLflow client, actions that really run."""
import os
import subprocess

from conftest import Client
from podium import BINARY, Podium


def test_a_loss_that_is_nan_is_tagged_once(client):
    run, other = client.run(), client.run()
    rule = client.rule(name="diverged", when="metrics.loss is nan", action="tag", parameters={"tags": ["diverged=yes"]})
    for step in range(3):
        client.log(run, "loss", 1.0 / (step + 1), step)
        client.log(other, "loss", 1.0, step)
    client.log(run, "loss", "NaN", 3)
    client.awaits("the run is tagged", lambda: client.tags(run).get("diverged") == "yes")
    client.log(run, "loss", "NaN", 4)
    client.end(run, "FINISHED")
    firing, = client.firings(rule)
    assert (firing["task"], firing["why"]) == (run, "start")
    assert "diverged" not in client.tags(other)
    ran = client("GET", f"/api/v1/tasks/actions/runs/{firing['run']}")
    assert (ran["succeeded_count"], ran["failed_count"]) == (1, 0)
    entries = client("GET", f"/api/v1/tasks/{run}/history")["history"]
    assert any(e["who"] == f"rule:{rule}" for e in entries), entries


def test_what_fails_is_told_once_over_kill_and_restart(tmp_path):
    podium = Podium(tmp_path / "data").start()
    client = Client(podium)
    rule = client.rule(name="failed", when="state = 'failed'", action="tag", parameters={"tags": ["seen"]})
    runs = [client.run() for _ in range(20)]
    for i, run in enumerate(runs):
        client.end(run, "FAILED")
        if i % 5 == 4:  # acknowledged, and nobody knows how far the rule has come
            podium.kill()
            podium.start()
    client.awaits("all are told", lambda: len(client.firings(rule)) >= len(runs), 120)
    client.awaits("all are tagged", lambda: all("seen" in client.tags(run) for run in runs), 120)
    podium.kill()
    podium.start()
    probe = client.run()
    client.end(probe, "FAILED")
    client.awaits("it goes on", lambda: any(f["task"] == probe for f in client.firings(rule)), 120)
    assert sorted(f["task"] for f in client.firings(rule)) == sorted([*runs, probe])
    assert podium.stop() == 0


def test_rules_that_undo_each_other_end(client):
    run = client.run()
    up = client.rule(name="up", when="tags.go = 'yes' and tags.flag is null", action="tag", parameters={"tags": ["flag=up"]})
    down = client.rule(name="down", when="tags.flag = 'up'", action="untag", parameters={"tags": ["flag"]})
    client.mlflow("runs/set-tag", run_id=run, key="go", value="yes")

    def off():
        return [r for r in client("GET", "/api/v1/rules")["rules"] if not r["enabled"]]
    switched, = client.awaits("one is switched off", off)
    assert switched["id"] in (up, down)
    assert "5 times in an hour" in switched["disabled_reason"]
    assert len(client.firings(up)) <= 5 and len(client.firings(down)) <= 5


def test_a_rule_is_tried_before_it_is_switched_on(client):
    good, bad = client.run(), client.run()
    for step in range(10):
        client.log(good, "loss", 1.0, step)
        client.log(bad, "loss", 1.0 if step < 7 else 50.0, step)
    client.end(good, "FINISHED")
    client.end(bad, "FINISHED")
    rule = {"when": "state = 'running' and metrics.loss > 10"}
    tried = client("POST", "/api/v1/rules/try", json=rule)
    assert (tried["examined"], tried["would_fire"]) == (2, 1)
    first, = tried["tasks"]
    assert (first["task"], first["metric"], first["step"], first["value"]) == (bad, "loss", 7, 50.0)
    assert "tags" not in client.tags(bad)
    wrong = client("POST", "/api/v1/rules/try", 400, json={"when": "stat = 'x'"})
    assert (wrong["code"], wrong["field"], wrong["position"]) == ("invalid", "when", 0)


def test_a_rule_that_cannot_work_is_refused(client):
    good = {"name": "r", "when": "archived", "action": "tag", "parameters": {"tags": ["x"]}}
    for change, field in [({"action": "nothing"}, "action"), ({"parameters": {}}, "parameters"), ({"when": "lost"}, "when")]:
        refused = client("POST", "/api/v1/rules", 400, json={**good, **change})
        assert refused["field"].startswith(field), refused
    made = client("POST", "/api/v1/rules", json=good)
    client("POST", "/api/v1/rules", 409, json=good)
    answer = client.session.patch(f"{client.podium.url}/api/v1/rules/{made['id']}", json={"name": "s"}, headers={"If-Match": '"99"'})
    assert answer.status_code == 409


def test_the_word_rules(client):
    client.rule(name="my rule", when="state = 'failed'", action="tag", parameters={"tags": ["x"]})

    def podium(*words):
        return subprocess.run([BINARY, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60,
                              env=dict(os.environ, PODIUM_URL=client.podium.url))
    listed = podium("rules")
    assert listed.returncode == 0 and "my rule" in listed.stdout, listed
    assert podium("rules", "off", "my rule").returncode == 0
    assert client("GET", "/api/v1/rules")["rules"][0]["enabled"] is False
    unknown = podium("rules", "on", "your rule")
    assert unknown.returncode != 0 and "no rule of that name" in unknown.stderr
