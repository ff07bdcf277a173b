"""Measures notebooks, with the packages of the tests' environment: `notebook_bench.py WHAT ...` prints one line of JSON.

    start KERNEL TIMES             a kernel from its start to its first reply: wall and CPU time, memory
    complete TIMES PID [RATE]      completions by the podium kernel; PID is podium's. With RATE another client logs so many points a second
    inspect TIMES PID              the same of inspections
    draw URL PROJECT FOLDER TIMES  the table in JupyterLab: of 100,000 tasks by the podium kernel, and of 10,000 by ipykernel with itables,
                                   in one JupyterLab, what draws loaded before; CPU is that of the page's main thread, as the browser counts it
    grid URL PROJECT TIMES         the element in podium's own page

The kernel is that of the release build (PODIUM_BUILD: of another), and PODIUM_URL says where podium is.
"""
import csv
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests/support"), str(ROOT / "tests/bench")]
KERNELS = pathlib.Path(os.environ.get("PODIUM_BUILD", ROOT / "build")) / "share/jupyter"
os.environ["JUPYTER_PATH"] = str(KERNELS)

import measure  # noqa: E402

COLUMNS = ["id", "name", "state", "started", "metrics.acc", "metrics.metric1", "params.lr", "params.param1", "tags.tag0"]
ROWS = 10_000  # that itables is given; podium has ten times as many


def kernel():
    """The podium kernel as Jupyter's clients have it."""
    from jupyter_client.manager import KernelManager
    manager = KernelManager(kernel_name="podium")
    manager.start_kernel()
    client = manager.blocking_client()
    client.start_channels()
    client.wait_for_ready(timeout=120)
    return manager, client


def started(name, code):
    """A kernel of one's own from its start to its first reply, without what Jupyter's client waits in between: milliseconds, and the process."""
    import zmq
    from jupyter_client.connect import write_connection_file
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.session import Session
    file, connection = write_connection_file(ip="127.0.0.1", key=b"the bench")
    command = [word.replace("{connection_file}", file) for word in KernelSpecManager().get_kernel_spec(name).argv]
    if command[0].startswith("python"):  # whichever Jupyter itself runs in
        command[0] = sys.executable
    session = Session(key=b"the bench", signature_scheme=connection["signature_scheme"])
    with zmq.Context() as context, context.socket(zmq.DEALER) as shell:
        shell.linger, shell.reconnect_ivl = 0, 2
        begun = time.monotonic()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        shell.connect(f"tcp://127.0.0.1:{connection['shell_port']}")
        session.send(shell, "execute_request", {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False})
        while True:
            if not shell.poll(60_000):
                raise SystemExit(f"the kernel {name} did not answer")
            _, message = session.feed_identities(shell.recv_multipart())
            if session.deserialize(message)["msg_type"] == "execute_reply":
                return (time.monotonic() - begun) * 1000, process


def start(name, times):
    walls, cpus, memory = [], [], []
    for _ in range(int(times)):
        wall, process = started(name, "help" if name == "podium" else "1 + 1")
        walls.append(wall)
        cpus.append(measure.cpu_seconds(process.pid) * 1000)
        memory.append(measure.resident_mib(process.pid))
        process.kill()
        process.wait()
    return {"start_ms": statistics.median(walls), "cpu_ms": statistics.median(cpus), "rss_mib": max(memory)}


COMPLETED = {
    "verb": ["tas"],
    "project": ["tasks in r"],
    "clause": ["tasks in runs-100000 "],
    "key": ["tasks in runs-100000 where met", "tasks in runs-100000 where metrics.", "tasks in runs-100000 where metrics.acc > 0.9 and params.l",
            "tasks in runs-100000 show name, params.par", "tasks in runs-100000 sort metrics.m", "chart metrics."],
    "value": ["tasks in runs-100000 where params.lr = '", "tasks in runs-100000 where tags.tag0 = 'te", "tasks in runs-100000 where state = '",
              "tasks in runs-100000 where name = '"],
    "task": ["show 01", "show swift", "show no-such"],
}
INSPECTED = {
    "verb": ["tasks"],
    "project": ["tasks in runs-100000"],
    "key": ["tasks in runs-100000 where metrics.acc", "tasks where params.lr", "tasks in runs-100000 where tags.tag0", "tasks where state"],
    "task": ["show no-such"],
}


