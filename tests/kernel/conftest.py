"""One podium with a few tasks, and kernels that talk to it, found as Jupyter finds them: by JUPYTER_PATH."""
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.setdefault("PODIUM_BINARY", str(ROOT / "build/dev/bin/podium"))).resolve().parents[1]
PLUGIN = BUILD / "tests/cli/plugin/cli_actions.so"  # of the command line's tests: actions that take long, verbs that ask
sys.path.insert(0, str(ROOT / "tests/support"))
os.environ["JUPYTER_PATH"] = str(BUILD / "share/jupyter")
for word in ("PODIUM_URL", "MLFLOW_TRACKING_URI", "PODIUM_TOKEN"):
    os.environ.pop(word, None)

from host import HOSTILE, Host  # noqa: E402
from kernels import started  # noqa: E402
from podium import Podium  # noqa: E402


def pytest_collection_modifyitems(items):
    if not (BUILD / "bin/podium-kernel").exists():
        for item in items:
            item.add_marker(pytest.mark.skip(reason="podium-kernel was not built: no xeus 2.4 here"))


@pytest.fixture(scope="session")
def podium(tmp_path_factory):
    flags = ("--plugin", str(PLUGIN)) if PLUGIN.exists() else ()
    with Podium(tmp_path_factory.mktemp("podium") / "data", *flags) as running:
        os.environ["PODIUM_URL"] = running.url
        yield Host(running.url)
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"


@pytest.fixture(scope="session")
def vision(podium):
    return podium.vision()


@pytest.fixture
def kernel(podium):
    with started() as running:
        yield running
