"""HTML becomes the text a reader would see: paragraphs, lists, tables, links, and quotes with `> `."""

import re
from collections.abc import Callable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from mailintake.parsing import html_guard, html_quotes, html_signatures
from mailintake.parsing.html_writer import Close, Writer
from mailintake.parsing.marks import NONE, Marks

_SKIP = frozenset(
    ["script", "style", "head", "title", "template", "noscript", "object", "embed", "svg", "math", "select", "textarea"]
)
_APART = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "pre", "blockquote", "table"])
_BLOCK = frozenset(
    [
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "nav",
        "address",
        "figure",
        "figcaption",
        "form",
        "fieldset",
        "center",
        "dl",
        "dt",
        "dd",
        "tr",
    ]
)
_HIDDEN_STYLE = re.compile(r"display\s{0,4}:\s{0,4}none|mso-hide\s{0,4}:\s{0,4}all", re.IGNORECASE)
_MAX_PREFIX = 60
_MAX_LINK = 2000


def render(html: str, *, tame: bool | None = None) -> tuple[str, Marks]:
    """The text, and what the HTML tells of its lines.

    `tame` is what `html_guard` said, if it was asked before. Hidden elements, scripts and styles are left out. HTML
    that could hurt a tree parser has its tags cut out instead.
    """
    if not (html_guard.is_tame(html) if tame is None else tame):
        return html_guard.without_tags(html), NONE
    tree = LexborHTMLParser(html)
    root = tree.body or tree.root
    writer = Writer()
    if root is not None:
        _walk(root, writer)
    writer.newline()
    first = next((index for index, line in enumerate(writer.out) if line), 0)
    lines = writer.out[first:]
    while lines and not lines[-1]:
        lines.pop()
    cut = None if writer.cut is None else max(0, writer.cut - first)
    spans = ((max(0, begin - first), min(end - first, len(lines))) for begin, end in writer.signatures)
    return "\n".join(lines), Marks(
        cut if cut is not None and cut < len(lines) else None,
        tuple(span for span in spans if span[0] < span[1]),
    )


def _walk(root: LexborNode, writer: Writer) -> None:
    """Depth first with our own stack, since Python's is shorter than the nesting of a long thread."""
    stack: list[tuple[LexborNode | None, Close | None]] = [(root.first_child, None)]
    while stack:
        node, close = stack[-1]
        if node is None:
            if close is not None:
                close()
            stack.pop()
            continue
        stack[-1] = (node.next, close)
        tag = node.tag or ""
        if tag == "-text":
            text = node.text_content or ""
            writer.text(text)
            writer.signature_next = writer.signature_next and text.isspace()
        elif tag not in _SKIP and not tag.startswith(("-", "!", "_")) and not _is_hidden(node, tag):
            is_quote = html_quotes.begins(node, tag)
            if is_quote:
                writer.mark()
            begin = writer.sign() if _signs(node, tag, writer, is_quote=is_quote) else None
            close = _open(node, tag, writer)
            stack.append((node.first_child, close if begin is None else writer.signed(begin, close)))


def _signs(node: LexborNode, tag: str, writer: Writer, *, is_quote: bool) -> bool:
    """Whether a signature begins with this element that is in no quote and in no other signature."""
    announced = writer.signature_next
    writer.signature_next = html_signatures.announces(node, tag)
    if is_quote or tag == "blockquote" or writer.in_signature or writer.prefix:
        return False
    return announced or html_signatures.holds(node, tag)


def _is_hidden(node: LexborNode, tag: str) -> bool:
    attributes = node.attributes
    if not attributes:
        return False
    style = attributes.get("style")
    return ("hidden" in attributes and tag != "a") or bool(style and _HIDDEN_STYLE.search(style))


def _open(node: LexborNode, tag: str, writer: Writer) -> Close | None:
    """Write what an element begins with; what closes it is returned."""
    handler = _HANDLERS.get(tag)
    if handler is not None:
        return handler(node, writer)
    if tag in _APART:
        writer.blank()
        return writer.blank
    if tag in _BLOCK:
        writer.newline()
        return writer.newline
    return None


def _br(_: LexborNode, writer: Writer) -> None:
    writer.newline(force=True)


def _hr(_: LexborNode, writer: Writer) -> None:
    writer.newline()
    writer.text("________________________________")
    writer.newline()


def _quote(_: LexborNode, writer: Writer) -> Close:
    writer.blank()
    before = writer.prefix
    if writer.out and writer.out[-1]:
        writer.out.append(before.rstrip(" "))
    writer.pending_blank = False
    if len(before) < _MAX_PREFIX:
        writer.prefix = before.rstrip(" ") + "> "

    def close() -> None:
        writer.newline()
        writer.prefix = before
        writer.pending_blank = True

    return close


def _pre(_: LexborNode, writer: Writer) -> Close:
    writer.blank()
    writer.pre += 1

    def close() -> None:
        writer.blank()
        writer.pre -= 1

    return close


def _list(node: LexborNode, writer: Writer) -> Close:
    (writer.newline if writer.lists else writer.blank)()
    writer.lists.append(0 if node.tag == "ol" else -1)

    def close() -> None:
        writer.lists.pop()
        (writer.newline if writer.lists else writer.blank)()

    return close


def _item(_: LexborNode, writer: Writer) -> Close:
    writer.newline()
    indent = "  " * min(max(0, len(writer.lists) - 1), 10)
    if writer.lists and writer.lists[-1] >= 0:
        writer.lists[-1] += 1
        writer.line.append(f"{indent}{writer.lists[-1]}. ")
    else:
        writer.line.append(f"{indent}* ")
    return writer.newline


def _cell(_: LexborNode, writer: Writer) -> None:
    if any(piece.strip() for piece in writer.line):
        writer.line.append("  ")


def _link(node: LexborNode, writer: Writer) -> Close | None:
    target = (node.attributes.get("href") or "").strip()
    start = len(writer.line)
    lines = len(writer.out)

    def close() -> None:
        if len(writer.out) != lines:
            return
        shown = "".join(writer.line[start:]).strip()
        if target.startswith("mailto:"):
            address = target[7:].partition("?")[0]
            if shown and address.lower() not in shown.lower():
                writer.text(f" <{address}>")
        elif shown and target.rstrip("/") not in {prefix + shown.rstrip("/") for prefix in ("", "http://", "https://")}:
            writer.text(f" <{target}>")

    return close if target.startswith(("http://", "https://", "mailto:")) and len(target) <= _MAX_LINK else None


def _image(node: LexborNode, writer: Writer) -> None:
    text = (node.attributes.get("alt") or "").strip()
    if text:
        writer.text(f"[{text}]")


_HANDLERS: dict[str, Callable[[LexborNode, Writer], Close | None]] = {
    "br": _br,
    "hr": _hr,
    "blockquote": _quote,
    "pre": _pre,
    "ul": _list,
    "ol": _list,
    "li": _item,
    "td": _cell,
    "th": _cell,
    "a": _link,
    "img": _image,
}
