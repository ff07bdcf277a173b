"""The same calls against the real `mlflow server` and podium: the normalised answers are equal, but for the listed ones."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import time
import tomllib

import pytest
import requests

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))

import mlflow_server  # noqa: E402
from podium import Podium  # noqa: E402
from script import script  # noqa: E402
from session import Session  # noqa: E402


def run_mlflow(folder):
    port = mlflow_server.free_port()
    log = open(folder / "mlflow.log", "wb")
    process = subprocess.Popen(
        mlflow_server.command(folder, port), cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        env=mlflow_server.environment())
    try:
        url = f"http://127.0.0.1:{port}"
        while True:
            try:
                if requests.get(url + "/health", timeout=5).status_code == 200:
                    break
            except requests.RequestException:
                assert process.poll() is None, (folder / "mlflow.log").read_text()[-3000:]
                time.sleep(0.2)  # nothing else tells that it is up
        session = Session(url)
        script(session)
        return session.answers
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="session")
def answers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("differential")
    with Podium(folder / "data") as podium:
        session = Session(podium.url)
        script(session)
    ours = session.answers
    theirs = run_mlflow(folder)
    assert [a[0] for a in ours] == [a[0] for a in theirs], "the two servers were not asked the same"
    return theirs, ours


def said(answer):
    return f"{answer['error_code']}: {answer['message']}" if isinstance(answer, dict) and "error_code" in answer else str(answer)


def covers(difference, theirs, ours):
    """Whether a listed difference is this one: the label fits (* stands for anything), and what else is said of the two answers."""
    pattern = ".*".join(re.escape(part) for part in difference["label"].split("*"))
    return (re.fullmatch(pattern, theirs[0], re.DOTALL) is not None
            and difference.get("mlflow", theirs[1]) == theirs[1] and difference.get("podium", ours[1]) == ours[1]
            and difference.get("mlflow_says", "") in said(theirs[2]) and difference.get("podium_says", "") in said(ours[2]))


def test_answers_are_equal(answers):
    intended = tomllib.loads((HERE / "differences.toml").read_text()).get("difference", [])
    assert all(d.get("reason") for d in intended), "a difference without a reason"
    needed, wrong = set(), []
    for theirs, ours in zip(*answers):
        if theirs == ours:
            continue
        listed = [i for i, d in enumerate(intended) if covers(d, theirs, ours)]
        needed.update(listed)
        if not listed:
            wrong.append(f"{theirs[0]}\n  mlflow: {theirs[1:]}\n  podium: {ours[1:]}")
    print(f"{len(answers[0])} answers, {len(wrong)} differ")
    (pathlib.Path(os.environ["PODIUM_DIFFERENCES"]).write_text("\n".join(wrong)) if os.environ.get("PODIUM_DIFFERENCES") else None)
    assert not wrong, f"{len(wrong)} of {len(answers[0])} answers differ:\n" + "\n".join(w[:700] for w in wrong[:40])
    unneeded = [d["label"] for i, d in enumerate(intended) if i not in needed]
    assert not unneeded, f"listed as different, but equal: {unneeded}"
