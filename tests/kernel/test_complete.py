"""Completion and inspection, as the host answers them and as a notebook asks for them."""
import pytest

from conftest import HOSTILE


def complete(podium, line, **more):
    """The matches where the '|' stands; each of them in its place must be a text of the line."""
    cursor = len(line[:line.index("|")].encode())
    line = line.replace("|", "")
    answer = podium.call("POST", "/api/v1/commands/complete", {"line": line, "cursor": cursor, **more})
    assert 0 <= answer["start"] <= cursor <= answer["end"] <= len(line.encode())
    return answer


def texts(podium, line, **more):
    return [m["text"] for m in complete(podium, line, **more)["matches"]]


@pytest.mark.parametrize("line, wanted, first", [
    ("ta|", "tasks", False),
    ("|", "help", False),
    ("tasks in vis|", "vision", True),
    ("tasks | in vision", "where", False),
    ("tasks where stat|", "state", True),
    ("tasks in vision where metrics.a|", "metrics.acc", True),
    ("tasks in vision where acc|", "metrics.acc", True),
    ("tasks where params.l|", "params.lr", True),
    ("tasks where tags.te|", "tags.team", True),
    ("tasks where state = |", "'running'", False),
    ("tasks where state = 'comp|", "'completed'", True),
    ("tasks where state in ('failed', 'comp|", "'completed'", True),
    ("tasks where params.arch = |", "'cnn'", True),
    ("tasks where params.lr = |", "0.1", True),
    ("tasks where tags.team = |", "'cv'", True),
    ("tasks where project = |", "'vision'", False),
    ("tasks where metrics.acc |", ">", False),
    ("tasks where metrics.acc > 0.5 |", "and", False),
    ("tasks where metrics.acc > 0.5 so|", "sort", True),
    ("tasks in vision sort metrics.acc d|", "desc", True),
    ("tasks show na|", "name", True),
    ("best by acc|", "metrics.acc", True),
    ("series los|", "metrics.loss", True),
    ("chart metrics.acc in vision kind sc|", "scatter", True),
    ("help ta|", "tasks", False),
    ("arch|", "archive", True),
])
def test_matches(podium, vision, line, wanted, first):
    found = texts(podium, line)
    assert wanted in found, found
    if first:
        assert found[0] == wanted, found[:5]


def test_tasks_by_name_and_id(podium, vision):
    assert vision["a"] in texts(podium, f"show {vision['a'][:8]}|")
    assert "b" in texts(podium, "show |") or vision["b"] in texts(podium, "show |")
    selections = {"best": {"ids": [vision["a"]]}, "best.selected": {"ids": []}}
    assert texts(podium, "show be|", selections=selections)[:2] == ["best", "best.selected"]


def test_a_key_is_completed_from_its_first_point_until_its_task_is_erased(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "growing"})["id"]
    task = podium.task(project, "grows", params={"size": 3})
    other = podium.task(project, "stays", tags={"team": "one"})
    assert texts(podium, "tasks in growing where fresh|") == []
    for n in range(20):  # others log meanwhile
        podium.log(other, {"loss": [1.0]}, first=n)
        podium.log(task, {f"fresh{n}": [0.5]})
        assert f"metrics.fresh{n}" in texts(podium, "tasks in growing where fresh|")
        assert f"metrics.fresh{n}" in texts(podium, "tasks where fresh|")
    podium.log(task, {"loss": [1.0]})
    [loss] = complete(podium, "tasks in growing where metrics.loss|")["matches"]
    assert (loss["text"], loss["kind"], loss["note"]) == ("metrics.loss", "metric", "2 tasks")
    assert "'one'" in texts(podium, "tasks in growing where tags.team = |")
    podium.end(task)
    podium.call("POST", "/api/v1/commands", {"line": f"archive {task}"})
    podium.call("DELETE", f"/api/v1/tasks/{task}")
    assert texts(podium, "tasks in growing where fresh|") == []
    assert texts(podium, "tasks in growing where params.size|") == []
    assert texts(podium, "tasks in growing where metrics.loss|") == ["metrics.loss"]


def test_archived_tasks_are_not_suggested(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "shelf"})["id"]
    task = podium.task(project, "shelf_99%", "completed")
    podium.task(project, "shelfx99", "completed")
    assert len(texts(podium, "show shelf_99|")) == 1
    podium.call("POST", "/api/v1/commands", {"line": f"archive {task}"})
    assert texts(podium, "show shelf_9|") == []
    assert "shelfx99" in texts(podium, "show shelf|")


