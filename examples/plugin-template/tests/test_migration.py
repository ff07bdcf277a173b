"""test_migration.py PODIUM OLD_PLUGIN NEW_PLUGIN: notes of version 1 are there in version 2, and gain authors."""
import re
import subprocess
import sys
import tempfile

from client import call, expect

podium, old, new = sys.argv[1:]
NOTES = "/api/v1/x/acme.notes/notes"


class Podium:
    def __init__(self, folder, plugin):
        self.process = subprocess.Popen([podium, "serve", "--port", "0", "--data", folder + "/data", "--plugin", plugin],
                                        cwd=folder, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if found := re.search(r"listening on (http://\S+)", line):
                self.url = found[1].rstrip("/")
                return
        raise SystemExit(f"podium did not start: exit {self.process.wait()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        expect("podium stops with", self.process.wait(30), 0)
        self.process.stdout.close()


with tempfile.TemporaryDirectory() as folder:
    with Podium(folder, old) as host:
        expect("an old note", call("POST", NOTES, {"text": "from before", "author": "lost"}, host.url), (201, {"id": "1"}))
    with Podium(folder, new) as host:
        expect("a new note", call("POST", NOTES, {"text": "from now", "author": "ada"}, host.url), (201, {"id": "2"}))
        notes = sorted(call("GET", NOTES, url=host.url)[1]["notes"], key=lambda n: n["id"])
        expect("both", [(n["text"], n["author"]) for n in notes], [("from before", None), ("from now", "ada")])
