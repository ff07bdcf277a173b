"""The goals of the bench. A goal is looked at when the rows that it speaks of were measured in this run."""
import dataclasses


def digits(value):
    return f"{value:,.{0 if value >= 20 else 1 if value >= 2 else 2}f}"


@dataclasses.dataclass
class Goal:
    what: str
    aim: str  # as written in the table
    reached: float
    unit: str
    met: bool
    other: bool = True  # not a ratio of CPU to a peer's, which stand beside the figures

    @property
    def text(self):
        return digits(self.reached) + self.unit


# Scenario -> at least so many times less CPU than the peer, at most so many times the floor's.
LESS_CPU = {
    "log-metric, 1 client": {"mlflow": 30, "fasttrackml": 4, "floor": 2},
    "log-metric, 8 clients": {"floor": 2},
    "log-metric, 32 clients": {"mlflow": 150, "fasttrackml": 10, "floor": 2},
    "log-batch of 1000, 1 client": {"mlflow": 50, "fasttrackml": 12, "trackio": 5, "floor": 2},
    "log-batch of 1000, 8 clients": {"mlflow": 50, "fasttrackml": 12, "trackio": 5, "floor": 2},
    "run + 20 params + 20 tags, 1 client": {"mlflow": 40, "fasttrackml": 5},
    "run + 20 params + 20 tags, 8 clients": {"mlflow": 100, "fasttrackml": 10},
    "search 1k: default page": {"mlflow": 40, "fasttrackml": 4},
    "search 10k: default page": {"mlflow": 40},
    "search 100k: default page": {"fasttrackml": 50},
    "search 1k: ordered": {"mlflow": 100, "fasttrackml": 5},
    "search 10k: ordered": {"mlflow": 1000},
    "search 100k: ordered": {"fasttrackml": 100},
    "search 1k: filter + order": {"mlflow": 20, "fasttrackml": 2},
    "search 10k: filter + order": {"mlflow": 50},
    "search 100k: filter": {"fasttrackml": 50},
    "search 100k: filter + order": {"fasttrackml": 50, "floor": 3},
    "history, 100k points": {"mlflow": 80, "fasttrackml": 15},
    "history, 1M points": {"mlflow": 80, "fasttrackml": 15},
    "bulk-interval, 20 x 10k points": {"mlflow": 200},
    "curves, 100 x 10 x 10k points": {"mlflow": 200},
    "curves, 100 x 10 x 10k points, JSON": {"mlflow": 200},
    "mixed: 20 writes of 10 to a search": {"mlflow": 100, "fasttrackml": 15},
    "table 100k: window of 100 x 24": {"floor": 2},
    "table 100k: new listing by metric": {"floor": 2},
    "table 100k: new listing by start": {"floor": 2},
    "table 100k: new listing by name": {"floor": 2},
    "table 100k: new listing by param": {"floor": 2},
    "table 100k: facet of state": {"floor": 2},
    "table 100k: facet of a param": {"floor": 2},
    "table 100k: facet of a tag": {"floor": 2},
    "table 100k: facet of the tags": {"floor": 2},
    "table 100k: range of a metric": {"floor": 2},
    "table 100k: CSV of all x 24": {"floor": 2},
    "actions 100k: counts of all": {"floor": 3},
    "actions 100k: archive all": {"floor": 4},
    "a call of the command line": {"trackio": 10},
    "board 100k: rebuild from the store": {"mlflow": 20},
    "notebook: a table drawn": {"itables": 4},
    "artifact 100 MB up": {"mlflow": 5},
    "artifact 100 MB down": {"mlflow": 5},
}

