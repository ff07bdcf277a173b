"""podium is killed while a custom action runs: what was not done is done, under the keys that were used already."""
import threading

from api import Api
from podium import Podium


def test_a_run_goes_on_after_kill_9_with_the_same_keys(tmp_path, receiver):
    begun, hold = threading.Event(), threading.Event()

    def answer(_):
        if len(receiver.received) >= 12:
            begun.set()
            hold.wait(60)
        return 200, {}

    receiver.answer = answer
    environment = {"PODIUM_OUTBOUND_ALLOW": receiver.url}
    podium = Podium(tmp_path / "data", environment=environment).start()
    api = Api(podium.url, seconds=90)
    project = api.project("p")
    tasks = [api.task(project) for _ in range(20)]
    api("POST", "custom-actions", 201, json={
        "id": "notify", "label": "Notify", "max_parallel": 2,
        "request": {"url": receiver.url + "/{{task.id}}", "timeout_ms": 60000}, "response": {"then": {"add_tags": ["notified"]}}})
    asked = {"action": "notify", "selection": {"ids": tasks}, "idempotency_key": "once"}
    run = api("POST", "tasks/actions/run", json={**asked, "wait": 0})
    assert run["state"] == "running"
    assert begun.wait(60)
    podium.kill()
    hold.set()
    receiver.answer = None
    with Podium(tmp_path / "data", environment=environment) as again:
        api = Api(again.url, seconds=90)
        ended = api("POST", "tasks/actions/run", json={**asked, "wait": 60000})  # waits for the first
        assert ended["run"] == run["run"]
        assert (ended["state"], ended["succeeded_count"], ended["failed_count"]) == ("done", 20, 0), ended
        for task in tasks:
            assert "notified" in api("GET", f"tasks/{task}")["tags"]
    keys = {}
    for received in receiver.received:
        keys.setdefault(received.path, set()).add(received.headers["idempotency-key"])
    assert set(keys) == {"/" + t for t in tasks}
    assert all(len(of_task) == 1 for of_task in keys.values())
    assert len(receiver.received) > len(tasks), "the kill came too late"
    assert len(set.union(*keys.values())) == len(tasks)
