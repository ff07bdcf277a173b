"""One podium for the whole session, and the real MLflow client pointed at it."""
import itertools
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from podium import Podium  # noqa: E402

_numbers = itertools.count()


@pytest.fixture(scope="session")
def podium(tmp_path_factory):
    with Podium(tmp_path_factory.mktemp("podium") / "data") as running:
        yield running
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"
    assert running.process.returncode == 0


@pytest.fixture
def mlflow(podium, monkeypatch, tmp_path):
    import mlflow as module

    monkeypatch.chdir(tmp_path)
    module.set_tracking_uri(podium.url)
    module.set_experiment(f"test-{next(_numbers)}")
    yield module
    while module.active_run():
        module.end_run()


@pytest.fixture
def client(mlflow, podium):
    return mlflow.MlflowClient(podium.url)


@pytest.fixture
def experiment(mlflow):
    return mlflow.get_experiment_by_name(mlflow.tracking.fluent._get_experiment_id() and mlflow.get_experiment(
        mlflow.tracking.fluent._get_experiment_id()).name)
