"""Measures the task table in Chromium: main-thread CPU (the browser's own, in thread ticks, so that neighbours hardly count),
nodes, heap and bytes. `python grid_cpu.py URL PROJECT-ID` prints one line a figure with its budget; exit 1 when one is missed."""
import gzip
import pathlib
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import pages  # noqa: E402

BUDGETS = {"module kB gz": 25, "first rows ms": 150, "scroll ms/frame": 8, "sort ms": 60, "jump ms wall": None, "DOM nodes": 1500, "heap MB": 40}
DIST = pathlib.Path(__file__).resolve().parents[2] / "plugins/dashboard/web/dist"

COUNT = """() => { let n = 0; const walk = (e) => { ++n; for (const c of e.childNodes) walk(c); if (e.shadowRoot) walk(e.shadowRoot); };
  walk(document.querySelector('podium-grid')); return n; }"""
ROWS = """() => { const g = document.querySelector('podium-grid'); if (!g) return false;
  const c = g.shadowRoot.querySelector('.row .c:not(.k)'); return !!c && c.textContent !== ''; }"""
SCROLL = """(frames) => new Promise((done) => { const s = document.querySelector('podium-grid').view.scroll; let n = 0;
  const step = () => { if (n++ === frames) return done(); s.scrollTop += 90; requestAnimationFrame(step); }; requestAnimationFrame(step); })"""
JUMP = """(row) => new Promise((done) => { const g = document.querySelector('podium-grid'), s = g.view.scroll, begin = performance.now();
  s.scrollTop = row * 28; const look = () => { const [a, b] = g.view.visible(); let all = b - a > 5;
    for (let i = a; i <= b; ++i) if (g.cache.row(i) === undefined) all = false; if (all) done(performance.now() - begin); else requestAnimationFrame(look); };
  requestAnimationFrame(look); })"""


def cpu(session):
    metrics = {m["name"]: m["value"] for m in session.send("Performance.getMetrics")["metrics"]}
    return metrics["TaskDuration"] * 1000, metrics["JSHeapUsedSize"] / 1e6


def settled(page):
    page.wait_for_function(ROWS, timeout=60_000)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def once(browser, url):
    page = browser.new_page(viewport={"width": 1400, "height": 800})
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    out = {}
    page.goto("about:blank")
    before, _ = cpu(session)
    page.goto(url, wait_until="commit")
    settled(page)
    out["first rows ms"] = cpu(session)[0] - before
    out["DOM nodes"] = page.evaluate(COUNT)
    before, _ = cpu(session)
    page.evaluate(SCROLL, 240)
    out["scroll ms/frame"] = (cpu(session)[0] - before) / 240
    total = page.evaluate("document.querySelector('podium-grid').cache.total")
    out["jump ms wall"] = statistics.median(page.evaluate(JUMP, int(total * at)) for at in (0.5, 0.13, 0.91, 0.33, 0.77))
    before, _ = cpu(session)
    page.evaluate("() => { const g = document.querySelector('podium-grid'); g.sort('name', false); }")
    page.wait_for_function("() => { const g = document.querySelector('podium-grid'); return g.cache.listing && g.view.scroll.scrollTop === 0 && !g.cache.block(0).stale; }", timeout=60_000)
    settled(page)
    out["sort ms"], out["heap MB"] = cpu(session)[0] - before, cpu(session)[1]
    page.close()
    return out


def module_kb():
    return len(gzip.compress((DIST / "podium-elements.js").read_bytes(), 9)) / 1000


def main():
    url, project = sys.argv[1:3]
    figures = {"module kB gz": module_kb()}
    with pages.launched() as browser:
        runs = [once(browser, f"{url}/p/{project}/tasks") for _ in range(3)]
    for name in runs[0]:
        figures[name] = statistics.median(run[name] for run in runs)
    missed = 0
    for name, most in BUDGETS.items():
        over = most is not None and figures[name] > most
        missed += over
        print(f"{name:18} {figures[name]:9.1f}  {'budget ' + str(most) if most else ''}{'  MISSED' if over else ''}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
