"""What the MLflow client logged, asked for by commands; and what a terminal shows of it."""
import os
import pty
import subprocess
import urllib.error
import urllib.request

import pytest
from podium import BINARY

CONTENT = bytes(range(256)) * 5 + b"\r\n\0"


@pytest.fixture(scope="module")
def logged(podium, tmp_path_factory):
    """A run with a file of bytes, and with three models, two of which were measured."""
    import mlflow

    client = mlflow.MlflowClient(podium.url)
    experiment = client.create_experiment("logged")
    run = client.create_run(experiment).info.run_id
    file = tmp_path_factory.mktemp("logged") / "some bytes.bin"
    file.write_bytes(CONTENT)
    client.log_artifact(run, str(file), "plots")
    for name, values in (("good", [0.5, 0.9]), ("best", [0.99, 0.95]), ("unmeasured", [])):
        model = client.create_logged_model(experiment, name=name, source_run_id=run).model_id
        for step, value in enumerate(values):
            client.log_metric(run, "acc", value, step=step, model_id=model)
        client.finalize_logged_model(model, "READY")
    return run


def test_an_artifact_is_what_was_logged(podium, logged, tmp_path):
    out = tmp_path / "out.bin"
    podium.ok("artifacts", logged, "plots/some bytes.bin", "--out", out)
    assert out.read_bytes() == CONTENT
    with urllib.request.urlopen(f"{podium.url}/api/v1/tasks/{logged}/artifacts/plots/some%20bytes.bin", timeout=60) as answer:
        assert answer.read() == CONTENT
        assert int(answer.headers["Content-Length"]) == len(CONTENT)
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(f"{podium.url}/api/v1/tasks/{logged}/artifacts/plots/other.bin", timeout=60)
    assert missing.value.code == 404


def on_a_terminal(podium, *words):
    """What the binary writes to a terminal."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([BINARY, *words], stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, env=dict(os.environ, PODIUM_URL=podium.url))
    os.close(theirs)
    text = b""
    while True:
        try:
            chunk = os.read(ours, 4096)
        except OSError:  # the other end is closed
            break
        if not chunk:
            break
        text += chunk
    os.close(ours)
    assert process.wait(60) == 0, text
    return text.decode()


def test_a_terminal_shows_rounded_numbers_and_a_pipe_all_digits(podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "digits"})["id"]
    podium.task(project, "t", metrics={"third": [0.1234567890123], "large": [1234567.5]})
    words = ("tasks", "in", "digits", "show", "metrics.third,metrics.large")
    assert podium.ok(*words).out.splitlines()[1].split() == ["0.1234567890123", "1234567.5"]
    terminal = on_a_terminal(podium, *words)
    assert "0.123457" in terminal and "0.1234567" not in terminal
    assert "1.23457e+06" in terminal and "1234567.5" not in terminal
    assert podium.json(*words)["rows"] == [[0.1234567890123, 1234567.5]]
