"""Random histories of runs: after every step a board is what the reference says, and so it is after a restart and when it is played back."""
import copy
import itertools
import math
import time

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import reference
from conftest import Boards, assert_equal, told
from podium import Podium
from world import World

VALUES = st.sampled_from([0, 0.25, 0.5, 0.5, 0.75, 1, 2, -1, math.nan, math.inf, -math.inf])
FINITE = st.sampled_from([0, 0.25, 0.5, 0.75, 1, 2, -1])
SERIES = st.one_of(VALUES, st.lists(FINITE, min_size=1, max_size=3))
TEXTS = st.sampled_from(["0.1", "1e-1", "0.10", "1", "1.0", "big", "Big", "007"])
DATASETS = [("digits", "d1"), ("digits", "d2"), ("iris", "i1"), ("wine", "w1")]
ROLES = st.sampled_from(["", "train", "test"])

runs = st.fixed_dictionaries({
    "values": st.dictionaries(st.sampled_from(["acc", "loss"]), SERIES, max_size=2),
    "params": st.dictionaries(st.sampled_from(["lr", "depth"]), TEXTS, max_size=2),
    "tags": st.dictionaries(st.sampled_from(["team", "cost"]), TEXTS, max_size=2),
    "datasets": st.lists(st.tuples(st.integers(0, 3), ROLES), max_size=2, unique_by=lambda d: d[0]),
    "state": st.sampled_from(["completed"] * 6 + ["failed", "aborted", "running"]),
    "user": st.sampled_from(["ada", "bob"]),
    "below": st.sampled_from([False, False, False, True]),
})
some = st.integers(0, 1000)
steps = st.one_of(
    st.tuples(st.just("run"), runs), st.tuples(st.just("run"), runs), st.tuples(st.just("run"), runs), st.tuples(st.just("run"), runs),
    st.tuples(st.sampled_from(["archive", "restore", "delete", "publish", "end"]), some),
    st.tuples(st.just("tag"), some, st.sampled_from(["team", "cost"]), st.one_of(st.none(), TEXTS)),
    st.tuples(st.just("label"), some, st.sampled_from(["prod", "eu"]), st.sampled_from([None, "", "yes"])),
    st.tuples(st.just("define"), some, st.deferred(lambda: definitions)))


def without_none(**members):
    return {key: value for key, value in members.items() if value not in (None, [], {})}


@st.composite
def metric(draw, key, named=False):
    return without_none(
        metric=key, direction=draw(st.sampled_from(["max", "min"])),
        value=draw(st.sampled_from([None, None, "last", "best", "min", "max", "mean", "first", {"at_step": 1}])),
        fold=draw(st.sampled_from([None, "mean", "median", "best", "worst", "min", "max", "last", "sum"])),
        name="second" if named else None)


limits = st.one_of(st.builds(lambda x: {"min": x}, FINITE), st.builds(lambda x: {"max": x}, FINITE))
coverage = st.builds(lambda label, value, last: without_none(label=label, value=value, last=last),
                     st.sampled_from(["prod", "eu"]), st.sampled_from([None, "yes"]), st.integers(1, 2))


@st.composite
def definition(draw):
    made = {"primary": draw(metric("acc"))}
    made["metrics"] = draw(st.lists(metric("loss"), max_size=1)) + draw(st.lists(metric("acc", True), max_size=1))
    made["subprojects"] = draw(st.booleans())
    mode = draw(st.sampled_from(["podium", "podium", "compatible"]))
    made["mode"] = mode
    kind = "candidates" if mode == "compatible" else draw(st.sampled_from(["candidates"] * 4 + ["teams", "tasks"]))
    made["kind"] = kind
    if kind == "candidates":
        made["group_by"] = draw(st.sampled_from([
            {"params": ["lr"]}, {"params": ["lr", "depth"]}, {"tags": ["team"]}, {"tags": ["team"], "params": ["lr"]}, {"all_params": True}, {}]))
    if kind == "teams":
        made["team"] = draw(st.sampled_from(["user", "tags.team"]))
    names = ["acc"] + (["loss"] if any(m["metric"] == "loss" for m in made["metrics"]) else [])
    scopes = st.just("task") if mode == "compatible" else st.sampled_from(["task", "candidate"])
    made["qualify"] = draw(st.lists(st.builds(lambda s, m, l: {"scope": s, "metric": m, **l}, scopes, st.sampled_from(names), limits), max_size=1))
    chosen = draw(st.lists(st.sampled_from(DATASETS), max_size=2, unique=True)) if draw(st.booleans()) else []
    made["datasets"] = [{"name": name, "digest": digest, "weight": draw(st.sampled_from([1, 2]))} for name, digest in chosen]
    made["coverage"] = draw(st.lists(coverage, max_size=1))
    made["role"] = draw(st.sampled_from(["", "", "test"]))
    if mode == "podium":
        made["least_tasks"] = draw(st.sampled_from([1, 1, 2]))
        made["across"] = draw(st.sampled_from(["pooled", "mean"]))
        made["tie_breaks"] = draw(st.sampled_from([["metrics"], [], ["metrics", "earlier"], ["cheaper", "metrics"]]))
        made["tie_precision"] = draw(st.sampled_from([None, None, 0.5]))
    made["columns"] = draw(st.lists(st.builds(
        lambda source, of: {"name": "column", "from": source, "of": of, "kind": "cost"},
        st.sampled_from([{"tag": "cost"}, {"param": "lr"}, {"metric": "loss"}]), st.sampled_from(["best", "total", "mean"])), max_size=1))
    return {key: value for key, value in made.items() if value not in (None, "", [])}


