"""What the bench does, in groups: a group has fresh stores, and its scenarios run in order, every server of the run in turn.

A scenario is a function of (server, size) that returns a row: `cpu_ms` (server CPU a request) and what else it measured. The size
says how many requests a server is asked for; a server without a size does not take part.
"""
import dataclasses
import typing

import actions
import curves
import importance
import boards
import measure
import notebook
import reads
import servers
import table
import writes


@dataclasses.dataclass
class Scenario:
    name: str
    run: typing.Callable
    sizes: dict  # server name -> whatever the function takes as its size
    full: dict = dataclasses.field(default_factory=dict)  # more of them, with FULL=1: minutes of a slow peer

    def size(self, server, full):
        return {**self.sizes, **(self.full if full else {})}.get(server)


def sizes(ours, fasttrackml=None, mlflow=None, trackio=None, floor=True):
    out = {"podium": ours, "floor": ours if floor else None, "fasttrackml": fasttrackml, "mlflow": mlflow, "trackio": trackio}
    return {name: size for name, size in out.items() if size is not None}


def group_writes():
    def simple(name, kind, clients, ours, fasttrackml, mlflow, trackio=None):
        return Scenario(name, writes.simple(kind, clients), sizes(ours, fasttrackml, mlflow, trackio))

    return [
        simple("log-metric, 1 client", "log-metric", 1, 2000, 500, 100, 100),
        simple("log-metric, 8 clients", "log-metric", 8, 8000, 1000, 100, 100),
        simple("log-metric, 32 clients", "log-metric", 32, 20000, 2000, 200, 200),
        simple("log-batch of 1000, 1 client", "batch", 1, 150, 30, 8, 30),
        simple("log-batch of 1000, 8 clients", "batch", 8, 300, 60, 16, 60),
        simple("run + 20 params + 20 tags, 1 client", "run-lifecycle", 1, 500, 100, 30),
        simple("run + 20 params + 20 tags, 8 clients", "run-lifecycle", 8, 2000, 200, 32),
        simple("100k points, rising steps", "batch-one-key", 1, 100, 20, 5),
        simple("100k points at step 0", "batch-step0", 1, 100, 20, 5),
    ]


def group_search(runs):
    def group():
        few = runs > 1000
        mlflow = (2 if few else 10) if runs <= 10_000 else None
        fasttrackml = {1000: 100, 10_000: 30, 100_000: 5}[runs]

        def search(name, body, deep=False, mlflow=mlflow):
            return Scenario(f"search {runs // 1000}k: {name}", reads.search(runs, body, deep), sizes(300, fasttrackml, mlflow))

        ordered = {"order_by": ["metrics.acc DESC"]}
        filtered = {"filter": "metrics.acc > 0.9 and params.lr = '0.1'"}
        pages = [
            search("default page", {}),
            search("ordered", ordered),
            search("ordered, deep page", ordered, deep=True),
            search("filter", filtered),
            search("filter + order", {**filtered, **ordered}),
        ]
        return pages + (group_table(runs) + group_notebook(runs) if runs == 100_000 else [])

    return group


def group_table(runs):
    """On the runs of the searches: the file is podium's, the floor is SQL by hand over it."""

    def ask(name, scenario, times):
        return Scenario(f"table {runs // 1000}k: {name}", scenario, sizes(times))

    return [
        ask("window of 100 x 24", table.window(runs), 300),
        ask("new listing by metric", table.listing(runs, "listing-metric", "metrics.acc desc"), 20),
        ask("new listing by start", table.listing(runs, "listing-start", "started desc"), 20),
        ask("new listing by name", table.listing(runs, "listing-name", "name"), 10),
        ask("new listing by param", table.listing(runs, "listing-param", "params.param1"), 20),
        ask("facet of state", table.facet(runs, "facet-state", "state"), 50),
        ask("facet of a param", table.facet(runs, "facet-param", "params.lr"), 20),
        ask("facet of a tag", table.facet(runs, "facet-tag", "tags.tag0"), 20),
        ask("facet of the tags", table.facet(runs, "facet-tags", "tags"), 20),
        ask("range of a metric", table.facet(runs, "range-metric", "metrics.acc"), 50),
        ask("CSV of all x 24", table.csv(runs), 3),
        Scenario(f"actions {runs // 1000}k: counts of all", actions.counts(runs), sizes(50)),
        Scenario(f"actions {runs // 1000}k: archive all", actions.archive(runs), sizes(1)),
        Scenario(f"actions {runs // 1000}k: log-metric beside", actions.beside(runs), {"podium": 1000}),
    ]


