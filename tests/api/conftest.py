"""One podium for the session, with a project, tasks and a data set in it."""
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))

from api import Api  # noqa: E402
from podium import Podium  # noqa: E402


@pytest.fixture(scope="session")
def podium(tmp_path_factory):
    with Podium(tmp_path_factory.mktemp("api") / "data") as running:
        yield running
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"
    assert running.process.returncode == 0


@pytest.fixture(scope="session")
def api(podium):
    return Api(podium.url)


@pytest.fixture
def own_podium(tmp_path):
    """A podium for a test that stops or starves it."""
    running = Podium(tmp_path / "data", "--max-connections", "4000")
    with running:
        yield running
