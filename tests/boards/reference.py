"""Boards worked out slowly and obviously, as docs/leaderboards.md tells. Everything is looked at anew, nothing is kept.

Facts are plain: tasks and data sets as `world.py` keeps them, definitions as they are sent. What comes back are rows like those of a ranking."""
import functools
import math
import statistics

COUNTED_STATES = ("completed", "published")


def there(value):
    return value is not None and not math.isnan(value)


# One number of a task.

def direction_of(part, default="max"):
    return part.get("direction", default)


def pick(task, part):
    points = task.metrics.get((part["metric"], part.get("scope", "")), [])
    what = part.get("value", "last")
    if isinstance(what, dict):
        at = [value for step, value in points if step == what["at_step"]]
        return at[-1] if at else None
    if not points:
        return None
    values = [value for _, value in sorted(points, key=lambda p: p[0])]
    numbers = [value for value in values if there(value)]
    if what == "last":
        return values[-1]
    if what == "first":
        return values[0]
    if not numbers:
        return math.nan
    if what == "best":
        what = part.get("direction", "max")
    return {"min": min, "max": max, "mean": statistics.fmean}[what](numbers)


def number_spelled(text):
    try:
        value = float(text)
    except (TypeError, ValueError):
        return None
    return value if text.strip() == text and "_" not in text and there(value) else None


def column_value(task, column):
    source = column["from"]
    if "metric" in source:
        return pick(task, {**source, "direction": direction_of(column, "min")})
    return number_spelled((task.tags if "tag" in source else task.params).get(source.get("tag", source.get("param"))))


# Several become one.

def folded(fold, direction, values):
    """`values` in the order in which their tasks started."""
    values = [v for v in values if there(v)]
    if not values:
        return None
    if fold == "best":
        fold = direction
    elif fold == "worst":
        fold = "min" if direction == "max" else "max"
    if fold == "last":
        return values[-1]
    made = {"mean": mean, "median": statistics.median, "min": min, "max": max, "sum": sum}[fold](values)
    return float(made)


def mean(values):
    return sum(values) / len(values)


def canonical(text):
    if text is None:
        return None
    value = number_spelled(text)
    if value is None:
        return text
    return str(int(value)) if value == int(value) and abs(value) < 2 ** 53 else repr(value)


def metrics_of(definition):
    return [definition["primary"], *definition.get("metrics", [])]


def name_of(metric):
    scope = metric.get("scope", "")
    return metric.get("name") or (metric["metric"] + (f"@{scope}" if scope else ""))


def label_of(task, definition):
    """What a task has in common with those of its candidate, or None: it is of none."""
    kind = definition.get("kind", "candidates")
    if kind == "tasks":
        return {"task": task.id, "name": task.name}
    if kind == "teams":
        where = definition.get("team", "user")
        team = task.user if where == "user" else task.tags.get(where.removeprefix("tags."))
        return {"team": team} if team else None
    by = definition.get("group_by", {})
    params = {key: canonical(task.params.get(key)) for key in by.get("params", [])}
    if by.get("all_params"):
        params |= {key: canonical(value) for key, value in task.params.items()}
    params = dict(sorted(params.items()))  # in whatever order a task logged them
    label = {"tags": {key: canonical(task.tags.get(key)) for key in by.get("tags", [])}, "params": params}
    return {part: common for part, common in label.items() if common}


def within(value, rule):
    return there(value) and not (rule.get("min") is not None and value < rule["min"]) \
        and not (rule.get("max") is not None and value > rule["max"])


def better(a, b, direction, precision=None):
    """<0: a comes first. A missing value comes last."""
    if not there(a) or not there(b):
        return there(b) - there(a)
    if precision and math.isfinite(a) and math.isfinite(b):
        a, b = (math.copysign(math.floor(abs(v / precision) + 0.5), v) for v in (a, b))
    return 0 if a == b else -1 if (a > b) == (direction == "max") else 1


