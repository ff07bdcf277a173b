"""The notebooks of examples/notebooks as nbclient executes them: what comes out is what is kept in them. `examples/notebooks/run --store`
keeps it anew."""
import os
import sys

import nbformat
import pytest
from nbconvert import HTMLExporter

from conftest import BUILD, Podium, ROOT

HERE = ROOT / "examples/notebooks"
sys.path.insert(0, str(HERE))

import execute  # noqa: E402
import fill  # noqa: E402
import normal  # noqa: E402


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """Both, on a podium of their own: as `run` does it."""
    folder = tmp_path_factory.mktemp("examples")
    before = dict(os.environ)
    with Podium(folder / "data") as own:
        os.environ.update(PODIUM_URL=own.url, MLFLOW_TRACKING_URI=own.url, IPYTHONDIR=str(folder / "ipython"), MLFLOW_DISABLE_TELEMETRY="true",
                          MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT="true")
        try:
            assert fill.fill(own.url) == 19
            yield {name: execute.execute(name, folder) for name in execute.MUST}
        finally:
            os.environ.clear()
            os.environ.update(before)


@pytest.fixture(params=list(execute.MUST))
def name(request):
    if request.param == "tour" and not (BUILD / "bin/podium-kernel").exists():
        pytest.skip("podium-kernel was not built: no xeus 2.4 here")
    return request.param


def test_the_outputs_hold_what_they_must(executed, name):
    assert execute.check(name, executed[name]) == []


def test_the_outputs_are_those_that_are_kept(executed, name):
    kept = normal.outputs(nbformat.read(HERE / f"{name}.ipynb", 4))
    now = normal.outputs(normal.stored(executed[name]))
    assert [k[0] for k in now] == [k[0] for k in kept]
    for was, found in zip(kept, now):
        assert found == was


def test_it_is_read_without_a_kernel(name):
    page, _ = HTMLExporter().from_notebook_node(nbformat.read(HERE / f"{name}.ipynb", 4))
    assert "cnn-lr0.1-s1" in page if name == "tour" else "alpha0.0001-seed1" in page


def test_what_is_kept_is_whole(name):
    """No ids, times or addresses of one machine, no state of widgets, no errors."""
    text = (HERE / f"{name}.ipynb").read_text()
    assert '"widgets"' not in text and '"output_type": "error"' not in text and "/tmp/" not in text
    assert len(text) < 200_000
