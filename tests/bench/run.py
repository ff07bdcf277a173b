#!/usr/bin/env python3
"""`make bench`: podium beside its peers on this machine, in one run.

    tests/bench/run.py [WORD ...]      all scenarios, or those whose names contain a word

PEERS="mlflow floor"   servers beside podium (all by default: floor mlflow fasttrackml trackio itables; PEERS= none)
FULL=1                 also what takes a slow peer minutes (mlflow: a history of 1M points)
PROFILE=1              a profile of podium for each scenario, by perf, in build/profiles/

Servers are started on free ports of 127.0.0.1 with temporary stores. What counts is the server's CPU time a request (all its
processes, user and system), as a ratio within this run: wall times depend on the machine's mood. Results go to build/bench.json
and build/bench.md. README.md beside this file says what each scenario does.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import peers
import report
import scenarios
from measure import ROOT


def build():
    for command in (["cmake", "--preset", "release", "-DPODIUM_BENCH=ON", "--log-level=WARNING"],
                    ["cmake", "--build", "--preset", "release", "-j", peers.tests.JOBS, "--target", "podium", "podium-kernel", "bench_load", "bench_floor", "bench_table_floor", "bench_board_rebuild"]):
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def chosen_peers(text):
    known = {kind.name: kind for kind in peers.ALL}
    names = list(known) if text is None else ["podium", *(n for n in text.split() if n != "podium")]
    unknown = [n for n in names if n not in known]
    if unknown:
        raise SystemExit(f"no peer {', '.join(unknown)}; there are: {' '.join(n for n in known if n != 'podium')}")
    kinds = []
    for name in names:
        try:
            known[name].prepare()
            kinds.append(known[name])
        except (OSError, subprocess.SubprocessError, SystemExit) as e:
            print(f"{name} is left out: {e}")
    return kinds


def main(words):
    def wanted(name):
        return not words or any(word in name for word in words)

    if not any(wanted(s.name) for make in scenarios.GROUPS.values() for s in make()):
        raise SystemExit("no scenario has that word in its name:\n  " + "\n  ".join(s.name for make in scenarios.GROUPS.values() for s in make()))
    build()
    profiles = None
    if os.environ.get("PROFILE", "") not in ("", "0"):
        if not shutil.which("perf"):
            raise SystemExit("PROFILE=1 needs perf (package linux-perf)")
        profiles = ROOT / "build/profiles"
        profiles.mkdir(exist_ok=True)
    kinds = chosen_peers(os.environ.get("PEERS"))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "build"))
    table = report.Report(kinds, ROOT / "build/bench.json")
    try:
        scenarios.run(wanted, kinds, folder, os.environ.get("FULL", "") not in ("", "0"), profiles, table.add)
    finally:
        table.finish()  # also what there is when it was interrupted
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1:])
