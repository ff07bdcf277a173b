"""Filters and orders that are made to be dear or deep: each is answered, or refused with what is wrong, and others are served
meanwhile."""
import json

import pytest

SEARCH = "/api/2.0/mlflow/runs/search"


def ask(target, path, body):
    return target.connection().raw("POST", path, json.dumps(body), {"Content-Type": "application/json"})


def message_of(body):
    answer = json.loads(body)
    return answer.get("message") or answer.get("detail")


def search(target, text, order=()):
    return ask(target, SEARCH, {"experiment_ids": ["0"], "filter": text, "order_by": list(order)})


BAD = {
    "deep parentheses": "(" * 50_000 + "metrics.m > 1" + ")" * 50_000, "open parentheses": "(" * 100_000, "closed parentheses": ")" * 100_000,
    "OR": "metrics.m > 1 OR metrics.m < 2", "NOT": "NOT " * 10_000 + "metrics.m > 1",
    "an open quote": "params.p = '" + "x" * 100_000, "an open back-tick": "params.`" + "x" * 100_000, "SQL": "metrics.m > 1; DROP TABLE t1; --",
    "UNION": "params.p = 'x' UNION SELECT * FROM meta", "a subquery": "params.p IN (SELECT text FROM dict)", "a comment": "metrics.m > 1 /* */ -- x",
    "a function": "lower(params.p) = 'x'", "NUL": "params.p = 'a\0b'", "a number without end": "metrics.m > " + "9" * 100_000 + "x", "no value": "metrics.m >",
    "no comparison": "metrics.m", "another entity": "secrets.x = 1", "operators": "metrics.m " + "<>=!" * 20_000 + " 1",
    "a list within a list": "attributes.run_id IN (" + "(" * 50_000 + "'x'" + ")" * 50_000 + ")", "an open list": "attributes.run_id IN (" + "'x'," * 50_000,
    "a list of nothing": "attributes.run_id IN ()", "commas": "attributes.run_id IN (" + "," * 50_000 + ")", "noise": "\x01\x02\x7f~^%$" * 5_000,
}


@pytest.mark.parametrize("name", BAD)
def test_bad_filters(target, name):
    status, body = search(target, BAD[name])
    assert status == 400, (status, body[:300])
    # It repeats what was sent, and not a hundred kilobytes more.
    assert len(message_of(body)) > 10 and len(body) < 8 * len(BAD[name]) + 10_000


@pytest.mark.parametrize("name", BAD)
def test_bad_filters_of_podium(target, name):
    if name in ("OR", "NOT"):
        return  # its language has these
    status, body = ask(target, "/api/v1/tasks/query", {"filter": BAD[name]})
    assert 400 <= status < 500, (status, body[:300])
    assert len(message_of(body)) > 10 and len(body) < 8 * len(BAD[name]) + 10_000


def test_a_long_conjunction(target):
    status, body = search(target, " AND ".join(f"params.p{i} = 'x'" for i in range(2000)))
    assert status in (200, 400), (status, body[:300])
    if status == 200:
        assert json.loads(body).get("runs", []) == []


def test_a_long_disjunction(target):
    for depth in (60, 5000):
        status, body = ask(target, "/api/v1/tasks/query", {"filter": " or ".join(f"params.p{i} = 'x'" for i in range(depth))})
        assert status == 200 or 400 <= status < 500, (status, body[:300])


@pytest.mark.parametrize("nest", ["({})", "not ({})", "({} and name = 'x')"], ids=["parentheses", "not", "and"])
def test_depth_of_podium_s_filters(target, nest):
    for depth in (10, 1000, 100_000):
        before, after = nest.split("{}")
        status, body = ask(target, "/api/v1/tasks/query", {"filter": before * depth + "name = 'x'" + after * depth})
        assert status == 200 if depth == 10 else 400 <= status < 500, (depth, status, body[:300])


