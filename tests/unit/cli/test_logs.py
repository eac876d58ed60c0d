"""A log line is one line, and nothing in it acts on the terminal that shows it."""

import pytest
import structlog

from mailintake.cli.logs import LONGEST, harmless

LINE = structlog.processors.LogfmtRenderer(key_order=["level", "event"])


def line(**event: object) -> str:
    rendered = LINE(None, "", harmless(None, "", {"level": "info", **event}))
    assert isinstance(rendered, str)
    return rendered


@pytest.mark.parametrize(
    "hostile",
    [
        "a\nlevel=critical event=forged",
        "a\rlevel=critical",
        "a\x1b]0;title\x07",
        "a\x9b31m",
        "a\N{LINE SEPARATOR}level=critical",
        "a\N{RIGHT-TO-LEFT OVERRIDE}b",
        "half \ud83d",
        "NUL \0",
    ],
)
@pytest.mark.parametrize("field", ["event", "reason", "exception"])
def test_a_stranger_s_words_stay_words(field: str, hostile: str) -> None:
    event: dict[str, object] = {"event": "settled", field: hostile}
    shown = line(**event)
    assert shown.isprintable()
    assert len(shown.splitlines()) == 1
    shown.encode()


def test_an_endless_word_is_cut() -> None:
    assert len(line(event="settled", reason="x" * 100_000)) < LONGEST + 100


def test_a_traceback_is_kept_whole() -> None:
    assert line(event="failed", exception="x\n" * 2_000).count("x\\n") == 2_000
