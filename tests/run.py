#!/usr/bin/env python3
"""Runs the tests, stage by stage: `tests/run.py [STAGE ...]`, all but `lint` and long fuzzing by default.

    unit     Catch2 programs of the dev build
    asan     the same under AddressSanitizer and UndefinedBehaviorSanitizer
    tsan     store and server under ThreadSanitizer
    install  `cmake --install`, then the examples against the installed prefix
    client   pytest with the real MLflow client
    cli      pytest that runs the command line as a script would
    web      the sources of the pages: types, unit tests, and that dist/ is what they build
    kernel   the Jupyter kernel, as clients of its protocol and notebooks use it
    notebook  the package for Python notebooks, and the notebooks of examples/
    browser  the pages and the table in a real Chromium
    lab      both kinds of notebooks in JupyterLab in a real Chromium
    api      podium's own API held to its OpenAPI document, and events
    rules    rules over HTTP, with runs that an MLflow client logs
    compare  curves and comparisons over HTTP and by the verb, against slow references
    charts   charts, importance and logged plots of comparisons: validated, rendered, beside scikit-learn
    boards   leaderboards over HTTP, held against a slow reference and scipy
    differential  the same calls against mlflow server and podium
    crash    kill -9 under load, during a merge and a migration; disks that are full, fail or have lost something
    operations  backup, restore and doctor beside a running server
    custom   pytest of custom actions against a server of the tests
    attacks  hostile requests and clients against a running podium
    fuzz     every fuzz target for a few seconds (SECONDS_EACH)
    format   clang-format over the files of the last commit and uncommitted ones
    lint     clang-tidy over all sources (given by name only)

Needs nothing beside the Python of the distribution. The last line counts all test cases.
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"
JOBS = str(os.environ.get("JOBS") or os.cpu_count() or 2)
DEFAULT = [
    "unit",
    "asan",
    "tsan",
    "install",
    "web",
    "client",
    "cli",
    "kernel",
    "notebook",
    "browser",
    "lab",
    "api",
    "rules",
    "boards",
    "compare",
    "charts",
    "custom",
    "differential",
    "crash",
    "operations",
    "attacks",
    "fuzz",
    "format",
]
sys.path.insert(0, str(ROOT / "tests/support"))
import chromium  # noqa: E402

TSAN_TESTS = ["storage_sqlite", "storage_sqlite_conformance", "http", "services", "leaderboard", "leaderboard_trust"]


class Count:
    passed = 0
    failed = 0
    skipped = 0
    failures: list[str] = []


def say(text):
    print(text, flush=True)


def run(command, **options):
    """Runs a command of the build; its failure ends everything."""
    result = subprocess.run(command, cwd=ROOT, **options)
    if result.returncode != 0:
        raise SystemExit(f"failed ({result.returncode}): {' '.join(map(str, command))}")
    return result


def build(preset, targets=()):
    started = time.time()
    run(["cmake", "--preset", preset, "--log-level=WARNING"], stdout=subprocess.DEVNULL)
    log = BUILD / f"{preset}-build.log"
    with open(log, "w") as out:
        command = ["cmake", "--build", "--preset", preset, "-j", JOBS]
        if targets:
            command += ["--target", *targets]
        result = subprocess.run(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
    if result.returncode != 0:
        say(log.read_text()[-6000:])
        raise SystemExit(f"the {preset} build failed; see {log.relative_to(ROOT)}")
    say(f"  built {preset} in {time.time() - started:.0f} s")
    return BUILD / preset


def count_junit(path, name):
    """Adds the cases of a JUnit file to the count and says why those failed that did. False when there is no such file or it
    is cut short."""
    try:
        root = xml.etree.ElementTree.parse(path).getroot()
    except (OSError, xml.etree.ElementTree.ParseError):
        return False
    for case in root.iter("testcase"):
        why = case.find("failure") if case.find("failure") is not None else case.find("error")
        if why is not None:
            say(f"{name}: {case.get('name', '')}\n{why.get('message', '')}\n{why.text or ''}"[:6000])
            Count.failed += 1
            Count.failures.append(f"{name}: {case.get('classname', '')} {case.get('name', '')}")
        elif case.find("skipped") is not None:
            Count.skipped += 1
        else:
            Count.passed += 1
    return True


def fail(name, output=""):
    Count.failed += 1
    Count.failures.append(name)
    if output:
        say(output[-6000:])


def unit_programs(folder):
    listed = subprocess.run(["ctest", "--show-only=json-v1"], cwd=folder, capture_output=True, text=True, check=True)
    return [(t["name"], t["command"]) for t in json.loads(listed.stdout)["tests"] if t.get("command")]


def run_programs(preset, only=None):
    folder = BUILD / preset
    environment = dict(
        os.environ,
        ASAN_OPTIONS="detect_leaks=1:abort_on_error=0",
        UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1",
        TSAN_OPTIONS=f"halt_on_error=1:suppressions={ROOT / 'tests/support/tsan.supp'}",
    )

    def one(program):
        name, command = program
        report = folder / f"{name}.xml"
        report.unlink(missing_ok=True)
        started = time.time()
        try:
            result = subprocess.run(
                [*command, "-r", "junit", "-o", str(report)], cwd=folder, env=environment, timeout=1500,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
            return name, report, result.returncode, result.stdout.decode(errors="replace"), time.time() - started
        except subprocess.TimeoutExpired as e:
            return name, report, -1, (e.stdout or b"").decode(errors="replace") + "\ntimed out", time.time() - started

    programs = [p for p in unit_programs(folder) if only is None or p[0] in only]
    with concurrent.futures.ThreadPoolExecutor(int(JOBS)) as pool:
        for name, report, code, output, seconds in pool.map(one, programs):
            before = Count.failed
            whole = count_junit(report, f"{preset}/{name}")
            if not whole or (code != 0 and Count.failed == before):
                fail(f"{preset}/{name} ended with {code}")
            say(f"  {'ok  ' if code == 0 else 'FAIL'} {preset}/{name} ({seconds:.0f} s)")
            if code != 0:
                say(output[-6000:])


def stage_unit():
    build("dev")
    run_programs("dev")


def stage_asan():
    build("asan")
    run_programs("asan")


def stage_tsan():
    build("tsan", [f"test_{name}" for name in TSAN_TESTS])
    run_programs("tsan", TSAN_TESTS)


def venv():
    """The environment of the real MLflow client, made from the pinned list, kept while the list is the same."""
    wanted = (ROOT / "tests/requirements.txt").read_bytes()
    digest = hashlib.sha256(wanted).hexdigest()
    folder = ROOT / ".venv"
    stamp = folder / "podium-requirements"
    if not stamp.exists() or stamp.read_text() != digest:
        say("  installing the MLflow client into .venv ...")
        shutil.rmtree(folder, ignore_errors=True)
        run([sys.executable, "-m", "venv", folder])
        run([folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "-r", "tests/requirements.txt"])
        stamp.write_text(digest)
    return folder / "bin/python"


def run_pytest(folder):
    python = venv()
    binary = build("dev") / "bin/podium"
    report = BUILD / f"{folder}.xml"
    report.unlink(missing_ok=True)
    environment = dict(os.environ, PODIUM_BINARY=str(binary), PODIUM_PREFIX=str(BUILD / "prefix"),
                       MLFLOW_DISABLE_TELEMETRY="true", DO_NOT_TRACK="true", PYTHONDONTWRITEBYTECODE="1")
    for name in [n for n in environment if n.startswith("MLFLOW_TRACKING")]:
        del environment[name]
    result = subprocess.run([python, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                             f"--junitxml={report}", f"tests/{folder}"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL)
    if not count_junit(report, folder) or result.returncode not in (0, 1):
        fail(f"pytest tests/{folder} ended with {result.returncode}")


def stage_client():
    run_pytest("client")


def stage_cli():
    run_pytest("cli")


def stage_kernel():
    run_pytest("kernel")


def stage_web():
    """Needs npm's registry, or its cache, for the compiler and the bundler alone."""
    folder = ROOT / "plugins/dashboard/web"
    for name, command in (("install", ["npm", "ci", "--no-audit", "--no-fund", "--prefer-offline"]), ("types", ["npm", "run", "check"]), ("unit tests", ["npm", "test"]),
                          ("build", ["npm", "run", "build"]), ("dist/ is what the sources build", ["git", "diff", "--exit-code", "--stat", "--", "dist"])):
        result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
        if result.returncode != 0:
            fail(f"web: {name}", result.stdout + result.stderr)
            return
        said = re.search(r"^# pass (\d+)$", result.stdout, re.M)  # node's test runner counts
        Count.passed += int(said[1]) if said else 1


