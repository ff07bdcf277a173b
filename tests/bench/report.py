"""The table of the bench: on the terminal while it runs, as JSON and as Markdown at the end."""
import json
import os
import platform
import time

import goals

# What a cell shows beside the CPU, for scenarios that are not about CPU.
FIGURES = {
    "start and idle": ("start_ms", "{:,.0f} ms"),
    "kernel: start to first reply": ("start_ms", "{:,.0f} ms"),
    "disk of a metric point": ("bytes_a_point", "{:,.1f} B"),
}


def machine():
    processor = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = int(open("/proc/meminfo").readline().split()[1]) // (1 << 20)
    system = next((line.split("=", 1)[1].strip().strip('"') for line in open("/etc/os-release") if line.startswith("PRETTY_NAME=")), "")
    return f"{processor}, {os.cpu_count()} cores, {memory} GiB, {system}"


def milliseconds(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.3f}"


def cell(scenario, row):
    if row is None:
        return "–"
    if "failed" in row:
        return "failed"
    if scenario in FIGURES:
        figure, text = FIGURES[scenario]
        return text.format(row[figure])
    return milliseconds(row["cpu_ms"]) + (f", {row['failures']} errors" if row.get("failures") else "")


def walls(row):
    return f"{milliseconds(row['p50'])}/{milliseconds(row['p99'])}" if row and "p50" in row else ""


class Report:
    def __init__(self, kinds, path):
        self.names = [k.name for k in kinds]
        self.path = path
        self.results = {}
        self.about = {"machine": machine(), "date": time.strftime("%Y-%m-%d"), "load_before": os.getloadavg()[0],
                      "servers": {k.name: {"version": k.version(), "notes": k.notes} for k in kinds}}
        print(self.about["machine"], f"(load {self.about['load_before']:.1f} before the run)")
        for name, about in self.about["servers"].items():
            print(f"  {name} {about['version']}: {about['notes']}")
        print("\nServer CPU in ms a request, all processes of the server; wall times are podium's.")
        print(f"{'':46}" + "".join(f"{n:>13}" for n in self.names) + f"{'p50/p99 ms':>16}", flush=True)

    def add(self, scenario, rows):
        self.results[scenario.name] = rows
        print(f"{scenario.name:46}" + "".join(f"{cell(scenario.name, rows.get(n)):>13}" for n in self.names) + f"{walls(rows.get('podium')):>16}", flush=True)
        for name, row in rows.items():
            if "failed" in row:
                print(f"    {row['failed']}", flush=True)
            elif row.get("failures"):
                print(f"    {name}: {row['failures']} of {row['requests']} requests failed, the first with {row['failure'][:160]}", flush=True)

    def finish(self):
        judged = list(goals.judge(self.results))
        if judged:
            print("\nGoals")
            for g in judged:
                print(f"  {g.what:70} {g.text:>12}  {g.aim:>10}  {'' if g.met else 'MISSED'}")
            print(f"{sum(g.met for g in judged)} of {len(judged)} goals met")
        self.about["load_after"] = os.getloadavg()[0]
        document = {**self.about, "scenarios": self.results, "goals": [dict(vars(g)) for g in judged]}
        self.path.write_text(json.dumps(document, indent=1))
        self.path.with_suffix(".md").write_text(self.markdown(judged))
        print(f"written to {self.path} and {self.path.with_suffix('.md').name}")

    def markdown(self, judged):
        names = [n for n in self.names if n != "podium"]
        lines = [f"{self.about['machine']}; {self.about['date']}; load {self.about['load_before']:.0f} before, {self.about['load_after']:.0f} after", "",
                 "| | podium | p50 / p99 | " + " | ".join(names) + " |", "|---" * (len(names) + 3) + "|"]
        for name, rows in self.results.items():
            peers = [self.beside(name, peer, rows) for peer in names]
            ours = rows.get("podium")
            lines.append(f"| {name} | {cell(name, ours)} | {walls(ours).replace('/', ' / ')} | " + " | ".join(peers) + " |")
        others = [g for g in judged if g.other]
        if others:
            lines += ["", "| | goal | reached |", "|---|---|---|"]
            lines += [f"| {g.what} | {g.aim} | {g.text if g.met else f'**{g.text}**'} |" for g in others]
        return "\n".join(lines) + "\n"

    @staticmethod
    def beside(scenario, peer, rows):
        """A peer's figure with its ratio to podium's (the floor's: podium's to it) and the goal; bold when that is missed."""
        text = cell(scenario, rows.get(peer))
        figure = FIGURES.get(scenario, ("cpu_ms",))[0]
        ours, theirs = (rows.get(name, {}).get(figure) for name in ("podium", peer))
        if not ours or not theirs:
            return text
        ratio = ours / theirs if peer == "floor" else theirs / ours
        goal = goals.LESS_CPU.get(scenario, {}).get(peer)
        met = goal is None or (ratio <= goal if peer == "floor" else ratio >= goal)
        times = f"{goals.digits(ratio)}×"
        aim = "" if goal is None else f" ({'≤' if peer == 'floor' else '≥'} {goal})"
        return f"{text} · {times if met else f'**{times}**'}{aim}"
