"""The wheel: built and installed from the clone, without a network and without a package that builds packages."""
import os
import subprocess
import sys
import zipfile

from conftest import PACKAGE, ROOT

import build_wheel_of_podium as backend


def test_what_is_in_it(tmp_path):
    name = backend.build_wheel(str(tmp_path))
    with zipfile.ZipFile(tmp_path / name) as wheel:
        names = set(wheel.namelist())
        assert {f"podium/{f.name}" for f in (PACKAGE / "podium").glob("*.py")} < names
        elements = wheel.read("podium/data/podium-elements.js").decode()
        told = wheel.read(next(n for n in names if n.endswith("METADATA"))).decode()
    assert elements == (ROOT / "plugins/dashboard/web/dist/podium-elements.js").read_text()
    assert "Name: podium-notebook" in told and "Requires-Dist: anywidget" in told and 'Requires-Dist: pandas>=2.0; extra == "pandas"' in told
    (tmp_path / "again").mkdir()
    backend.build_wheel(str(tmp_path / "again"))
    assert (tmp_path / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_it_is_installed_offline(tmp_path, server, vision):
    """From a source distribution too: it holds what was taken from the clone."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    python = tmp_path / "venv/bin/python"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "venv"], check=True)
    packages = next((tmp_path / "venv/lib").glob("python*")) / "site-packages"
    (packages / "below.pth").write_text("\n".join(p for p in sys.path if p.endswith("-packages")))
    archive = backend.build_sdist(str(tmp_path))
    for source in (PACKAGE, tmp_path / archive):
        installed = subprocess.run([python, "-m", "pip", "install", "--no-index", "--no-deps", "--no-build-isolation", "--force-reinstall", source],
                                   env=environment, capture_output=True, text=True)
        assert installed.returncode == 0, installed.stderr
        shown = subprocess.run([python, "-c", "import podium; print(podium.__file__); print(len(podium.tasks('in vision').to_df()))"],
                               env=environment, cwd=tmp_path, capture_output=True, text=True)
        assert shown.stdout.split() == [str(packages / "podium/__init__.py"), "4"], shown.stderr


def test_nothing_is_left_in_the_clone():
    assert not list(PACKAGE.glob("*.egg-info")) and not (PACKAGE / "build").exists() and not (PACKAGE / "podium/data").exists()
