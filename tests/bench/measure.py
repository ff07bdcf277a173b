"""What a server costs, read from /proc and the CPU clocks of its processes, and the load that makes it work."""
import contextlib
import json
import os
import pathlib
import subprocess
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LOAD = ROOT / "build/bin/bench_load"
TICK = os.sysconf("SC_CLK_TCK")


def tree(pid):
    """A process and its living descendants."""
    found = [pid]
    for task in pathlib.Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            found += tree(int(child))
    return found


def cpu_seconds(pid):
    """User and system time of the process tree, of ended threads and reaped children too; exact to the nanosecond but for
    the reaped children."""
    total = 0.0
    for one in tree(pid):
        try:
            total += time.clock_gettime((~one << 3) | 2)  # the CPU clock of another process, see clock_getcpuclockid(3)
            fields = pathlib.Path(f"/proc/{one}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(f) for f in fields[13:15]) / TICK
    return total


def _sum_kib(pid, file, name):
    total = 0
    for one in tree(pid):
        try:
            for line in pathlib.Path(f"/proc/{one}/{file}").read_text().splitlines():
                if line.startswith(name):
                    total += int(line.split()[1])
        except OSError:
            pass
    return total / 1024


def resident_mib(pid):
    return _sum_kib(pid, "status", "VmRSS:")


def proportional_mib(pid):
    """Resident memory with pages shared between processes counted once."""
    return _sum_kib(pid, "smaps_rollup", "Pss:")


class Growth:
    """With this block: how far the resident memory rose above where it stood, at its greatest, in MiB."""

    def __init__(self, pid):
        self.pid = pid

    def __enter__(self):
        for one in tree(self.pid):
            pathlib.Path(f"/proc/{one}/clear_refs").write_text("5")  # the peak begins anew
        self.before = resident_mib(self.pid)
        return self

    def __exit__(self, *_):
        self.mib = max(0.0, _sum_kib(self.pid, "status", "VmHWM:") - self.before)


class Failed(Exception):
    """A scenario that a server did not answer; the bench goes on with the next."""


class Load:
    """A load generator that is connected and waits for go()."""

    def __init__(self, server, kind, clients, requests, **options):
        self.server, self.kind = server, kind
        named = {**server.load_options, **options}
        command = [LOAD, str(server.port), kind, str(clients), str(requests), *(f"{k}={v}" for k, v in named.items() if v is not None)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        if self.process.stdout.readline() != "ready\n":
            raise Failed(f"{server.name}: the load {kind} did not start")

    def go(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()

    def wait(self):
        line = self.process.stdout.readline()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()
        if not line:
            raise Failed(f"{self.server.name}: the load program for {self.kind} ended with {self.process.returncode} and said nothing")
        result = json.loads(line)
        # A peer's errors are a figure, if it answered most; podium may have none.
        if result["failures"] > (result["requests"] // 2 if self.server.may_fail else 0):
            raise Failed(f"{self.server.name}, {self.kind}: {result['failures']} requests failed, the first with {result['failure'][:200]}")
        return result


def load(server, kind, clients, requests, profiled=True, **options):
    """Runs one kind of load to its end: what the load program printed, with `cpu_ms` a request and `growth_mib`. The profile, if
    one is asked for, is that of the last load of a scenario."""
    waiting = Load(server, kind, clients, requests, **options)
    with Growth(server.pid) as growth, server.profiled() if profiled else contextlib.nullcontext():
        before = cpu_seconds(server.pid)
        waiting.go()
        result = waiting.wait()
        after = cpu_seconds(server.pid)
    result["cpu_ms"] = (after - before) * 1000 / max(1, result["requests"])
    result["growth_mib"] = growth.mib
    return result


def until_idle(server, seconds=2.0, most=120.0):
    """Waits until the server has used (almost) no CPU for some time: its background work is done."""
    ends = time.monotonic() + most
    last, quiet_since = cpu_seconds(server.pid), time.monotonic()
    while time.monotonic() < ends and time.monotonic() - quiet_since < seconds:
        time.sleep(0.25)
        now = cpu_seconds(server.pid)
        if now - last > 0.02:
            quiet_since = time.monotonic()
        last = now
