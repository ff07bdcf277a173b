"""One podium with a few tasks; the package podium from the clone, in this process and in ipykernels."""
import importlib.util
import os
import pathlib
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.setdefault("PODIUM_BINARY", str(ROOT / "build/dev/bin/podium"))).resolve().parents[1]
PLUGIN = BUILD / "tests/cli/plugin/cli_actions.so"  # of the command line's tests: actions that take long, verbs that ask and draw
PACKAGE = ROOT / "kernel/python"

def support(name):
    """A module of tests/support, where one is called as the package that is tested here."""
    spec = importlib.util.spec_from_file_location(f"support_{name}", ROOT / f"tests/support/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sys.path.insert(0, str(PACKAGE))
os.environ["PYTHONPATH"] = str(PACKAGE)  # of kernels
os.environ["JUPYTER_PATH"] = str(BUILD / "share/jupyter")
os.environ["JUPYTER_PLATFORM_DIRS"] = "1"
for word in [n for n in os.environ if n.startswith(("PODIUM_", "MLFLOW_TRACKING")) and n not in ("PODIUM_BINARY", "PODIUM_PREFIX")]:
    del os.environ[word]

Host = support("host").Host
HOSTILE = support("host").HOSTILE
Podium = support("podium").Podium
started = support("kernels").started


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    flags = ("--plugin", str(PLUGIN)) if PLUGIN.exists() else ()
    with Podium(tmp_path_factory.mktemp("podium") / "data", *flags) as running:
        os.environ["PODIUM_URL"] = running.url
        yield Host(running.url)
        assert running.process.poll() is None, f"podium died during the tests\n{running.tail()}"


@pytest.fixture(scope="session")
def vision(server):
    return server.vision()


@pytest.fixture
def podium(server, vision):
    """The package, in this process, as if it had just been imported."""
    import podium as package
    package._session.results.__init__()
    package._session._client = None
    return package


@pytest.fixture(scope="module")
def kernel(server, vision, tmp_path_factory):
    """One ipykernel for a file of tests: it takes seconds to start."""
    folder = tmp_path_factory.mktemp("ipython")
    with started("python3", IPYTHONDIR=str(folder), HOME=str(folder)) as running:
        running.ok("%load_ext podium\nimport podium")
        yield running
