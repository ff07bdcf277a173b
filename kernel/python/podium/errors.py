"""What went wrong, in the sentence that the host told it with, a caret under its place."""
import unicodedata


def safe(text):
    """Other people's text on one line: what would control a terminal or turn its direction is written out."""
    out = []
    for c in str(text):
        code = ord(c)
        if c == "\n":
            out.append("\\n")
        elif c == "\t":
            out.append("\\t")
        elif code < 0x20 or 0x7F <= code < 0xA0:
            out.append(f"\\x{code:02x}")
        elif 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
            out.append(f"\\u{code:04x}")
        else:
            out.append(c)
    return "".join(out)


def width_of(text):
    """Columns that a text takes on a terminal."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Readable:
    """An exception that IPython shows as its lines, without the calls that it came through."""

    def _render_traceback_(self, *_):
        return str(self).splitlines()


class PodiumError(Readable, Exception):
    """`code` is one of podium's: invalid, not_found, conflict, denied, unavailable, timeout, ..."""

    def __init__(self, code, detail, problem=None):
        self.code = code
        self.problem = problem or {}
        super().__init__("\n".join(problem_lines({"detail": detail, **self.problem})))


class Interrupted(Readable, KeyboardInterrupt):
    def __init__(self, detail="interrupted; what the host had begun by then may be done"):
        super().__init__(detail)


def problem_lines(problem):
    lines = [safe(problem.get("detail", ""))]
    facts = problem.get("facts", {})
    if "line" in facts and "position" in problem:
        before = facts["line"].encode()[: problem["position"]].decode(errors="ignore")  # told in bytes
        lines += ["  " + safe(facts["line"]), "  " + " " * width_of(safe(before)) + "^"]
    if "corrected" in facts:
        lines.append("  perhaps: " + safe(facts["corrected"]))
    return lines
