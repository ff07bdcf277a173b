"""What is shown, in the forms that the host drew; nothing of an answer is drawn here but files and the bar of a job."""
import base64
import html
import os
from collections import deque
from urllib.parse import urlencode
from uuid import uuid4

from IPython import get_ipython
from IPython.display import display

from .client import Follower
from .errors import Interrupted, PodiumError, safe

MOST_LIVE, MOST_TOPICS, MOST_PREVIEWS = 16, 64, 4
LARGEST_IMAGE, LARGEST_TEXT, LARGEST_KEPT = 2 << 20, 16 << 10, 1 << 30
_IMAGES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp", ".svg": "image/svg+xml"}
_TEXTS = set(".txt .md .json .jsonl .yaml .yml .csv .tsv .log .toml .ini .cfg .py .xml .sh .html .tex .sql".split())


class Screen:
    """The notebook, or the terminal that IPython runs in."""

    def __init__(self):
        self.cell = None  # id of the cell that runs
        self._live = deque()  # (cell, follower)

    def has_widgets(self):
        return getattr(get_ipython(), "kernel", None) is not None

    def execution(self):
        shell = get_ipython()
        return shell.execution_count if shell else None

    def print(self, text):
        print(text)

    def display(self, bundle, display_id=None):
        if get_ipython() is None:  # a script
            return print(bundle.get("text/plain", "").rstrip("\n"))
        display(bundle, raw=True, **({"display_id": display_id} if display_id else {}))

    def update(self, bundle, display_id):
        if get_ipython() is not None:
            display(bundle, raw=True, display_id=display_id, update=True)

    def confirmed(self, question):
        """Asks a person. Throws when there is none."""
        self.display(question["forms"])
        try:
            reply = input("Do it? [y/N] ")
        except KeyboardInterrupt:
            raise Interrupted() from None
        except (EOFError, RuntimeError, NotImplementedError):  # ipykernel's StdinNotImplementedError is a RuntimeError
            token = question.get("token", "")
            raise PodiumError("conflict", "nothing was done: nobody is there to answer; say 'yes'" +
                              (f", or 'yes {token}' to do exactly this" if token else "")) from None
        return reply in ("y", "Y", "yes")

    def bar(self, progress):
        return Bar(self, progress)

    def follow(self, client, topics, request, bundle):
        """Shows what is replaced in place, by the answer to the same request, whenever the topics tell of something."""
        display_id = uuid4().hex
        self.display(bundle, display_id)

        def told(_):
            self.update(client.call("/api/v1/commands", request)["forms"], display_id)

        while len(self._live) >= MOST_LIVE:
            self._live.popleft()[1].stop()
        self._live.append((self.cell, Follower(client, topics, told)))

    def drop(self, cell):
        """A cell that runs again has no live outputs any more."""
        for kept in [k for k in self._live if k[0] == cell and cell is not None]:
            kept[1].stop()
            self._live.remove(kept)


class Bar:
    def __init__(self, screen, progress):
        self._screen, self._id, self._shown = screen, uuid4().hex, self._bundle(progress)
        screen.display(self._shown, self._id)

    def show(self, progress):
        bundle = self._bundle(progress)
        if bundle != self._shown:  # a terminal would print it again
            self._shown = bundle
            self._screen.update(bundle, self._id)

    @staticmethod
    def _bundle(p):
        state, kind = safe(p["state"]), safe(p["job_kind"])
        return {"text/plain": f"job {p['job']}: {state}, {p['done']} of {p['total']}",
                "text/html": f"<div>{html.escape(kind)} {html.escape(state)}: <progress value=\"{p['done']}\" max=\"{p['total'] or 1}\">"
                             f"</progress> {p['done']} of {p['total']}</div>"}


