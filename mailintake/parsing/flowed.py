"""format=flowed (RFC 3676): lines that were wrapped for transport become paragraphs again."""


def unflow(text: str, *, delsp: bool) -> str:
    """Paragraphs joined per quote depth, space-stuffing removed; `delsp` drops the space that marked the soft break.

    Text with LF line ends comes in and goes out. The signature mark `-- ` is never flowed.
    """
    out: list[str] = []
    paragraph: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        if content[:1] == " ":
            content = content[1:]
        soft = content.endswith(" ") and content != "-- "
        if open_depth >= 0 and (open_depth != depth or content == "-- "):
            out.append(_joined(paragraph, open_depth))
            paragraph, open_depth = [], -1
        paragraph.append(content[:-1] if soft and delsp else content)
        open_depth = depth
        if not soft:
            out.append(_joined(paragraph, depth))
            paragraph, open_depth = [], -1
    if open_depth >= 0:
        out.append(_joined(paragraph, open_depth))
    return "\n".join(out)


def _joined(paragraph: list[str], depth: int) -> str:
    text = "".join(paragraph)
    if not depth:
        return text
    return ">" * depth + (" " + text if text else "")