def logging(url, rate, stop):
    """A training: points of one task, at a steady rate, until it is told to stop."""
    import requests
    with requests.Session() as session:

        def call(method, path, body):
            answer = session.request(method, f"{url}/api/2.0/mlflow/{path}", timeout=60, **{"params" if method == "GET" else "json": body})
            answer.raise_for_status()
            return answer.json()

        experiment = call("GET", "experiments/get-by-name", {"experiment_name": "runs-100000"})["experiment"]["experiment_id"]
        run = call("POST", "runs/create", {"experiment_id": experiment})["run"]["info"]["run_id"]
        begun, n = time.monotonic(), 0
        while not stop.is_set():
            if (early := begun + n / rate - time.monotonic()) > 0:
                time.sleep(early)
            call("POST", "runs/log-metric", {"run_id": run, "key": "loss", "value": 1 / (n + 1), "step": n, "timestamp": n})
            n += 1


def answered(what, kinds, times, podium, rate=0):
    """The lines of all kinds in turns: the figures of all, and the median of the slowest kind."""
    import multiprocessing
    manager, client = kernel()
    stop = multiprocessing.Event()
    logs = multiprocessing.Process(target=logging, args=(os.environ["PODIUM_URL"], int(rate), stop), daemon=True) if rate else None
    ask = client.complete if what == "complete" else client.inspect
    lines = [(kind, line) for kind, some in kinds.items() for line in some]
    pids, walls, found = [manager.provisioner.process.pid, int(podium)], {}, 0
    try:
        if logs:
            logs.start()
        for _, line in lines:
            ask(line, len(line), reply=True, timeout=60)
        before = sum(map(measure.cpu_seconds, pids))
        for n in range(int(times)):
            kind, line = lines[n % len(lines)]
            begun = time.monotonic()
            content = ask(line, len(line), reply=True, timeout=60)["content"]
            walls.setdefault(kind, []).append((time.monotonic() - begun) * 1000)
            found += bool(content["matches"] if what == "complete" else content["found"])
        cpu = sum(map(measure.cpu_seconds, pids)) - before
        memory = measure.resident_mib(pids[0])
    finally:
        stop.set()
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if logs:
        logs.join()
        if logs.exitcode != 0:
            raise SystemExit("what logged beside it failed")
    every = sorted(wall for some in walls.values() for wall in some)
    return {"cpu_ms": cpu * 1000 / len(every), "p50": every[len(every) // 2], "p99": every[int(len(every) * 0.99)], "found": found / len(every),
            "slowest_kind": max(map(statistics.median, walls.values())), "rss_mib": memory}


def complete(times, podium, rate=0):
    return answered("complete", COMPLETED, times, podium, rate)


def inspect(times, podium):
    import requests
    rows = requests.post(f"{os.environ['PODIUM_URL']}/api/v1/commands", json={"line": "tasks in runs-100000 show id, name limit 1"}, timeout=60).json()["rows"]
    tasks = {"task": INSPECTED["task"] + [f"show {word}" for word in rows[0]]}
    return answered("inspect", {**INSPECTED, **tasks}, times, podium)


PODIUM_DRAWN = """(n) => { const cell = jupyterapp.shell.currentWidget.node.querySelectorAll('.jp-Cell')[n], grid = cell?.querySelector('podium-grid');
  const first = grid?.shadowRoot.querySelector('.row .c:not(.k)'); return !!first && first.textContent !== '' && !grid.closest('[inert]'); }"""
ITABLES_DRAWN = """(n) => { const cell = jupyterapp.shell.currentWidget.node.querySelectorAll('.jp-Cell')[n];
  return !!cell?.querySelector('.dt-container, .dataTables_wrapper') && cell.querySelectorAll('tbody tr').length >= 5; }"""


def main_thread(session):
    return next(m["value"] for m in session.send("Performance.getMetrics")["metrics"] if m["name"] == "TaskDuration") * 1000


def drawing(notebook, n, drawn):
    """CPU of the page's main thread from running a cell to its rows on the screen."""
    session = notebook.page.context.new_cdp_session(notebook.page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    notebook.page.evaluate("() => new Promise((done) => requestIdleCallback(done))")
    before = main_thread(session)
    notebook.command("notebook:run-cell-and-select-next")
    notebook.page.wait_for_function(drawn, arg=n, timeout=120_000, polling=50)  # looking at every frame would cost frames
    notebook.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    return main_thread(session) - before


def draw(url, project, folder, times):
    import pages
    import requests
    from jupyter import Lab, Notebook
    folder, times = pathlib.Path(folder), int(times)
    line = f"tasks in runs-100000 show {', '.join(COLUMNS)} sort metrics.acc desc"
    sizes = {}
    with Lab(folder / "jupyter", KERNELS, PODIUM_URL=url) as lab, pages.launched() as browser:
        with open(lab.notebooks / "rows.csv", "w", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(COLUMNS)
            for offset in range(0, ROWS, 1000):
                rows = requests.post(f"{url}/api/v1/tasks/query", timeout=120, json={
                    "project": project, "columns": COLUMNS, "order": ["metrics.acc desc"], "offset": offset, "limit": 1000}).json()
                writer.writerows(rows["rows"])
        page = lambda: browser.new_page(viewport={"width": 1400, "height": 900})  # noqa: E731
        python = {"kernel": "python3", "language": "python"}
        setup = ("import itables, pandas\nitables.init_notebook_mode(all_interactive=False, connected=False)\n"
                 "rows = pandas.read_csv('rows.csv')")
        kinds = {"cold": ([line], 0, PODIUM_DRAWN, {}), "podium": ([line + " limit 1", line], 1, PODIUM_DRAWN, {}),
                 "itables": ([setup, "itables.show(rows, maxBytes=0)"], 1, ITABLES_DRAWN, python)}
        found = {}
        for n in range(times):  # in a page of its own each: what draws is there, no other table is
            for name, (lines, at, drawn, kind) in kinds.items():
                notebook = Notebook(page(), lab, lab.write(f"{name}-{n}.ipynb", lines, **kind)).open()
                for _ in range(at):
                    notebook.command("notebook:run-cell-and-select-next")
                    if drawn == PODIUM_DRAWN:
                        notebook.page.wait_for_function(drawn, arg=0, timeout=120_000)
                found.setdefault(name, []).append(drawing(notebook, at, drawn))
                notebook.page.close()
        # Ten tables, saved: podium's of all tasks, itables' of the first thousand rows.
        for name, lines, kind in (("podium", [line] * 10, {}),
                                  ("itables", [setup + "\nrows = rows[:1000]"] + ["itables.show(rows, maxBytes=0)"] * 10, python)):
            notebook = Notebook(page(), lab, lab.write(f"ten-{name}.ipynb", lines, **kind)).open()
            notebook.run_all()
            notebook.save()
            sizes[name] = (lab.notebooks / notebook.name).stat().st_size
            notebook.page.close()
    cpu = {name: statistics.median(values) for name, values in found.items()}
    return {"podium": {"cpu_ms": cpu["podium"], "first_cpu_ms": cpu["cold"], "saved_bytes": sizes["podium"]},
            "itables": {"cpu_ms": cpu["itables"], "saved_bytes": sizes["itables"]}}


def grid(url, project, times):
    import grid_cpu
    import pages
    with pages.launched() as browser:
        runs = [grid_cpu.once(browser, f"{url}/p/{project}/tasks") for _ in range(int(times))]
    figures = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    return {"cpu_ms": figures["first rows ms"], "scroll_ms": figures["scroll ms/frame"], "sort_ms": figures["sort ms"], "nodes": figures["DOM nodes"],
            "heap_mb": figures["heap MB"], "module_kb": grid_cpu.module_kb()}


if __name__ == "__main__":
    print(json.dumps({"start": start, "complete": complete, "inspect": inspect, "draw": draw, "grid": grid}[sys.argv[1]](*sys.argv[2:])))