class Board:
    def __init__(self, world, project, definition):
        self.world = world
        self.definition = definition
        self.project = project
        self.metrics = metrics_of(definition)
        self.names = [name_of(m) for m in self.metrics]
        projects = {project}
        if definition.get("subprojects"):
            projects |= {p for p in world.projects.values() if world.is_below(p, project)}
        self.projects = projects
        self.tasks = sorted((t for t in world.tasks if t.project in projects and t.state in COUNTED_STATES and not t.archived),
                            key=lambda t: (t.started, t.number))
        self.find_datasets()

    # Data sets.

    def find_datasets(self):
        d = self.definition
        self.listed = [(c["name"], c["digest"]) for c in d.get("datasets", [])]
        self.weights = {(c["name"], c["digest"]): c.get("weight", 1) for c in d.get("datasets", [])}
        first = {}
        for dataset in sorted(self.world.datasets, key=lambda s: s.number):
            if dataset.project in self.projects:
                known = first.setdefault((dataset.name, dataset.digest), (dataset.number, []))
                known[1].extend(dataset.labels.items())
        newest = sorted(first, key=lambda name: first[name][0], reverse=True)
        self.rules = []
        for rule in d.get("coverage", []):
            having = [name for name in newest if any(key == rule["label"] and ("value" not in rule or value == rule["value"])
                                                     for key, value in first[name][1])]
            self.rules.append((having[:rule["last"]], rule["last"]))
        self.live = set(first)
        self.wanted = set(self.listed).union(*[names for names, _ in self.rules])
        self.asks = bool(d.get("datasets") or d.get("coverage"))

    def read_by(self, task):
        role = self.definition.get("role")
        return {(name, digest) for name, digest, context in task.inputs if not role or context == role}

    # Candidates.

    def groups(self):
        made = {}
        for task in self.tasks:
            label = label_of(task, self.definition)
            if label is not None:
                made.setdefault(repr(label), (label, []))[1].append(task)
        return made.values()

    def values_of(self, task):
        return [pick(task, m) for m in self.metrics]

    def counts(self, task):
        values = self.values_of(task)
        if not there(values[0]) or (self.asks and not self.read_by(task) & self.wanted):
            return False
        return all(within(values[self.names.index(rule["metric"])], rule)
                   for rule in self.definition.get("qualify", []) if rule["scope"] == "task")

    def fold(self, m, tasks):
        metric = self.metrics[m]
        fold, direction = metric.get("fold", "mean"), direction_of(metric)

        def over(some):
            return folded(fold, direction, [self.values_of(t)[m] for t in some])
        if not (self.asks and self.definition.get("across") == "mean"):
            return over(tasks)
        parts = [(self.weights.get(s, 1), over([t for t in tasks if s in self.read_by(t)])) for s in sorted(self.wanted)]
        parts = [(weight, value) for weight, value in parts if value is not None]
        return sum(w * v for w, v in parts) / sum(w for w, _ in parts) if parts else None

    def best_task(self, tasks):
        def compare(a, b):
            for m, metric in enumerate(self.metrics):
                order = better(self.values_of(a)[m], self.values_of(b)[m], direction_of(metric), self.definition.get("tie_precision"))
                if order:
                    return order
            return -1 if (a.ended, a.number) < (b.ended, b.number) else 1
        return min(tasks, key=functools.cmp_to_key(compare)) if tasks else None

    def row(self, label, tasks):
        counted = [t for t in tasks if self.counts(t)]
        best = self.best_task(counted)
        row = {"label": label, "all": tasks, "counted": counted, "tasks": len(counted)}
        if self.definition.get("kind", "candidates") == "candidates":
            row["values"] = [self.fold(m, counted) for m in range(len(self.metrics))]
        else:
            row["values"] = self.values_of(best) if best else [None] * len(self.metrics)
        row["covered"] = {s for t in counted for s in self.read_by(t)} & self.wanted
        row["qualified"] = bool(counted) and self.qualifies(row)
        return self.finished(row, best)

    def qualifies(self, row):
        d = self.definition
        return (there(row["values"][0]) and len(row["counted"]) >= d.get("least_tasks", 1) and set(self.listed) <= row["covered"]
                and all(len(set(names) & row["covered"]) == last for names, last in self.rules)
                and all(within(row["values"][self.names.index(rule["metric"])], rule)
                        for rule in d.get("qualify", []) if rule["scope"] == "candidate"))

    def finished(self, row, best):
        """What a row has beside its rank and values."""
        row["spread"] = []
        for m in range(len(self.metrics)):
            values = [v for v in (self.values_of(t)[m] for t in row["counted"]) if there(v)]
            middle = mean(values) if values else 0
            square = sum((v - middle) ** 2 for v in values) / (len(values) - 1) if len(values) > 1 else None
            row["spread"].append(None if square is None else math.sqrt(square) if there(square) else math.nan)
        row["columns"] = {}
        for column in self.definition.get("columns", []):
            of = column.get("of", "best")
            if of == "best":
                row["columns"][column["name"]] = column_value(best, column) if best else None
            else:
                row["columns"][column["name"]] = folded({"total": "sum"}.get(of, of), None, [column_value(t, column) for t in row["counted"]])
        row["first"] = min((t.ended, t.number) for t in (row["counted"] or row["all"]))
        return row

    # Order.

    def order(self, a, b):
        """<0: a stands before b. 0: they have the same rank."""
        if a is b:
            return 0
        d = self.definition

        def by(m):
            return better(a["values"][m], b["values"][m], direction_of(self.metrics[m]), d.get("tie_precision"))
        if a["qualified"] != b["qualified"]:
            return -1 if a["qualified"] else 1
        found = by(0)
        for tie in d.get("tie_breaks", ["metrics"]):
            if tie == "metrics":
                for m in range(1, len(self.metrics)):
                    found = found or by(m)
            elif tie == "cheaper":
                for column in d.get("columns", []):
                    if column.get("kind", "number") != "number":
                        found = found or better(a["columns"][column["name"]], b["columns"][column["name"]], direction_of(column, "min"))
            else:
                found = found or (-1 if a["first"] < b["first"] else 1)
        return found

    def rows(self):
        rows = [self.row(label, tasks) for label, tasks in self.groups()]
        rows.sort(key=functools.cmp_to_key(lambda a, b: self.order(a, b) or (-1 if a["first"] < b["first"] else 1)))
        for place, row in enumerate(rows):
            if row["qualified"]:
                row["rank"] = next(i for i in range(place + 1) if self.order(rows[i], row) == 0) + 1
        return rows