# (scenario, figure of podium's row) -> at most, unit.
AT_MOST = {
    ("history, 1M points", "growth_mib"): (16, " MiB", "memory growth"),
    ("artifact 100 MB up", "growth_mib"): (8, " MiB", "memory growth"),
    ("artifact 100 MB down", "growth_mib"): (8, " MiB", "memory growth"),
    ("start and idle", "start_ms"): (100, " ms", "wall"),
    ("start and idle", "cpu_ms"): (50, " ms", "CPU"),
    ("start and idle", "rss_mib"): (20, " MiB", "resident"),
    ("disk of a metric point", "bytes_a_point"): (16, " B", "a point"),
    ("table 100k: CSV of all x 24", "growth_mib"): (16, " MiB", "memory growth"),
    ("events at 1,000 changes/s", "p99"): (20, " ms", "p99 from commit to subscriber"),
    ("actions 100k: log-metric beside", "times_alone"): (6, "×", "p99 / alone"),
    ("a rule sees a point", "p99"): (50, " ms", "p99"),
    ("board 100k: read", "cpu_ms"): (5, " ms", "CPU"),
    ("board 100k: ranking in memory", "percent_of_pandas"): (5, " %", "of OptScale's algorithm in pandas"),
    ("board 100k: ranking in memory", "put_permille"): (1, " ‰", "a new task / all of them"),
    ("board 100k: a new task", "permille_of_rebuild"): (1, " ‰", "with its event / a rebuild"),
    ("board 100k: a task is seen", "p99"): (50, " ms", "p99"),
    ("a call of the command line", "p50"): (30, " ms", "wall"),
    ("kernel: start to first reply", "rss_mib"): (40, " MiB", "resident"),
    ("notebook: a completion among 100k", "p99"): (30, " ms", "p99"),
    ("notebook: a completion among 100k", "slowest_kind"): (10, " ms", "p50 of its slowest kind"),
    ("notebook: a completion among 100k", "rss_mib"): (40, " MiB", "resident"),
    ("notebook: a completion beside 200 points/s", "p99"): (30, " ms", "p99"),
    ("notebook: an inspection among 100k", "p99"): (30, " ms", "p99"),
    ("notebook: a table drawn", "saved_bytes"): (100_000, " B", "a notebook with ten tables"),
    ("the element: first rows of 100k", "cpu_ms"): (150, " ms", "main thread"),
    ("the element: first rows of 100k", "scroll_ms"): (8, " ms", "a frame of scrolling"),
    ("the element: first rows of 100k", "sort_ms"): (60, " ms", "a sort"),
    ("the element: first rows of 100k", "nodes"): (1500, "", "nodes"),
    ("the element: first rows of 100k", "module_kb"): (25, " kB", "the module, gz"),
    ("search 100k: filter", "cpu_ms"): (5, " ms", "CPU"),
    ("search 100k: filter + order", "cpu_ms"): (5, " ms", "CPU"),
    ("bulk-interval, 20 x 10k points", "cpu_ms"): (30, " ms", "CPU"),
    ("importance of 30 parameters, 1k tasks", "cpu_ms"): (1000, " ms", "CPU"),
    ("importance of 30 parameters, 1k tasks", "of_scikit"): (0.5, "×", "CPU of scikit-learn's forest"),
}

# (scenario, other scenario) -> podium's CPU of the one at most so many times that of the other.
WITHIN = {
    ("search 100k: default page", "search 1k: default page"): 1.5,
    ("search 100k: ordered", "search 1k: ordered"): 1.5,
    ("search 1k: ordered, deep page", "search 1k: ordered"): 1.5,
    ("search 10k: ordered, deep page", "search 10k: ordered"): 1.5,
    ("search 100k: ordered, deep page", "search 100k: ordered"): 1.5,
    ("100k points at step 0", "100k points, rising steps"): 1.5,
}


# (scenario, server's other scenario) -> podium's CPU of the one at least so many times less than the server's of the other.
ACROSS = {
    ("table 100k: window of 100 x 24", "search 10k: ordered, deep page", "mlflow"): 1000,
}


def value(results, scenario, server, figure="cpu_ms"):
    return results.get(scenario, {}).get(server, {}).get(figure)


def judge(results):
    """results: scenario -> server -> row. Yields a Goal for each that can be judged."""
    for scenario, wanted in LESS_CPU.items():
        ours = value(results, scenario, "podium")
        for peer, times in wanted.items():
            theirs = value(results, scenario, peer)
            if not ours or not theirs:
                continue
            if peer == "floor":
                yield Goal(f"{scenario}: podium / floor", f"≤ {times}×", ours / theirs, "×", ours / theirs <= times, False)
            else:
                yield Goal(f"{scenario}: {peer} / podium", f"≥ {times}×", theirs / ours, "×", theirs / ours >= times, False)
    for (scenario, other), times in WITHIN.items():
        ours, theirs = value(results, scenario, "podium"), value(results, other, "podium")
        if ours and theirs:
            yield Goal(f"{scenario} / {other}", f"≤ {times}×", ours / theirs, "×", ours / theirs <= times)
    for (scenario, other, peer), times in ACROSS.items():
        ours, theirs = value(results, scenario, "podium"), value(results, other, peer)
        if ours and theirs:
            yield Goal(f"{scenario}: {peer}'s {other} / podium", f"≥ {times}×", theirs / ours, "×", theirs / ours >= times)
    for (scenario, figure), (most, unit, what) in AT_MOST.items():
        ours = value(results, scenario, "podium", figure)
        if ours is not None:
            yield Goal(f"{scenario}: {what}", f"≤ {most}{unit}", ours, unit, ours <= most)
    yield from _footprint(results)
    alone, beside = (value(results, "mixed: 20 writes of 10 to a search", "podium", f) for f in ("search_p99_alone", "search_p99"))
    if alone and beside:
        yield Goal("mixed: p99 of searches / alone", "≤ 5×", beside / alone, "×", beside <= 5 * alone)


def _footprint(results):
    for figure, scenario, what, times in (("start_ms", "start and idle", "start", {"mlflow": 100, "fasttrackml": 1}),
                                          ("start_ms", "kernel: start to first reply", "first reply of a kernel", {"itables": 5}),
                                          ("pss_mib", "start and idle", "idle memory", {"mlflow": 20, "fasttrackml": 1}),
                                          ("bytes_a_point", "disk of a metric point", "disk", {"mlflow": 15, "fasttrackml": 15})):
        ours = value(results, scenario, "podium", figure)
        for peer, least in times.items():
            theirs = value(results, scenario, peer, figure)
            if ours and theirs:
                yield Goal(f"{what}: {peer} / podium", f"≥ {least}×", theirs / ours, "×", theirs / ours >= least)
