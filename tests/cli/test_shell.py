"""`podium shell`: with somebody at a terminal (a pseudo-terminal), and as a reader of lines."""
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import fcntl
import time

import pytest
from podium import BINARY

CTRL_C, CTRL_D, TAB, UP = "\x03", "\x04", "\t", "\x1b[A"


class Person:
    """Types into a shell, and reads what it shows."""

    def __init__(self, podium, home, *options, **environment):
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        env = {k: v for k, v in os.environ.items() if not k.startswith(("PODIUM_", "MLFLOW_TRACKING"))}
        env |= {"PODIUM_URL": podium.url, "PODIUM_BINARY": BINARY, "HOME": str(home), "XDG_STATE_HOME": str(home / "state"), "TERM": "xterm", "LC_ALL": "C.UTF-8"} | environment
        self.process = subprocess.Popen([BINARY, "shell", *options], stdin=theirs, stdout=theirs, stderr=theirs, env=env, start_new_session=True,
                                        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(theirs)
        self.all = self.new = ""
        self.until("podium> ")

    def read(self, seconds):
        ready, _, _ = select.select([self.ours], [], [], max(0, seconds))
        if not ready:
            return False
        try:
            chunk = os.read(self.ours, 65536).decode(errors="replace")
        except OSError:
            return False
        self.all += chunk
        self.new += chunk
        return bool(chunk)

    def until(self, text, seconds=30):
        """Reads until a text is there, and takes what came up to its end."""
        end = time.monotonic() + seconds
        while text not in self.new:
            assert self.read(end - time.monotonic()), f"no {text!r} in {self.new!r}"
        at = self.new.index(text) + len(text)
        seen, self.new = self.new[:at], self.new[at:]
        return seen

    def until_all(self, *texts):
        end = time.monotonic() + 30
        while not all(text in self.new for text in texts):
            assert self.read(end - time.monotonic()), f"not all of {texts} in {self.new!r}"

    def type(self, keys):
        os.write(self.ours, keys.encode())
        return self

    def run(self, line):
        """What a command shows, up to the next prompt."""
        self.type(line + "\r")
        self.until("\n")
        return self.until("podium> ")

    def ends(self, seconds=30):
        end = time.monotonic() + seconds
        while self.read(end - time.monotonic()):
            pass
        return self.process.wait(seconds)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.ours)


@pytest.fixture
def shell(podium, vision, tmp_path):
    person = Person(podium, tmp_path)
    yield person
    person.close()


def test_commands_are_answered(shell, vision):
    assert "vision" in shell.run("projects")
    shown = shell.run("tasks in vision where metrics.acc > 0.8 show name, metrics.acc sort name")
    assert re.search(r"a +0\.9\b", shown) and re.search(r"b +0\.95\b", shown)
    assert "connect" in shell.run("help") and "TASK" in shell.run("help show")
    assert shell.type("exit\r").ends() == 0


def test_an_error_has_its_caret(shell):
    shown = shell.run("tasks where stat = 'running'").splitlines()
    assert "did you mean 'state'" in shown[0] and shown[2].rstrip() == "  " + " " * len("tasks where ") + "^"
    assert shown[3].startswith("  perhaps: tasks where state")


def test_tab_completes(shell, vision):
    shown = shell.run(f"tasks in vis{TAB}where metrics.a{TAB}> 0.94 show name, metrics.acc")
    assert re.search(r"^b +0\.95", shown, re.M) and "0.9 " not in shown


def test_tab_twice_of_several_lists_them(shell):
    shell.type("un" + TAB).until_all("undo", "untag", "unarchive")
    shell.until("podium> un")  # the line stands below them
    assert "undo" in shell.run(f"\x01help \x05d{TAB}")


def test_tab_in_the_middle_replaces_the_word(shell, vision):
    shell.type("tasks in vis show name\x01")  # Ctrl-A: the beginning
    for _ in range(len("tasks in vis")):
        shell.type("\x06")  # Ctrl-F
    assert re.search(r"^b", shell.run(TAB), re.M)


def test_names_that_are_not_ascii(shell, podium):
    project = podium.call("POST", "/api/v1/projects", {"name": "größe-😀"})["id"]
    podium.task(project, "eins", "completed")
    assert "eins" in shell.run(f"tasks in grö{TAB}show name")


def test_own_words_are_completed_and_explained(shell):
    assert "connected to http://127.0.0.1:" in shell.run(f"conn{TAB}")
    assert "rows" in shell.run("help select")


