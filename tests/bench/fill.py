"""Fills the stores of the peers by SQL with what their own API would write, where the API would take minutes. Only what is
read is filled so; writes are always measured through the API. The values are those of values.hpp."""
import contextlib
import sqlite3

EPOCH_MS = 1_700_000_000_000
METRICS, PARAMS, TAGS = 5, 10, 6
MASK = (1 << 64) - 1


def uniform(run, column):
    z = ((run * 64 + column + 1) * 0x9E3779B97F4A7C15) & MASK
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
    return ((z ^ (z >> 31)) >> 11) * 2.0**-53


def metric_name(i):
    return "acc" if i == 0 else f"metric{i}"


def metric_value(run, i):
    return float(f"{uniform(run, i):.6f}")


def param(run, i):
    u = uniform(run, 16 + i)
    return ("lr", f"0.{int(u * 10)}") if i == 0 else (f"param{i}", str(int(u * 1000)))


def tag(run, i):
    return f"tag{i}", f"text {int(uniform(run, 32 + i) * 100)}"


def loss_at(at):
    return float(f"{1000.0 / (1000 + at) + uniform(at, 63) / 16:.6f}")


def run_id(count, run):
    return f"{count:08x}{run:024x}"


@contextlib.contextmanager
def database(path):
    db = sqlite3.connect(path, timeout=60)
    try:
        with db:
            yield db
    finally:
        db.close()


def _insert(db, table, columns, rows):
    db.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", rows)


RUN_COLUMNS = ["run_uuid", "name", "source_type", "source_name", "entry_point_name", "user_id", "status", "start_time", "source_version",
               "lifecycle_stage", "artifact_uri", "experiment_id"]


def _run_row(count, run, experiment, root, status="RUNNING"):
    identity = run_id(count, run)
    return (identity, f"run-{run}", "UNKNOWN", "", "", "", status, EPOCH_MS + run, "", "active", f"{root}/{experiment}/{identity}/artifacts",
            int(experiment))


def mlflow_runs(path, experiment, count, status="RUNNING"):
    ids = [run_id(count, n) for n in range(count)]
    with database(path) as db:
        _insert(db, "runs", RUN_COLUMNS, (_run_row(count, n, experiment, "mlflow-artifacts:", status) for n in range(count)))
        _insert(db, "params", ["run_uuid", "key", "value"], ((ids[n], *param(n, i)) for n in range(count) for i in range(PARAMS)))
        _insert(db, "tags", ["run_uuid", "key", "value"], ((ids[n], *tag(n, i)) for n in range(count) for i in range(TAGS)))
        _insert(db, "tags", ["run_uuid", "key", "value"], ((ids[n], "mlflow.runName", f"run-{n}") for n in range(count)))
        for table in ("metrics", "latest_metrics"):
            _insert(db, table, ["run_uuid", "key", "value", "timestamp", "step", "is_nan"],
                    ((ids[n], metric_name(i), metric_value(n, i), EPOCH_MS, 0, 0) for n in range(count) for i in range(METRICS)))


def mlflow_history(path, run, points):
    with database(path) as db:
        columns = ["run_uuid", "key", "value", "timestamp", "step", "is_nan"]
        _insert(db, "metrics", columns, ((run, "loss", loss_at(n), EPOCH_MS + n, n, 0) for n in range(points)))
        n = points - 1
        _insert(db, "latest_metrics", columns, [(run, "loss", loss_at(n), EPOCH_MS + n, n, 0)])


def _context(db):
    db.execute("INSERT OR IGNORE INTO contexts (json) VALUES ('{}')")
    return db.execute("SELECT id FROM contexts WHERE json = '{}'").fetchone()[0]


def fasttrackml_runs(path, experiment, count):
    ids = [run_id(count, n) for n in range(count)]
    with database(path) as db:
        context = _context(db)
        row = db.execute("SELECT coalesce(max(row_num) + 1, 0) FROM runs").fetchone()[0]
        _insert(db, "runs", [*RUN_COLUMNS, "row_num"], ((*_run_row(count, n, experiment, "artifacts"), row + n) for n in range(count)))
        _insert(db, "params", ["run_uuid", "key", "value_str"], ((ids[n], *param(n, i)) for n in range(count) for i in range(PARAMS)))
        _insert(db, "tags", ["run_uuid", "key", "value"], ((ids[n], *tag(n, i)) for n in range(count) for i in range(TAGS)))
        values = ["run_uuid", "key", "value", "timestamp", "step", "is_nan", "context_id"]
        for table, last in (("metrics", "iter"), ("latest_metrics", "last_iter")):
            _insert(db, table, [*values, last],
                    ((ids[n], metric_name(i), metric_value(n, i), EPOCH_MS, 0, 0, context, 1) for n in range(count) for i in range(METRICS)))


def fasttrackml_history(path, run, points):
    with database(path) as db:
        context = _context(db)
        values = ["run_uuid", "key", "value", "timestamp", "step", "is_nan", "context_id"]
        _insert(db, "metrics", [*values, "iter"], ((run, "loss", loss_at(n), EPOCH_MS + n, n, 0, context, n + 1) for n in range(points)))
        n = points - 1
        _insert(db, "latest_metrics", [*values, "last_iter"], [(run, "loss", loss_at(n), EPOCH_MS + n, n, 0, context, n + 1)])
