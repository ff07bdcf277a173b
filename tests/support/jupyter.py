"""A JupyterLab of the tests' own, and its notebooks as a person sees them in a browser. It asks nobody but this machine."""
import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import time

import nbformat
import requests
from mlflow_server import free_port
from pages import Table, shot, watched
from playwright.sync_api import expect

# JupyterLab asks whether it may fetch news, and looks for a newer version of itself.
SETTINGS = {"apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True},
            "docmanager-extension/plugin": {"autosave": False}}  # a test saves when it means to


class Lab:
    """`jupyter lab` over a folder of notebooks, with kernelspecs below `kernels` (a folder of JUPYTER_PATH)."""

    def __init__(self, folder, kernels, **environment):
        self.folder = pathlib.Path(folder)
        self.notebooks = self.folder / "notebooks"
        self.log_path = self.folder / "jupyter.log"
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER", "PODIUM_", "MLFLOW_TRACKING"))},
            **{f"JUPYTER{name}_DIR": str(self.folder / name.strip("_").lower()) for name in ("_CONFIG", "_DATA", "_RUNTIME", "LAB_SETTINGS", "LAB_WORKSPACES")},
            "JUPYTER_PATH": str(kernels), "IPYTHONDIR": str(self.folder / "ipython"), "HOME": str(self.folder),
            "PYTHONDONTWRITEBYTECODE": "1", "JUPYTER_PLATFORM_DIRS": "1", **environment}

    def __enter__(self):
        self.notebooks.mkdir(parents=True)
        for name, values in SETTINGS.items():
            file = self.folder / "lab_settings/@jupyterlab" / f"{name}.jupyterlab-settings"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(json.dumps(values))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "jupyter", "lab", "--no-browser", "--allow-root", "--expose-app-in-browser", f"--ServerApp.port={port}",
             "--ServerApp.port_retries=0", "--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True",
             f"--ServerApp.root_dir={self.notebooks}", "--LabApp.extension_manager=readonly"],
            cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
        self._until_it_listens()
        return self

    def _until_it_listens(self, seconds=300):
        """Its log goes on into a file afterwards."""
        text, deadline = b"", time.monotonic() + seconds
        while b"is running at" not in text:
            ready, _, _ = select.select([self.process.stderr], [], [], max(0, deadline - time.monotonic()))
            chunk = os.read(self.process.stderr.fileno(), 65536) if ready else b""
            if not chunk:
                self.__exit__()
                raise AssertionError(f"JupyterLab did not start:\n{text.decode(errors='replace')[-3000:]}")
            text += chunk
        self.log_path.write_bytes(text)
        self._reader = subprocess.Popen(["tee", "-a", self.log_path], stdin=self.process.stderr, stdout=subprocess.DEVNULL)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)  # kernels that were left
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stderr.close()

    def write(self, name, cells, kernel="podium", language="podium"):
        """A notebook of these cells that was never run."""
        notebook = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(c) for c in cells],
            metadata={"kernelspec": {"name": kernel, "display_name": kernel, "language": language}})
        nbformat.write(notebook, self.notebooks / name)
        return name

    def session(self, name, kernel):
        """A notebook that will be opened on a kernel that runs."""
        answer = requests.post(self.url + "/api/sessions", timeout=60, json={"path": name, "name": name, "type": "notebook", "kernel": {"id": kernel}})
        assert answer.status_code == 201, answer.text

    def read(self, name):
        return nbformat.read(self.notebooks / name, as_version=4)


class Notebook:
    """An open notebook."""

    def __init__(self, page, lab, name):
        self.page, self.lab, self.name = watched(page, lab.url), lab, name

    def open(self, mode="lab"):
        self.page.goto(f"{self.lab.url}/{mode}/tree/{self.name}" + ("?reset" if mode == "lab" else ""))
        return self.ready()

    def ready(self):
        expect(self.panel.locator(".jp-Cell").first).to_be_visible(timeout=180_000)
        self.page.wait_for_function("""(name) => { const w = window.jupyterapp?.shell.currentWidget;
            return w?.context?.path === name && w.sessionContext?.isReady && w.sessionContext.session?.kernel; }""", arg=self.name, timeout=180_000)
        return self

    @property
    def panel(self):
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    def command(self, name, arguments=None):
        """One of JupyterLab's commands, as its menus and keys carry them out; waits for its end."""
        return self.page.evaluate("([name, args]) => jupyterapp.commands.execute(name, args ?? {}).then(() => null)", [name, arguments])

    def run_all(self):
        self.command("notebook:run-all-cells")

    def save(self):
        self.command("docmanager:save")

    def restart(self):
        """As by the menu: restart, yes."""
        done = self.page.evaluate_handle("() => ({ done: jupyterapp.commands.execute('notebook:restart-kernel') })")
        self.page.locator(".jp-Dialog").get_by_role("button", name="Confirm Kernel Restart").click()
        done.evaluate("(held) => held.done.then(() => null)")

    def cell(self, n):
        return self.panel.locator(".jp-Cell").nth(n)

    def output(self, n):
        return self.cell(n).locator(".jp-OutputArea-output")

    def run(self, n):
        """One cell, from the keyboard."""
        self.cell(n).scroll_into_view_if_needed()
        self.cell(n).locator(".cm-content").click()
        self.page.keyboard.press("Control+Enter")

    def type_and_run(self, n, text):
        """Into a cell, as hands do."""
        self.cell(n).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Control+Enter")

    def table(self, n):
        """The live table of a cell."""
        return CellTable(self, n)

    def snapshot(self, n):
        """The static one."""
        return self.cell(n).locator(".jp-RenderedHTML .podium-snapshot, .jp-RenderedHTML [class*=podium-snapshot]").first

    def kernel_id(self):
        return self.page.evaluate("() => jupyterapp.shell.currentWidget.sessionContext.session.kernel.id")

    def shot(self, name):
        shot(self.page, name)


class CellTable(Table):
    def __init__(self, notebook, n):
        super().__init__(notebook.page)
        self.grid = notebook.cell(n).locator("podium-grid")
