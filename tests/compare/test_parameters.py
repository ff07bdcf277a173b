"""Parameters, configurations and source side by side."""
import difflib
import random

import pytest


def entries(answer):
    return {(e["map"], e["key"]): e for e in answer["entries"]}


def test_side_by_side(api, project):
    a = api.task(project, params={"lr": "0.1", "arch": "cnn", "only": 1})
    b = api.task(project, params={"lr": "1e-1", "arch": "mlp"}, tags={"t": "x"})
    c = api.task(project, params={"lr": "0.10", "arch": "cnn"})
    answer = api.compare("parameters", tasks=[a, b, c])
    assert answer["baseline"] is None
    found = entries(answer)
    # Texts that spell one number are equal.
    assert found["params", "lr"] == {"map": "params", "key": "lr", "values": ["0.1", "1e-1", "0.10"], "equal": True, "differs": [False] * 3}
    assert found["params", "arch"]["differs"] == [False, True, False] and not found["params", "arch"]["equal"]
    assert found["params", "only"]["values"] == ["1", None, None] and found["params", "only"]["differs"] == [False, True, True]
    against = entries(api.compare("parameters", tasks=[a, b, c], baseline=b))
    assert against["params", "arch"]["differs"] == [True, False, True] and against["params", "only"]["differs"] == [True, False, False]
    assert set(entries(api.compare("parameters", tasks=[a, b, c], differing=True))) == {("params", "arch"), ("params", "only")}
    assert set(entries(api.compare("parameters", tasks=[a, b, c], maps=["tags"]))) == {("tags", "t")}
    assert api.compare("parameters", 404, tasks=[a, b], baseline=c)["field"] == "baseline"
    assert api.compare("parameters", 400, tasks=[a], maps=["nothing"])["field"] == "maps[0]"


def applied(old, diff):
    """The new text, out of the old one and the hunks."""
    out, at = [], 0
    for h in diff["hunks"]:
        out += old[at : h["old"] - 1]
        at = h["old"] - 1
        for line in h["lines"]:
            if line[0] in " -":
                assert old[at] == line[1:]
                at += 1
            if line[0] in " +":
                out.append(line[1:])
    return out + old[at:]


def test_configurations_are_differences_of_texts(api, project):
    texts = ["a: 1\nb: 2\nc: 3\n", "a: 1\nb: 3\nc: 3\n", "a: 1\nb: 2\nc: 3\n"]
    tasks = [api.task(project, configuration={"model.yaml": t}) for t in texts] + [api.task(project)]
    [text] = api.compare("parameters", tasks=tasks)["texts"]
    assert text["has"] == [True, True, True, False] and text["differs"] == [False, True, False, True] and not text["equal"]
    assert text["diffs"] == [None, {"added": 1, "removed": 1, "hunks": [{"old": 1, "new": 1, "lines": [" a: 1", "-b: 2", "+b: 3", " c: 3"]}]},
                             None, None]
    [text] = api.compare("parameters", tasks=tasks, baseline=tasks[1])["texts"]
    assert text["differs"] == [True, False, True, True] and text["diffs"][0]["hunks"][0]["lines"] == [" a: 1", "-b: 3", "+b: 2", " c: 3"]
    assert api.compare("parameters", tasks=[tasks[0], tasks[2]], differing=True)["texts"] == []


def test_random_configurations_come_back(api, project):
    rng = random.Random(3)
    for _ in range(5):
        old = [rng.choice("abcdef") * 3 for _ in range(rng.randrange(200))]
        new = [line for line in old if rng.random() > 0.1]
        for _ in range(rng.randrange(10)):
            new.insert(rng.randrange(len(new) + 1), rng.choice("xyz"))
        tasks = [api.task(project, configuration={"c": "\n".join(lines)}) for lines in (old, new)]
        [text] = api.compare("parameters", tasks=tasks)["texts"]
        if old == new:
            assert text["equal"]
            continue
        diff = text["diffs"][1]
        assert applied(old, diff) == new
        # No more is said than difflib says.
        changed = sum(1 for line in difflib.ndiff(old, new) if line[0] in "+-")
        assert diff["added"] + diff["removed"] <= changed


def test_source(api, project):
    a = api.task(project, repository="https://e/r", commit="aaa", branch="main", diff="--- a\n+++ b\n+x = 1\n",
                 requirements={"pip": "numpy==1.26\nTorch>=2\n"})
    b = api.task(project, repository="https://e/r", commit="bbb", branch="main", diff="--- a\n+++ b\n+x = 2\n",
                 requirements={"pip": "numpy==2.0\n# a comment\ntorch>=2\nextra\n"})
    answer = api.compare("source", tasks=[a, b])
    facts = {f["name"]: (f["values"], f["equal"]) for f in answer["fields"]}
    assert facts == {"repository": (["https://e/r"] * 2, True), "branch": (["main", "main"], True), "commit": (["aaa", "bbb"], False)}
    packages = {(p["kind"], p["name"]): (p["values"], p["equal"]) for p in answer["packages"]}
    assert packages == {("pip", "numpy"): (["1.26", "2.0"], False), ("pip", "torch"): ([">=2", ">=2"], True), ("pip", "extra"): ([None, ""], False)}
    assert answer["has"] == [True, True]
    assert answer["diffs"][1]["hunks"][0]["lines"] == [" --- a", " +++ b", "-+x = 1", "++x = 2"]
    assert api.compare("source", tasks=[a, b], baseline=b)["diffs"][1] is None


@pytest.mark.parametrize("what", ["values", "parameters", "artifacts", "models", "datasets", "source"])
def test_nothing_to_compare(api, what):
    empty = api.project(f"empty {what} {random.random()}")
    answer = api.compare(what, project=empty)
    assert answer["tasks"] == [] and answer["more"] is False
    task = api.task(empty)
    assert [t["id"] for t in api.compare(what, project=empty)["tasks"]] == [task]
