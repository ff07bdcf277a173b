"""Scenarios of notebooks and of the table's element: the podium kernel and its table beside ipykernel with itables, over the runs of the
searches. `notebook_bench.py` measures, with the packages of the tests' environment."""
import json
import os
import subprocess

import measure
import table
from measure import ROOT


def measured(server, *words):
    done = subprocess.run([ROOT / ".venv/bin/python", ROOT / "tests/bench/notebook_bench.py", *map(str, words)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, env={**os.environ, "PODIUM_URL": f"http://127.0.0.1:{server.port}"})
    if done.returncode != 0:
        raise measure.Failed(f"notebook_bench.py {words[0]} ended with {done.returncode}: {(done.stdout + done.stderr)[-600:]}")
    return json.loads(done.stdout.splitlines()[-1])


def start(server, times):
    return measured(server, "start", "python3" if server.name == "itables" else "podium", times)


def typed(runs, what, *more):
    """Completions or inspections; all but those of names that nothing has find something."""

    def scenario(server, times):
        table.project_of(server, runs)
        row = measured(server, what, times, server.pid, *more)
        if row["found"] < 0.7:
            raise measure.Failed(f"only {row['found']:.0%} of them found anything")
        return row

    return scenario


def draw(runs):
    """Both in one JupyterLab: podium's turn measures, itables' reads what was found."""

    def scenario(server, times):
        kept = server.folder.parent / "drawn.json"
        if server.name != "itables":
            project = table.project_of(server, runs)
            folder = server.folder / "lab"
            folder.mkdir(parents=True)
            kept.write_text(json.dumps(measured(server, "draw", f"http://127.0.0.1:{server.port}", project, folder, times)))
        if not kept.exists():
            raise measure.Failed("itables is measured beside podium, which was not")
        return json.loads(kept.read_text())[server.name]

    return scenario


def grid(runs):
    def scenario(server, times):
        return measured(server, "grid", f"http://127.0.0.1:{server.port}", table.project_of(server, runs), times)

    return scenario
