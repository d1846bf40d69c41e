"""The files of tests/cli: COMMAND/NAME.case is one case of that command; pwreset/ has those of the program as a whole, and
api/ the examples of pwreset-api(7).

    # relay {"rcpt": "550 5.1.1 no such mailbox"}
    $ pwreset request ada@example.com
    $ pwreset audit --output csv
    --- exit 0
    --- stdout, CRLF
    1,TIME,OPERATOR,…
    --- stderr
    more: --before 2

First the lines that run, `$` before each; `<<<` gives standard input, as in a shell. A line with # makes something go wrong
from there on. Then what the last line leaves: its exit status, and the text it prints, to the letter; a stream that
stays empty is not there. What such a text cannot show by itself stands behind the stream's name: `CRLF` (all its lines end
so, and not with a newline alone) or `cut` (its last line does not end). A new case needs its first lines only, until
PWRESET_GOLDEN=write has written the rest.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """`lines` are those that run or disturb, as they stand in the file; `exit`, `stdout` and `stderr` what is expected."""

    lines: tuple
    exit: int
    stdout: str = ""
    stderr: str = ""

    @property
    def commands(self):
        """The command lines, as one types them."""
        return [line[2:] for line in self.lines if line.startswith("$ ")]


def read(file):
    """The case of a file; ValueError when it is none."""
    return _parsed(file.read_bytes().decode(), file)


def write(file, case):
    """Makes the file; ValueError when it would not read the same again."""
    text = text_of(case)
    if _parsed(text, file) != case:
        raise ValueError(f"{file}: a line of the output reads like one of the file's own")
    file.write_bytes(text.encode())


def text_of(case):
    """What the file of a case holds."""
    parts = [f"{line}\n" for line in case.lines] + [f"--- exit {case.exit}\n"]
    for name, text in (("stdout", case.stdout), ("stderr", case.stderr)):
        if not text:
            continue
        if not text.endswith("\n"):
            parts.append(f"--- {name}, cut\n{text}\n")
        elif text.count("\r\n") == text.count("\n"):
            parts.append(f"--- {name}, CRLF\n{text.replace(chr(13), '')}")
        else:
            parts.append(f"--- {name}\n{text}")
    return "".join(parts)


def _parsed(text, file):
    shape = (r"((?:[$#] [^\n]+\n)+)(?:--- exit (\d+)\n"
             r"(?:--- stdout(|, CRLF|, cut)\n(.*?))?(?:--- stderr(|, CRLF|, cut)\n(.*))?)?")  # fmt: skip
    found = re.fullmatch(shape, text, re.DOTALL)
    if not found or not (lines := found[1][:-1].split("\n"))[-1].startswith("$ "):
        raise ValueError(f"{file} is not a case")
    return Case(tuple(lines), int(found[2] or -1), _stream(found[3], found[4]), _stream(found[5], found[6]))


def _stream(remark, text):
    if text is None:
        return ""
    return {"": text, ", CRLF": text.replace("\n", "\r\n"), ", cut": text[:-1]}[remark]