def test_the_history_outlives_the_session(podium, vision, tmp_path):
    first = Person(podium, tmp_path)
    first.run("projects")
    first.run("tasks in vision show name")
    first.run(" projects show name")  # a blank before it: not to be kept
    first.run("connect http://somebody:s3cret@127.0.0.1:1")
    first.type(CTRL_D)
    assert first.ends() == 0
    first.close()
    kept = tmp_path / "state/podium/history"
    assert kept.read_text().splitlines() == ["projects", "tasks in vision show name"]
    assert kept.stat().st_mode & 0o777 == 0o600 and kept.parent.stat().st_mode & 0o777 == 0o700
    second = Person(podium, tmp_path)
    second.type(UP).until("tasks in vision show name")
    second.type(UP).until("projects")
    second.type("\r")
    assert "vision" in second.until("podium> ")
    second.close()


def test_a_token_is_neither_shown_nor_kept(podium, tmp_path):
    import http.server
    import threading

    class Guarded(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            allowed = self.headers.get("Authorization") == "Bearer s3cret"
            body = b'{"verbs": []}' if allowed else b'{"code": "unauthenticated", "detail": "who are you?"}'
            self.send_response(200 if allowed else 401)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Guarded)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    person = Person(podium, tmp_path)
    person.type(f"connect http://127.0.0.1:{server.server_port}\r").until("Token for ")
    person.type("s3cret\n").until("connected to")
    person.until("podium> ")
    person.type(UP).until("connect http")
    assert "s3cret" not in person.all
    person.type(CTRL_C).until("podium> ")
    person.type(CTRL_D)
    assert person.ends() == 0
    person.close()
    assert "s3cret" not in (tmp_path / "state/podium/history").read_text()
    server.shutdown()


def test_a_question_is_asked(shell):
    shell.type("inquire\r").until("Really?")
    shell.until("Do it? [y/N] ")
    shell.type("y\r").until("done as 't1'")
    shell.until("podium> ")
    shell.type("inquire\r").until("Do it? [y/N] ")
    shell.type("\r").until("nothing was done")
    shell.until("podium> ")
    shell.type("inquire\r").until("Do it? [y/N] ")
    shell.type(CTRL_C).until("interrupted")
    shell.until("podium> ")
    # What was answered is no command: the line before is the question's.
    shell.type(UP).until("inquire")


def test_ctrl_c_ends_the_line_not_the_shell(shell):
    shell.type("tasks in nowh").until("nowh")
    shell.type(CTRL_C).until("^C")
    shell.until("podium> ")
    assert "vision" in shell.run("projects")


def test_ctrl_c_ends_the_waiting(shell, podium):
    name = f"endless-{time.monotonic_ns()}"
    task = podium.task(podium.call("POST", "/api/v1/projects", {"name": name})["id"], name)
    shell.type(f"wait {task} timeout 10m\r").until("\n")
    shell.type(CTRL_C).until("interrupted")
    shell.until("podium> ")
    assert "vision" in shell.run("projects")


def test_ctrl_c_leaves_a_job_alone(shell, podium, tmp_path):
    name = f"slow-{time.monotonic_ns()}"
    project = podium.call("POST", "/api/v1/projects", {"name": name})["id"]
    for i in range(3):
        podium.task(project, f"t{i}", "completed")
    shell.type(f"linger in {name} file {tmp_path}/go\r").until("of 3")  # the bar
    shell.type(CTRL_C)
    job = re.search(r"'job (\w+)' watches it", shell.until("stops it")).group(1)
    assert podium.call("GET", f"/api/v1/jobs/{job}")["state"] in ("waiting", "running")
    shell.until("podium> ")
    (tmp_path / "go").touch()
    deadline = time.monotonic() + 60
    while podium.call("GET", f"/api/v1/jobs/{job}")["state"] != "done":
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert "t0" in shell.run(f"job {job}") or "3" in shell.run(f"job {job}")


def test_names(shell, vision):
    shell.run("tasks in vision where metrics.acc > 0.2 show id, name sort metrics.acc desc as good")
    assert "nothing is selected" in shell.run("show good.selected")
    assert "1 of 3 rows" in shell.run("select good 2")
    assert vision["a"] in shell.run("show good.selected")
    assert "2 of 3 rows" in shell.run(f"select good {vision['c'][:16]}, 1-1")
    both = shell.run("series metrics.acc of good.selected")
    assert re.search(r"^b ", both, re.M) and re.search(r"^c ", both, re.M) and not re.search(r"^a ", both, re.M)
    assert "no row 9" in shell.run("select good 9") and "no result" in shell.run("select bad 1")
    assert re.search(r"metrics.acc +real +0.5 +0.95", shell.run(f"diff goo{TAB}.selected all"))