def stage_notebook():
    run_pytest("notebook")


def run_in_browser(folder):
    """Where the distribution has a package of Chromium it is there (.ci/packages), and its absence is a failure; on Ubuntu, which has
    a snap only, the tests take what is on PATH, and without any they are left out by name."""
    if chromium.path():
        run_pytest(folder)
    elif subprocess.run(["apt-cache", "show", "chromium"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
        fail(f"{folder}: Chromium is not installed; run `.ci/setup build test`")
    else:
        Count.skipped += 1
        say(f"  SKIPPED {folder}: this system has no package of Chromium. Install a browser, or name one in PODIUM_CHROMIUM.")


def stage_browser():
    run_in_browser("browser")


def stage_lab():
    run_in_browser("lab")


def stage_api():
    run_pytest("api")


def stage_compare():
    run_pytest("compare")


def stage_rules():
    run_pytest("rules")


def stage_boards():
    run_pytest("boards")


def stage_differential():
    run_pytest("differential")


def stage_crash():
    run_pytest("crash")


def stage_operations():
    run_pytest("operations")


def stage_charts():
    run_pytest("compare_charts")


def stage_custom():
    run_pytest("custom")


def stage_attacks():
    run_pytest("attacks")


def stage_install():
    python = venv()
    folder = build("dev")
    prefix = BUILD / "prefix"
    shutil.rmtree(prefix, ignore_errors=True)
    run(["cmake", "--install", folder, "--prefix", prefix], stdout=subprocess.DEVNULL)
    for example in sorted(ROOT.glob("examples/*/run")):
        name = example.parent.name
        started = time.time()
        result = subprocess.run([example], cwd=example.parent, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
                                env=dict(os.environ, PODIUM_PREFIX=str(prefix), PODIUM_PYTHON=str(python)), timeout=900)
        if result.returncode == 0:
            Count.passed += 1
        else:
            fail(f"examples/{name}/run ended with {result.returncode}", result.stdout + result.stderr)
        say(f"  {'ok  ' if result.returncode == 0 else 'FAIL'} examples/{name}/run ({time.time() - started:.0f} s)")


def stage_fuzz():
    folder = build("fuzz", ["fuzzers"])
    seconds = os.environ.get("SECONDS_EACH", "20")  # each target
    for target in sorted((folder / "bin").glob("fuzz_*")):
        name = target.name.removeprefix("fuzz_")
        corpus = folder / "corpus" / name
        corpus.mkdir(parents=True, exist_ok=True)
        seeds = ROOT / "tests/fuzz/corpus" / name
        command = [target, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=0", "-verbosity=0",
                   f"-artifact_prefix={folder}/{name}-", str(corpus)] + ([str(seeds)] if seeds.exists() else [])
        result = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
        if result.returncode == 0:
            Count.passed += 1
        else:
            fail(f"fuzz {name} found something", result.stdout + result.stderr)
        say(f"  {'ok  ' if result.returncode == 0 else 'FAIL'} fuzz {name}")


def clang(tool):
    """Of the version that .ci/packages asks for first: another one formats otherwise."""
    return shutil.which(f"clang-{tool}-14") or f"clang-{tool}"


def changed_sources():
    """C++ files of the last commit and of the work tree."""
    names = set()
    for command in (["git", "diff", "--name-only", "HEAD"], ["git", "show", "--name-only", "--format=", "HEAD"]):
        names.update(subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout.split())
    return sorted(n for n in names if n.endswith((".cpp", ".hpp")) and (ROOT / n).exists())


def stage_format():
    files = changed_sources()
    if not files:
        return
    result = subprocess.run([clang("format"), "--dry-run", "-Werror", *files], cwd=ROOT, capture_output=True, text=True)
    if result.returncode == 0:
        Count.passed += 1
    else:
        fail("format: run `make format`", result.stderr[:3000])


def stage_lint():
    build("dev")
    listed = subprocess.run(["git", "ls-files", "host/*.cpp", "plugins/*.cpp", "compat/*.cpp"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    for name in listed:
        result = subprocess.run([clang("tidy"), "-p", BUILD / "dev", "--quiet", name], cwd=ROOT, capture_output=True, text=True)
        if result.returncode == 0:
            Count.passed += 1
        else:
            fail(f"lint {name}", result.stdout)


def main(names):
    stages = names or DEFAULT
    unknown = [n for n in stages if f"stage_{n}" not in globals()]
    if unknown:
        raise SystemExit(f"no stage {', '.join(unknown)}; there are: {' '.join(DEFAULT + ['lint'])}")
    BUILD.mkdir(exist_ok=True)
    started = time.time()
    for name in stages:
        say(f"== {name}")
        begun = time.time()
        globals()[f"stage_{name}"]()
        say(f"== {name}: {time.time() - begun:.0f} s")
    for failure in Count.failures:
        say(f"FAILED {failure}")
    say(f"all stages took {time.time() - started:.0f} s")
    skipped = f", {Count.skipped} skipped" if Count.skipped else ""
    say(f"{Count.passed} passed, {Count.failed} failed{skipped}")
    if Count.failed or not Count.passed:
        raise SystemExit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
