"""The table of the bench: on the terminal while it runs, as JSON and as Markdown at the end."""
import json
import os
import platform
import time

import goals

# What a cell shows beside the CPU, for scenarios that are not about CPU.
FIGURES = {
    "start and idle": ("start_ms", "{:,.0f} ms"),
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
    return milliseconds(row["cpu_ms"])


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
        lines = [f"{self.about['machine']}; {self.about['date']}", "", "| | " + " | ".join(self.names) + " | podium p50 / p99 |", "|---" * (len(self.names) + 2) + "|"]
        for name, rows in self.results.items():
            cells = [cell(name, rows.get(n)) for n in self.names]
            lines.append(f"| {name} | " + " | ".join(cells) + f" | {walls(rows.get('podium')).replace('/', ' / ')} |")
        lines += ["", "| goal | aim | reached | |", "|---|---|---|---|"]
        lines += [f"| {g.what} | {g.aim} | {g.text} | {'' if g.met else 'missed'} |" for g in judged]
        return "\n".join(lines) + "\n"
