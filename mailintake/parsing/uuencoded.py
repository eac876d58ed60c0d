"""Files written into plain text between `begin 644 name` and `end`, as mail did before MIME."""

import re

from mailintake.parsing import transfer

_BEGIN = re.compile(r"^begin [0-7]{3,4} (\S[^\n]{0,254})$", re.MULTILINE)
_LINE = re.compile(r"[ -`]{1,90}")


def split(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without its files, and each file as (name, content).

    A block that has no `end`, or lines no encoder writes, stays in the text.
    """
    files: list[tuple[str, bytes]] = []
    out: list[str] = []
    position = 0
    while (begin := _BEGIN.search(text, position)) is not None:
        stop = text.find("\nend", begin.end())
        after = stop + 4
        content = None
        if stop >= 0 and text[after : after + 1] in ("", "\n"):
            content = _decoded(text[begin.end() + 1 : stop])
        if content is None:
            if stop < 0:
                break
            out.append(text[position : begin.end()])
            position = begin.end()
            continue
        files.append((begin[1].strip(), content))
        out.append(text[position : begin.start()])
        position = after + 1
    out.append(text[position:])
    return "".join(out), files


def _decoded(block: str) -> bytes | None:
    lines = block.split("\n")
    if not all(_LINE.fullmatch(line) for line in lines):
        return None
    content, _ = transfer.uu_lines([line.encode("ascii") for line in lines] + [b"end"])
    return content