def test_undo_alone_takes_back_what_was_done_last(shell, podium):
    name = f"undone-{time.monotonic_ns()}"
    task = podium.task(podium.call("POST", "/api/v1/projects", {"name": name})["id"], name, "completed")
    assert "nothing was done from here" in shell.run("undo")
    shell.run(f"archive {task}")
    assert podium.call("GET", f"/api/v1/tasks/{task}")["archived"]
    shell.run("undo")
    assert not podium.call("GET", f"/api/v1/tasks/{task}")["archived"]


def test_a_long_command_on_two_lines(shell):
    shell.type("tasks in vision \\\r").until("...> ")
    assert "name" in shell.run("show name")


def test_options_of_a_line(shell, tmp_path):
    assert '"kind"' in shell.run("projects --json")
    shell.run(f"tasks --csv in vision where metrics.acc in (0.9, 0.95, 0.5) show name sort name --out {tmp_path}/t.csv as these")
    assert (tmp_path / "t.csv").read_text().split() == ["name", "a", "b", "c"]
    assert re.search(r"metrics.acc +real +0.9 +0.95 +0.5", shell.run("diff these all"))
    assert "--url" in shell.run("projects --url http://127.0.0.1:1")


def test_live(shell, podium):
    name = f"live-{time.monotonic_ns()}"
    project = podium.call("POST", "/api/v1/projects", {"name": name})["id"]
    podium.task(project, "first", "completed")
    shell.type(f"tasks in {name} show name live\r").until("first")
    shell.until("Ctrl-C ends")
    podium.task(project, "second", "completed")
    shell.until("second")
    shell.type(CTRL_C).until("podium> ")
    assert "vision" in shell.run("projects")


def test_hostile_names_are_written_out(shell, podium):
    name = f"hostile-{time.monotonic_ns()}"
    project = podium.call("POST", "/api/v1/projects", {"name": name})["id"]
    podium.task(project, "\x1b]0;owned\x07\u202e", "completed")
    shown = shell.run(f"tasks in {name} show name")
    assert "\x1b]0;" not in shown and "\u202e" not in shown and "\\x1b]0;owned" in shown
    shell.type(f"tasks in {name} where name = " + TAB).until("owned")  # suggested, as the language writes it
    shell.type(CTRL_C).until("^C")
    assert "\x1b]0;owned" not in shell.all


def test_ctrl_d_ends(shell):
    shell.type(CTRL_D)
    assert shell.ends() == 0


def test_the_host_goes_away(podium, tmp_path):
    person = Person(podium, tmp_path, "--url", "http://127.0.0.1:1")
    assert "'connect local'" in person.run("projects")
    person.type("proj" + TAB + "\r").until("podium> ")
    assert f"connected to {podium.url}" in person.run(f"connect {podium.url}")
    assert "running" in person.run("projects")
    person.close()


# ---- lines that nobody types

def lines(podium, text, *options, **environment):
    env = {k: v for k, v in os.environ.items() if k not in ("PODIUM_URL", "MLFLOW_TRACKING_URI")} | {"PODIUM_URL": podium.url} | environment
    return subprocess.run([BINARY, "shell", *options], input=text.encode(), capture_output=True, env=env, timeout=60)


def test_a_script(podium, vision):
    ended = lines(podium, "# names\ntasks in vision show id as them\n\nseries metrics.acc \\\n  of them --csv\n")
    assert ended.returncode == 0 and ended.stderr == b""
    assert ended.stdout.count(vision["a"].encode()) == 4  # the row, and three points
    assert b"podium>" not in ended.stdout


def test_the_code_is_of_the_last_that_failed(podium, vision, tmp_path):
    ended = lines(podium, "show nothing-of-that\ntasks where stat = 1\nprojects\n", HOME=str(tmp_path), XDG_STATE_HOME=str(tmp_path))
    assert ended.returncode == 2 and b"vision" in ended.stdout and ended.stderr.count(b"podium: ") == 2
    assert lines(podium, "tasks where stat = 1\nshow nothing-of-that\n").returncode == 3
    assert list(tmp_path.iterdir()) == []  # no history of scripts


def test_a_script_is_asked_nothing(podium):
    ended = lines(podium, "inquire\ny\n")
    assert ended.returncode != 0 and b"yes t1" in ended.stderr and b"done as" not in ended.stdout
    assert b"done as 't1'" in lines(podium, "inquire yes t1").stdout


def test_exit_ends_a_script(podium):
    ended = lines(podium, "exit\nprojects\n")
    assert ended.returncode == 0 and ended.stdout == b""


def test_live_needs_a_terminal(podium):
    ended = lines(podium, "projects live\n")
    assert ended.returncode == 2 and b"terminal" in ended.stderr


def test_it_takes_no_command(podium):
    ended = lines(podium, "", "projects")
    assert ended.returncode == 2 and b"podium projects" in ended.stderr