def topics_of(answer):
    """What /api/v1/events is asked for to hear when an answer is no longer what it was."""
    topics = ["tasks"]
    question = answer.get("question", {})
    if answer["kind"] == "chart":
        of_each = [f"task/{t}/metrics" for t in dict.fromkeys(s["task"] for s in answer["series"] if "task" in s)]
        topics = of_each if 0 < len(of_each) <= MOST_TOPICS else topics
    elif "project" in question and question.get("scope") == "project":
        topics = [f"project/{question['project']}/tasks"]
    elif answer["kind"] == "details" and answer.get("entity") == "task" and "id" in answer["fields"]:
        topics = [f"task/{answer['fields']['id']}"]
    return urlencode([("topic", t) for t in topics])


def any_running(client, chart):
    """Curves of a task that runs grow by themselves."""
    tasks = sorted({s["task"] for s in chart["series"] if "task" in s})
    if not tasks:
        return False
    listed = ", ".join(f"'{t}'" for t in tasks)
    return bool(client.call("/api/v1/tasks/query", {"filter": f"state = 'running' and id in ({listed})", "columns": ["id"], "limit": 1})["rows"])


# ---- files

def _ending(name):
    return os.path.splitext(name)[1].lower()


def _is_text(name):
    return _ending(name) in _TEXTS or os.path.basename(name) == "MLmodel"


def image_bundle(name, kind, content):
    """An image stands in an `img`: an SVG that somebody logged runs no script there."""
    data = base64.b64encode(content).decode()
    bundle = {"text/plain": f"[{safe(name)}]"}
    if kind in ("image/png", "image/jpeg"):
        return {**bundle, kind: data}
    return {**bundle, "text/html": f'<img alt="{html.escape(safe(name))}" style="max-width:100%" src="data:{kind};base64,{data}">'}


def text_bundle(name, content, whole):
    shown = "".join(safe(line) + "\n" for line in content.decode(errors="replace").splitlines()) + ("" if whole else "…\n")
    return {"text/plain": f"{safe(name)}\n{shown}",
            "text/html": f"<details open><summary>{html.escape(safe(name))}</summary><pre>{html.escape(shown)}</pre></details>"}


def show_file(screen, client, file):
    name = os.path.basename(file["name"])
    image = _IMAGES.get(_ending(name))
    most = LARGEST_KEPT if file["keep"] else LARGEST_IMAGE if image else LARGEST_TEXT
    content, kind = client.get(file["url"], most)
    whole = len(content) < most
    if file["keep"]:
        if not whole:
            raise PodiumError("too_large", f"'{safe(name)}' is larger than a notebook writes; `podium {safe(file['line'])}` in a terminal has no limit")
        with open(name, "wb") as out:
            out.write(content)
        screen.print(f"written to {safe(name)}, {len(content)} bytes")
    elif image and whole:
        screen.display(image_bundle(name, image, content))
    elif _is_text(name) or kind.startswith("text/"):
        screen.display(text_bundle(name, content, whole))
    else:
        screen.print(f"{safe(name)}: {file.get('size', 'some')} bytes; it is neither an image of up to {LARGEST_IMAGE >> 20} MiB nor a text")


def show_previews(screen, client, details, forms):
    """What a task keeps: images and texts of the top folder are looked into."""
    task = details["fields"].get("id")
    try:
        listed = client.call("/api/v1/commands", {"argv": ["artifacts", task], "forms": forms})
    except PodiumError:
        return  # it keeps nothing, or it is not for who asks
    if listed["kind"] != "table" or not listed["rows"]:
        return
    screen.display(listed["forms"])
    shown = 0
    for path, folder, size, *_ in listed["rows"]:
        image = _IMAGES.get(_ending(path))
        if shown == MOST_PREVIEWS or folder or not isinstance(size, int) or not (size <= LARGEST_IMAGE if image else _is_text(path)):
            continue
        file = client.call("/api/v1/commands", {"argv": ["artifacts", task, path]})
        if file["kind"] == "file":
            show_file(screen, client, {**file, "name": path, "keep": False})
            shown += 1
