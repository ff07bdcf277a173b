"""What is typed into a cell: one command a line. What it means is the host's to say; only `as NAME` and `live`, which are of the
front end, are taken off here."""
import re
from dataclasses import dataclass

_WORD = re.compile(r"""(?:'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)|[^\s'"])+""")
_QUOTED = re.compile(r"""'(?:[^']|'')*(?:'|$)|"(?:[^"]|"")*(?:"|$)""")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*\Z")
_BOUND = re.compile(r"(?<![\w:]):([A-Za-z_]\w*)")


@dataclass
class Command:
    line: str  # for the host
    name: str = ""  # `as NAME`: what its result is called
    live: bool = False  # `live`: its output follows what happens


def words_of(line):
    return _WORD.findall(line)


def unquoted(line):
    """The line with blanks for what stands in quotes."""
    return _QUOTED.sub(lambda m: " " * len(m.group()), line)


def bound_names(line):
    """Names that the line may speak of as :name."""
    return dict.fromkeys(_BOUND.findall(unquoted(line)))


def whole_lines(cell):
    """Lines; one that ends with a backslash goes on in the next."""
    return re.sub(r"\\[ \t\r]*\n", lambda m: " " * len(m.group()), cell).split("\n")


def commands_of(cell):
    commands = []
    for line in whole_lines(cell):
        found = list(_WORD.finditer(line))
        if not found or found[0].group().startswith("#"):
            continue
        command = Command(line)
        while len(found) > 1:
            last, before = found[-1].group(), found[-2].group()
            if not command.live and last == "live":
                command.live = True
                found.pop()
            elif not command.name and len(found) > 2 and before == "as" and _NAME.match(last):
                command.name = last
                del found[-2:]
            else:
                break
        command.line = line[: found[-1].end()]
        commands.append(command)
    return commands
