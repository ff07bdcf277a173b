"""Lines, the front end's words in them, values of :name, problems."""
import numpy
import pytest

from podium.cell import Command, bound_names, commands_of
from podium.errors import PodiumError, problem_lines, safe
from podium.values import bindings


@pytest.mark.parametrize("cell, commands", [
    ("", []),
    ("  \n# tasks\n", []),
    ("projects", [Command("projects")]),
    ("tasks in vision as best", [Command("tasks in vision", "best")]),
    ("tasks live as best", [Command("tasks", "best", True)]),
    ("tasks as best live  ", [Command("tasks", "best", True)]),
    ("tasks as 'best'", [Command("tasks as 'best'")]),
    ("tasks where name = 'as best live'", [Command("tasks where name = 'as best live'")]),
    ("as best", [Command("as best")]),
    ("tasks as 1x", [Command("tasks as 1x")]),
    ("a \\\n  b\nc", [Command("a     b"), Command("c")]),
    ("note r1 text 'it''s live'", [Command("note r1 text 'it''s live'")]),
])
def test_commands(cell, commands):
    assert commands_of(cell) == commands


@pytest.mark.parametrize("line, names", [
    ("tasks where a > :x and b < :y and c = :x", ["x", "y"]),
    ("tasks where name = ':x' and other = \":y\"", []),
    ("note r1 text 'at 10:00' kind a:b", []),
    ("tasks where a in (:x,:y)", ["x", "y"]),
])
def test_bound_names(line, names):
    assert list(bound_names(line)) == names


def test_values():
    space = {"x": numpy.float64(0.5), "n": numpy.int32(3), "b": numpy.bool_(True), "t": "it's", "none": None, "other": object()}
    names = ["x", "n", "b", "t", "none", "unknown"]
    bound = bindings(names, {}, space)
    assert bound == {"x": 0.5, "n": 3, "b": True, "t": "it's", "none": None}
    assert [type(v) for v in bound.values()] == [float, int, bool, str, type(None)]
    assert bindings(["x"], {"x": 1}, space) == {"x": 1}  # what is given counts more


@pytest.mark.parametrize("value, told", [
    ([1], "the value of :x is a list; a number, a text, True, False or None can be bound"),
    (numpy.zeros(3), "the value of :x is a ndarray"),
    (float("nan"), "the value of :x is nan; say `is nan`"),
])
def test_values_that_cannot_be_bound(value, told):
    with pytest.raises(PodiumError) as caught:
        bindings(["x"], {}, {"x": value})
    assert caught.value.code == "invalid" and told in str(caught.value)


def test_a_value_that_nobody_asked_for():
    with pytest.raises(PodiumError, match="a value is given for 'least', but the line does not speak of :least"):
        bindings(["x"], {"least": 1}, {})


def test_a_problem_shows_its_place():
    problem = {"detail": "no 'stat'", "position": 10, "facts": {"line": "tasks 日本 stat\x1b", "corrected": "tasks state"}}
    position = len("tasks 日本 ".encode())
    lines = problem_lines({**problem, "position": position})
    assert lines == ["no 'stat'", "  tasks 日本 stat\\x1b", "  " + " " * 11 + "^", "  perhaps: tasks state"]
    error = PodiumError("invalid", "no 'stat'", {**problem, "position": position})
    assert error._render_traceback_() == lines


def test_safe():
    assert safe("a\n\x1b[31m\u202eb\t") == "a\\n\\x1b[31m\\u202eb\\t"