def group_notebook(runs):
    return [
        Scenario("kernel: start to first reply", notebook.start, {"podium": 5, "itables": 5}),
        Scenario("notebook: a completion among 100k", notebook.typed(runs, "complete"), {"podium": 600}),
        Scenario("notebook: a completion beside 200 points/s", notebook.typed(runs, "complete", 200), {"podium": 600}),
        Scenario("notebook: an inspection among 100k", notebook.typed(runs, "inspect"), {"podium": 300}),
        Scenario("notebook: a table drawn", notebook.draw(runs), {"podium": 3, "itables": 3}),
        Scenario("the element: first rows of 100k", notebook.grid(runs), {"podium": 3}),
    ]


def group_history():
    return [
        Scenario("history, 100k points", reads.history(100_000), sizes(20, 5, 1, 2)),
        Scenario("history, 1M points", reads.history(1_000_000), sizes(5, 1), {"mlflow": 1}),
        Scenario("bulk-interval, 20 x 10k points", reads.bulk_interval(20, 10_000), sizes(20, None, 2, floor=False)),
    ]


def group_curves():
    return [
        Scenario("curves, 100 x 10 x 10k points", curves.overlaid(100, 10, 10_000, "binary"), {"podium": 10, "mlflow": 1}),
        Scenario("curves, 100 x 10 x 10k points, JSON", curves.overlaid(100, 10, 10_000, "json"), {"podium": 10, "mlflow": 1}),
    ]


def group_mixed():
    return [
        Scenario("mixed: 20 writes of 10 to a search", servers.mixed, sizes(400, 40, 4, floor=False)),
        Scenario("beside slow readers and 500 dribbling sockets", servers.beside_slow_clients, sizes(4000, 1000, 100, floor=False)),
    ]


def group_events():
    return [
        Scenario("events at 1,000 changes/s", table.events, {"podium": 1000}),
        Scenario("a rule sees a point", actions.rule, {"podium": 100}),
        Scenario("a call of the command line", table.command_line, {"podium": 20, "trackio": 3}),
    ]


def group_comparison():
    return [
        Scenario("importance of 30 parameters, 1k tasks", importance.importance(1000, 30), {"podium": 5}),
    ]


def group_boards():
    return [
        Scenario("board 100k: read", boards.read(100_000), {"podium": 300}),
        Scenario("board 100k: rebuild from the store", boards.rebuild(100_000), {"podium": 5, "mlflow": 2}),
        Scenario("board 100k: ranking in memory", boards.in_memory(100_000), {"podium": 1}),
        Scenario("board 100k: a new task", boards.new_task(100_000), {"podium": 300}),
        Scenario("board 100k: a task is seen", boards.seen(100_000), {"podium": 100}),
    ]


def group_artifacts():
    return [
        Scenario("artifact 100 MB up", servers.artifact_up, sizes(5, None, 2, floor=False)),
        Scenario("artifact 100 MB down", servers.artifact_down, sizes(5, None, 2, floor=False)),
    ]


def group_footprint():
    every = {name: 5 for name in ("podium", "floor", "fasttrackml", "mlflow", "trackio")}
    return [
        Scenario("start and idle", servers.start_and_idle, {**every, "mlflow": 2, "trackio": 2}),
        Scenario("disk of a metric point", servers.disk, sizes(200, 60, 30, 60)),
    ]


GROUPS = {
    "footprint": group_footprint,
    "writes": group_writes,
    "search 1k": group_search(1000),
    "search 10k": group_search(10_000),
    "search 100k": group_search(100_000),
    "history": group_history,
    "curves": group_curves,
    "mixed": group_mixed,
    "events": group_events,
    "comparison": group_comparison,
    "boards": group_boards,
    "artifacts": group_artifacts,
}


def run(wanted, kinds, folder, full, profiles, each):
    """Runs the wanted scenarios with the servers of `kinds`; `each(scenario, rows)` after each. A server that fails a scenario has
    the reason in its row."""
    for group, make in GROUPS.items():
        chosen = [s for s in make() if wanted(s.name)]
        names = {name for s in chosen for name in ({**s.sizes, **s.full} if full else s.sizes)}
        running, missing = [], {}
        try:
            for kind in kinds:
                if kind.name not in names:
                    continue
                running.append(kind(folder / group.replace(" ", "-") / kind.name))
                try:
                    running[-1].start()
                except measure.Failed as e:
                    running.pop().stop()
                    missing[kind.name] = {"failed": str(e)}
            for scenario in chosen:
                rows = {name: row for name, row in missing.items() if scenario.size(name, full) is not None}
                for server in running:
                    size = scenario.size(server.name, full)
                    if size is None:
                        continue
                    server.profile = profiles and server.name == "podium" and profiles / f"{scenario.name.replace(' ', '-')}.txt"
                    try:
                        rows[server.name] = scenario.run(server, size)
                    except (measure.Failed, OSError) as e:
                        rows[server.name] = {"failed": str(e)}
                    server.profile = None
                each(scenario, rows)
        finally:
            for server in running:
                server.stop()
