import textwrap
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mailintake.desk.leaks import repeats, without_tokens
from mailintake.domain.tag import Tagger, claims

OURS = """Ticket 102 of The Bakery is yours now.

Plan: gold, first response until 14:00
Priority: P1, as Maria sorted it herself
Last time this customer threatened to leave, so be friendly and promise nothing that costs us money.

Ana writes:
My oven is cold since this morning. It shows E4, and I have turned it off and on again many times already.
All the bread of today is lost and I am really angry about it."""
HERS = OURS.rpartition("Ana writes:\n")[2]
LINES = [line for line in OURS.split("\n") if line]


def leaks(text: str, *, known: tuple[str, ...] = ()) -> bool:
    return repeats(text, ours=(OURS,), known=known)


def test_words_of_the_agent_are_nobody_else_s() -> None:
    assert not leaks("Hello Ana,\nyour oven is repaired. Please tell us whether the bread is good now.\nMaria")
    assert not repeats(OURS, ours=(), known=())
    assert not repeats("", ours=(OURS,), known=())


def test_a_long_piece_is_found_within_other_words() -> None:
    assert leaks(f"Hello Ana, {' '.join(LINES[2:4])} Bye")
    assert not leaks(f"Hello Ana, {LINES[2]} Bye")
    assert leaks(f"Hello\n{OURS}\nBye")


def test_three_lines_are_enough() -> None:
    assert leaks("\n".join(LINES[:3]))
    assert not leaks("\n".join(LINES[1:3]))


def test_a_few_words_may_be_repeated() -> None:
    assert not leaks("Ticket 102 of The Bakery is fine.")


def test_the_customer_may_read_what_she_wrote_herself() -> None:
    quoted = "\n".join(f"> {line}" for line in HERS.split("\n"))
    assert leaks(f"{quoted}\nThis is solved.")
    assert not leaks(f"{quoted}\nThis is solved.", known=(HERS,))
    assert leaks(f"{LINES[2]}\n{LINES[3]}\n{quoted}", known=(HERS,))


@given(st.integers(30, 90), st.text("> |\t\u00a0*-", max_size=5), st.sampled_from([str, str.upper, str.lower]))
def test_neither_prefixes_nor_breaks_nor_capitals_hide_it(width: int, prefix: str, change: type) -> None:
    lines = textwrap.wrap(" ".join(LINES[:4]), width)
    assert leaks("\n".join(prefix + change(line) for line in lines))


def test_a_token_does_not_travel_on() -> None:
    tagger = Tagger((b"k" * 32,))
    at = datetime(2026, 3, 9, tzinfo=UTC)
    address = tagger.reply_address(102, "maria", "support@desk.example", at=at)
    message_id = tagger.message_id(102, "maria", "7f3a", "desk.example", at=at)
    text = f"{tagger.in_subject(102, 'maria', at=at)} <{address}> {message_id}"
    assert tuple(claims(text, (message_id,), (address,)))
    assert without_tokens(text) == "[#102] <support+102@desk.example> <102.7f3a@desk.example>"
    assert without_tokens("see #102. It is done [#5] at 10.abcdefghijklmnopqrstuv") == (
        "see #102. It is done [#5] at 10.abcdefghijklmnopqrstuv"
    )
