"""Charts as inline SVG: drawn with the page's own colours, told in words to whoever cannot see them.

Every number that a chart shows stands in its description too. Widths are made for a phone; a wider page enlarges them.
Kinds are the class names under which the page gives colours: see `page`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

WIDTH = 360
_LINE = 18  # of text
_TALLEST = 110  # of a column
_THICK = 12  # of a row's bar


@dataclass(frozen=True, slots=True)
class Bar:
    """A value with its label. `of` is what it is a part of, where it is one: more than that overflows."""

    label: str
    value: int
    kind: str = "plain"
    of: int = 0


def strip(name: str, title: str, bars: Sequence[Bar]) -> str:
    """One bar in parts, as wide as their values; `name` is unique on the page. Nothing where there is nothing."""
    total = sum(bar.value for bar in bars)
    return _svg(name, title, bars, 24, _parts(bars, total)) if total else ""


def columns(name: str, title: str, bars: Sequence[Bar]) -> str:
    """Bars that stand side by side, each with its value above and its label below. Nothing where all are 0."""
    highest = max((bar.value for bar in bars), default=0)
    height = _LINE + _TALLEST + _LINE
    return _svg(name, title, bars, height, _columns(bars, highest)) if highest else ""


def rows(name: str, title: str, bars: Sequence[Bar]) -> str:
    """Bars that lie below each other, each filled as far as its value is of its `of`. Nothing without bars."""
    height = len(bars) * 2 * _LINE
    return _svg(name, title, bars, height, _rows(bars)) if bars else ""


def _parts(bars: Sequence[Bar], total: int) -> Iterator[str]:
    at = 0.0
    for bar in bars:
        wide = bar.value * WIDTH / total
        if bar.value:
            yield _rect(bar.kind, x=at, y=0, width=max(wide - 1, 0.5), height=24)
        at += wide


def _columns(bars: Sequence[Bar], highest: int) -> Iterator[str]:
    wide = WIDTH / len(bars)
    for place, bar in enumerate(bars):
        tall = bar.value * _TALLEST / highest
        top, middle = _LINE + _TALLEST - tall, (place + 0.5) * wide
        if bar.value:
            yield _rect(bar.kind, x=place * wide + 3, y=top, width=wide - 6, height=tall)
        yield _text(str(bar.value), x=middle, y=top - 5, anchor="middle")
        yield _text(bar.label, x=middle, y=_LINE + _TALLEST + 14, anchor="middle")
    yield _rect("axis", x=0, y=_LINE + _TALLEST, width=WIDTH, height=1)


def _rows(bars: Sequence[Bar]) -> Iterator[str]:
    for place, bar in enumerate(bars):
        top = place * 2 * _LINE
        whole = max(bar.of, bar.value, 1)
        inside, beyond = min(bar.value, bar.of) * WIDTH / whole, max(0, bar.value - bar.of) * WIDTH / whole
        yield _text(bar.label, x=0, y=top + 13, anchor="start")
        yield _text(_told(bar), x=WIDTH, y=top + 13, anchor="end")
        yield _rect("track", x=0, y=top + _LINE, width=WIDTH, height=_THICK)
        yield _rect(bar.kind, x=0, y=top + _LINE, width=inside, height=_THICK)
        if beyond:
            yield _rect("breached", x=inside, y=top + _LINE, width=beyond, height=_THICK)


def _svg(name: str, title: str, bars: Sequence[Bar], height: int, shapes: Iterator[str]) -> str:
    said = "; ".join(f"{bar.label}: {_told(bar)}" for bar in bars)
    key = escape(name)
    head = f'<svg role="img" viewBox="0 0 {WIDTH} {height}" aria-labelledby="{key}-title {key}-desc">'
    words = f'<title id="{key}-title">{escape(title)}</title><desc id="{key}-desc">{escape(said)}</desc>'
    return "\n".join((head, words, *shapes, "</svg>"))


def _told(bar: Bar) -> str:
    return f"{bar.value} of {bar.of}" if bar.of else str(bar.value)


def _rect(kind: str, *, x: float, y: float, width: float, height: float) -> str:
    box = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
    return f'<rect class="{escape(kind)}" {box}/>'


def _text(words: str, *, x: float, y: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
