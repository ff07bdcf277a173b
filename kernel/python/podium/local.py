"""The podium that `connect local` starts: on this machine, on the embedded store, until this process ends."""
import atexit
import re
import shutil
import socket
import subprocess
import tempfile

from .errors import PodiumError


class LocalPodium:
    def __init__(self):
        self._process = None
        self._url = ""

    def start(self):
        """Returns its address; the one that runs is not started again."""
        if self._process is not None and self._process.poll() is None:
            return self._url
        program = shutil.which("podium")
        if program is None:
            raise PodiumError("unavailable", "no podium could be started here: the program podium is not on PATH")
        log = tempfile.TemporaryFile()
        # A session of its own: an interrupt of the notebook is not meant for it.
        self._process = subprocess.Popen([program, "serve", "--port", "5000" if _is_free(5000) else "0"], stdin=subprocess.DEVNULL,
                                         stdout=subprocess.PIPE, stderr=log, start_new_session=True, text=True)
        atexit.register(self.stop)
        found = re.search(r"http://\S+", self._process.stdout.readline())
        if found is None:
            self.stop()
            log.seek(0)
            said = log.read().decode(errors="replace").strip().splitlines()
            raise PodiumError("unavailable", "no podium could be started here" + (f": {said[-1]}" if said else ""))
        self._url = found.group()
        return self._url

    def stop(self):
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait(10)


def _is_free(port):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return s.connect_ex(("127.0.0.1", port)) != 0