@pytest.mark.parametrize("text", ["metrics.m > 1 AND " * 10_000, "metrics." + "." * 50_000 + " > 1", "attributes.run_id IN (" + ", ".join(["'x'"] * 300_000) + ")"],
                         ids=["AND without end", "dots", "a mebibyte"])
def test_odd_filters(target, text):
    """MLflow takes the first two; what is too long for podium is refused with its limit."""
    status, body = search(target, text)
    assert (status, body) == (200, b"{}") or (status == 400 and len(text) > 1 << 20 and b"1048576" in body), (status, body[:300])


@pytest.mark.parametrize("count", [1000, 25_000])
def test_a_huge_list(target, count):
    """It is right, too."""
    others = [f"{i:032x}" for i in range(count)]
    text = "attributes.run_id IN (" + ", ".join(f"'{r}'" for r in [*others, target.run]) + ")"
    status, body = search(target, text)
    assert status == 200, (status, body[:300])
    assert [r["info"]["run_id"] for r in json.loads(body)["runs"]] == [target.run]
    text = "attributes.run_id NOT IN (" + ", ".join(f"'{r}'" for r in [*others, target.run]) + ")"
    status, body = search(target, text)
    assert status == 200 and target.run not in body.decode()


@pytest.mark.parametrize("pattern", ["%" * 5000, "%a" * 1000 + "b", "_" * 5000 + "%", "%_" * 2000, "a" * 100_000, "\\" * 5000, "(a+)+$", "%" + "\U0001F600%" * 500])
def test_patterns(target, pattern):
    """None takes more than a line's length of time, whatever it looks like."""
    connection = target.connection()
    assert connection.call("POST", "runs/set-tag", {"run_id": target.run, "key": "pattern", "value": "a" * 4000})[0] == 200
    for word in ("LIKE", "ILIKE"):
        status, body = search(target, f"tags.pattern {word} '{pattern}'")
        assert status in (200, 400), (status, body[:300])


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+$", "(.*)*b", "a{1000}{1000}", "(" * 5000, "[" * 5000, "(?:a{500}){500}", "\\1(a)", "(?=a)", "a**", "(?P<x>a)(?P=x)"])
def test_expressions(target, pattern):
    target.connection().call("POST", "runs/set-tag", {"run_id": target.run, "key": "pattern", "value": "a" * 4000 + "!"})
    status, body = ask(target, "/api/v1/tasks/query", {"filter": f"tags.pattern matches '{pattern}'"})
    assert status == 200 or 400 <= status < 500, (status, body[:300])


def test_orders(target):
    for order in ([f"metrics.m{i} DESC" for i in range(2000)], [f"params.p{i}" for i in range(500)], ["metrics.`" + "x" * 100_000 + "`"], ["metrics.m DESC; DROP TABLE t1"], ["1"], ["((metrics.m))"]):
        status, body = search(target, "", order)
        assert status in (200, 400), (status, body[:300])


@pytest.mark.parametrize("token", ["x", "A" * 100_000, "eyJvZmZzZXQiOiAxMDAwMDAwMDAwMDAwMDAwMDAwMDAwMH0=", "bnVsbA==", "W10=", "%00", "../../etc/passwd", "-1", "\U0001F600"])
def test_page_tokens(target, token):
    status, body = ask(target, SEARCH, {"experiment_ids": ["0"], "page_token": token})
    assert status == 400 and len(message_of(body)) > 10, (status, body[:300])


def test_many_experiments(target):
    status, body = ask(target, SEARCH, {"experiment_ids": [str(i) for i in range(100_000)]})
    assert status in (200, 400), (status, body[:300])
    for odd in ("x", "-1", "0 OR 1=1", "9" * 5000, "0\0"):
        status, body = ask(target, SEARCH, {"experiment_ids": [odd]})
        assert status in (200, 400), (status, body[:300])
        assert status == 400 or not json.loads(body).get("runs"), odd