def test_the_word_is_replaced_as_a_whole(podium, vision):
    answer = complete(podium, "tasks where metr|ics.ac > 1")
    assert (answer["start"], answer["end"]) == (12, 22)


def test_places_are_bytes(podium, vision):
    answer = complete(podium, "tasks where name = 'ä€' and stat|")
    assert "state" in [m["text"] for m in answer["matches"]] and answer["start"] == len("tasks where name = 'ä€' and ".encode())


def test_what_is_suggested_can_be_run(podium, vision):
    """A value stands in the line as the language takes it, whatever is in it."""
    cursor = "tasks in vision where params.p = "
    for match in complete(podium, cursor + "|")["matches"]:
        answer = podium.call("POST", "/api/v1/commands", {"line": cursor + match["text"] + " show params.p"})
        assert answer["rows"] == [[HOSTILE]]


def test_odd_lines(podium, vision):
    for line in ("'|", "tasks where (|", "tasks where a = 'x|", "nonsense of |", "tasks in nowhere where |", "\u202e|", "tasks group |"):
        complete(podium, line)


def inspect(podium, line, **more):
    cursor = len(line[:line.index("|")].encode())
    return podium.call("POST", "/api/v1/commands/inspect", {"line": line.replace("|", ""), "cursor": cursor, **more})


def test_inspection(podium, vision):
    verb = inspect(podium, "ta|sks in vision")
    assert verb["found"] and "Examples:" in verb["text"] and verb["markdown"].startswith("```")
    clause = inspect(podium, "tasks in vision so|rt name")
    assert "order" in clause["text"]
    key = inspect(podium, "tasks in vision where metrics.a|cc > 1")
    assert "metric" in key["text"] and "tasks that have it: 4" in key["text"] and "0.3 to 0.95" in key["text"]
    param = inspect(podium, "tasks in vision where params.ar|ch = 'cnn'")
    assert "cnn (2)" in param["text"] and "mlp (1)" in param["text"]
    number = inspect(podium, "tasks in vision where params.l|r = '0.1'")["text"]
    assert "tasks that have it: 3" in number and "from: 0.1 to 0.2" in number and "0.1 (2)" in number
    assert "from: 2" in inspect(podium, "tasks in vision where crea|ted > 1")["text"]  # a time as a time
    named = inspect(podium, "show b|")
    assert "state: completed" in named["text"] and "acc: 0.95" in named["text"]
    assert inspect(podium, f"show {vision['c'][:-1]}|")["text"].count("state: failed") == 1
    assert not inspect(podium, "show nobody's|")["found"]
    task = inspect(podium, f"show {vision['a']}|")
    assert "state: completed" in task["text"] and "acc: 0.9" in task["text"]
    project = inspect(podium, "tasks in visi|on")
    assert "tasks: " in project["text"]
    result = inspect(podium, "show be|st", selections={"best": {"ids": [vision["a"]]}})
    assert "1 task" in result["text"]
    assert inspect(podium, "tasks where nothing_of_th|at > 1") == {"found": False, "text": "", "markdown": ""}


def test_hostile_names_in_markdown(podium, vision):
    told = inspect(podium, f"show {vision['hostile']}|")
    assert told["found"] and "<img" not in told["markdown"] and "</script" not in told["markdown"]
    assert "\u202e" not in told["text"] + told["markdown"] and "`" not in told["markdown"].replace("\\`", "")


def test_in_a_notebook(kernel, vision):
    code = "projects\ntasks in vision \\\n  where metrics.ac"
    reply = kernel.reply(kernel.client.complete(code, len(code)))["content"]
    assert reply["matches"][0] == "metrics.acc"
    assert code[reply["cursor_start"]:reply["cursor_end"]] == "metrics.ac"
    types = reply["metadata"]["_jupyter_types_experimental"]
    assert types[0]["type"] == "metric" and types[0]["text"] == "metrics.acc"
    kernel.ok("widgets off\ntasks in vision as good")
    reply = kernel.reply(kernel.client.complete("show goo", 8))["content"]
    assert reply["matches"][0] == "good"
    told = kernel.reply(kernel.client.inspect("projects\ntasks in vision", 11))["content"]
    assert told["found"] and "text/markdown" in told["data"]
