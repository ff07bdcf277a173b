"""`podium kernel install`: where Jupyter finds the kernel afterwards."""
import json
import os
import subprocess

import pytest

from conftest import BUILD

PODIUM = str(BUILD / "bin/podium")


def install(*words, **environment):
    return subprocess.run([PODIUM, "kernel", "install", *words], capture_output=True, text=True, timeout=60,
                          env={k: v for k, v in dict(os.environ, **environment).items() if v is not None})


@pytest.mark.parametrize("words, environment, place", [
    (["--prefix", "{tmp}/p"], {}, "p/share/jupyter"),
    (["--user"], {"JUPYTER_DATA_DIR": "{tmp}/data"}, "data"),
    ([], {"JUPYTER_DATA_DIR": None, "XDG_DATA_HOME": None, "HOME": "{tmp}/home"}, "home/.local/share/jupyter"),
    (["--sys-prefix"], {"VIRTUAL_ENV": "{tmp}/venv"}, "venv/share/jupyter"),
])
def test_places(tmp_path, words, environment, place):
    fill = lambda text: text and text.replace("{tmp}", str(tmp_path))  # noqa: E731
    done = install(*map(fill, words), **{k: fill(v) for k, v in environment.items()})
    assert done.returncode == 0, done.stderr
    folder = tmp_path / place / "kernels/podium"
    assert str(folder) in done.stdout
    spec = json.loads((folder / "kernel.json").read_text())
    assert spec["argv"] == [str(BUILD / "bin/podium-kernel"), "-f", "{connection_file}"] and spec["interrupt_mode"] == "signal"
    assert {f.name for f in folder.iterdir()} == {"kernel.json", "logo-32x32.png", "logo-64x64.png", "logo-svg.svg"}


def test_jupyter_finds_it(tmp_path):
    assert install("--prefix", str(tmp_path)).returncode == 0
    from jupyter_client.kernelspec import KernelSpecManager
    found = KernelSpecManager(kernel_dirs=[str(tmp_path / "share/jupyter/kernels")]).get_kernel_spec("podium")
    assert found.display_name == "podium" and found.language == "podium"


@pytest.mark.parametrize("words, sentence", [
    (["--user", "--sys-prefix"], "exclude each other"),
    (["--sys-prefix"], "no Python environment is active"),
])
def test_refusals(words, sentence):
    done = install(*words, VIRTUAL_ENV=None, CONDA_PREFIX=None)
    assert done.returncode == 2 and sentence in done.stderr


def test_the_kernel_without_a_connection():
    done = subprocess.run([str(BUILD / "bin/podium-kernel")], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "podium kernel install" in done.stderr
    done = subprocess.run([str(BUILD / "bin/podium-kernel"), "-f", "/nothing.json"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "/nothing.json" in done.stderr