class Compatible(Board):
    """OptScale's algorithm, by its steps (plugins/leaderboard/compatible/README.md)."""

    def effective(self):
        """Step 3: live, and read by a completed task of any project."""
        return {name for name in self.wanted & self.live
                if any(name in {(n, d) for n, d, _ in t.inputs} for t in self.world.tasks if t.state in COUNTED_STATES and not t.archived)}

    def counts(self, task):
        """Step 4."""
        values = self.values_of(task)
        return there(values[0]) and all(within(values[self.names.index(rule["metric"])], rule) for rule in self.definition.get("qualify", []))

    def over(self, m, tasks):
        """Step 6."""
        return folded(self.metrics[m].get("fold", "mean"), direction_of(self.metrics[m]), [self.values_of(t)[m] for t in tasks])

    def row(self, label, tasks):
        counted = [t for t in tasks if self.counts(t)]
        qualification = {s for t in counted for s in self.read_by(t)} & self.effective()
        if qualification:
            counted = [t for t in counted if self.read_by(t) & qualification]
        row = {"label": label, "all": tasks, "counted": counted, "tasks": len(counted), "covered": qualification}
        row["values"] = [self.over(m, counted) for m in range(len(self.metrics))]
        row["qualified"] = (bool(counted) and set(self.listed) <= qualification
                            and all(len(set(names) & qualification) == last for names, last in self.rules))
        return self.finished(row, self.best_task(counted))

    def order(self, a, b):
        if a["qualified"] != b["qualified"]:
            return -1 if a["qualified"] else 1
        x, y = a["values"][0], b["values"][0]
        return (there(y) - there(x)) or (len(b["covered"]) - len(a["covered"])) or better(x, y, direction_of(self.metrics[0]))

    def rows(self):
        rows = super().rows()
        for place, row in enumerate(rows):
            if row["qualified"]:
                row["rank"] = place + 1
        return rows

    def best(self):
        """Step 10: the best value that the list of boards shows; 0 is not seen."""
        best = None
        for row in self.rows():
            eligible = [t for t in row["all"] if self.counts(t)]
            reads = {s for t in eligible for s in self.read_by(t)}
            if row["covered"] == set(self.listed):
                score = row["values"][0]
            elif set(self.listed) <= reads:
                score = self.over(0, [t for t in eligible if not self.listed or self.read_by(t) & set(self.listed)])
            else:
                continue
            if score and there(score) and (best is None or better(score, best, direction_of(self.metrics[0])) < 0):
                best = score
        return best


def board(world, project, definition):
    return (Compatible if definition.get("mode") == "compatible" else Board)(world, project, definition)