definitions = definition()
numbers = itertools.count()


class History:
    """A world with boards, and what these said at which moment."""

    def __init__(self, api, given):
        self.api = api
        self.world = World(api)
        name = f"h{next(numbers)}"
        self.project = self.world.project(name)
        self.below = self.world.project(f"{name}/below")
        self.definitions = list(given)
        self.boards = [api.board(self.project, d, name=f"board {i}") for i, d in enumerate(given)]
        self.told = []
        # A board of its own project, to know how far the history of all boards is written.
        self.marker = api.board(self.world.project(f"{name} marker"), {"primary": {"metric": "acc"}, "seed": 0}, name="marker")
        self.marked = 0

    def settle(self):
        """Waits until what was done by now is in the histories of the boards: they are written in order, a moment after each change."""
        self.marked += 1
        self.api("PATCH", f"boards/{self.marker}", json={"definition": {"primary": {"metric": "acc"}, "seed": self.marked}})
        deadline = time.monotonic() + 60
        while not any(e["kind"] == "defined" and e["revision"] == self.marked + 1
                      for e in self.api("GET", f"boards/{self.marker}/history", params={"limit": 3})["events"]):
            assert time.monotonic() < deadline, "the history of boards is not written"

    def expected(self, i):
        return reference.board(self.world, self.project, self.definitions[i])

    def do(self, step):
        world, what = self.world, step[0]
        if what == "run":
            run = dict(step[1])
            project = self.below if run.pop("below") else self.project
            run["datasets"] = [(*DATASETS[i], role) for i, role in run["datasets"]]
            world.run(project, **run)
        elif what == "define":
            i = step[1] % len(self.boards)
            self.definitions[i] = step[2]
            self.api("PATCH", f"boards/{self.boards[i]}", json={"definition": step[2]})
        elif what == "label":
            if world.datasets:
                world.label(world.datasets[step[1] % len(world.datasets)], *step[2:])
        elif world.tasks:
            task = world.tasks[step[1] % len(world.tasks)]
            ended = task.state in ("completed", "failed", "aborted") and not task.archived
            if what == "tag":
                if task.state != "published" and not task.archived:
                    world.tag(task, *step[2:])
            elif what == "end":
                if task.state == "running" and not task.archived:
                    world.end(task, "completed")
            elif what == "restore":
                if task.archived:
                    world.restore(task)
            elif what == "publish":
                if ended and task.state == "completed":
                    world.publish(task)
            elif ended:
                getattr(world, what)(task)

    def check(self):
        for i, board in enumerate(self.boards):
            assert_equal(self.api.ranking(board), self.expected(i))

    def replay(self):
        """What the boards said then is what they say of then."""
        for moment, rankings in self.told:
            for board, ranking in zip(self.boards, rankings):
                then = self.api.ranking(board, at=moment)
                assert plain(then) == plain(ranking), moment
                assert not then["rebuilt"]

    def note(self):
        """What is shown now is told of now, whether it was heard of or not: it need not be written."""
        shown = [self.api.ranking(board) for board in self.boards]
        self.told.append((self.world.moment(), shown))


def plain(ranking):
    return told(ranking["rows"], []), ranking["total"], ranking["ranked"]


def test_random_histories(tmp_path):
    with Podium(tmp_path / "data") as podium:
        remembered = []

        @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
        @given(st.lists(definitions, min_size=2, max_size=2), st.lists(steps, min_size=4, max_size=14))
        def histories(given_definitions, given_steps):
            history = History(Boards(podium.url), given_definitions)
            for i, step in enumerate(given_steps):
                history.do(step)
                history.check()
                if i % 3 != 0:
                    history.note()
            history.note()
            history.replay()
            history.settle()
            history.replay()
            remembered.append(history)

        histories()
        assert podium.stop() == 0
        podium.start()
        api = Boards(podium.url)
        for history in remembered:
            history.api = api
            history.check()
        for history in remembered:
            history.replay()


@st.composite
def boards_with_tasks(draw):
    return draw(st.lists(definitions.filter(lambda d: d["mode"] == "podium"), min_size=2, max_size=2)), draw(st.lists(runs, min_size=3, max_size=8))


def ranks(ranking):
    return [(row["rank"], row["label"], row["values"]) for row in ranking["rows"] if row["qualified"]]


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(boards_with_tasks(), runs, st.sampled_from(["failed", "nan", "running"]))
def test_a_task_that_failed_or_is_nan_changes_no_rank(api, given_board, run, how):
    definitions, history = given_board
    world = History(api, definitions)
    for each in history:
        world.do(("run", each))
    before = [api.ranking(board) for board in world.boards]
    values = {**run["values"], "acc": math.nan} if how == "nan" else run["values"]
    world.do(("run", {**run, "values": values, "state": "completed" if how == "nan" else how}))
    for was, board in zip(before, world.boards):
        assert ranks(api.ranking(board)) == ranks(was)
    world.check()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(boards_with_tasks(), runs, st.sampled_from(["delete", "archive"]))
def test_a_task_that_is_deleted_was_never_there(api, given_board, run, how):
    definitions, history = given_board
    world = History(api, definitions)
    for each in history:
        world.do(("run", each))
    before = [plain(api.ranking(board)) for board in world.boards]
    world.do(("run", {**run, "state": "completed"}))
    world.check()
    copied = copy.copy(world.world.tasks[-1])
    world.do((how, len(world.world.tasks) - 1))
    assert [plain(api.ranking(board)) for board in world.boards] == before, copied
