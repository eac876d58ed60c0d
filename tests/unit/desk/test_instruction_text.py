import textwrap
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailintake.desk.answer_line import ANSWER_LINES
from mailintake.desk.commands import Fault, Instructions
from mailintake.desk.conversation import Internal, Public
from mailintake.desk.instruction_text import Words, answer_for_customer, instructions, plain_new_words
from mailintake.domain.command import Word
from mailintake.domain.mail import Address, Forwarded, ParsedMessage
from mailintake.parsing.parser import parse
from tests.builders import a_mail, a_message

ANSWER = "Hello Ana,\nthe spare part comes on Monday."
HERS = "My oven is cold since this morning, and it shows E4.\nAll the bread of today is lost."
FACTS = [
    "Ticket 102 of The Bakery is yours, since Maria is away until Thursday.",
    "Plan: gold, first response until 14:00 today",
    "Priority: P1, as sorted by Jan",
    "Jan notes: she threatened to leave the last time, so be friendly and promise nothing at all.",
    "The code of this receipt is 7f3a.",
]
LETTER = "\n".join([ANSWER_LINES["en"], "", *FACTS, "", "Ana writes:", HERS])


def plain(text: str, subject: str = "Re: [#102.mfrggzdfmztwq2lk] Oven") -> ParsedMessage:
    return parse(a_mail("maria@desk.example", subject=subject, text=text, Content_Type="text/plain; charset=utf-8"))


def meaning(message: ParsedMessage) -> Instructions:
    return instructions(message, languages=("en", "sl"), ours=(LETTER,), known=(HERS,))


def faults(message: ParsedMessage) -> list[Fault]:
    found = meaning(message)
    assert (found.commands, found.answer, found.notes) == ((), None, ())
    return [each.fault for each in found.unknown]


def quoted(text: str, prefix: str = "> ") -> str:
    return "\n".join(prefix + line for line in text.split("\n"))


ATTRIBUTION = "On Mon, 9 Mar 2026 at 10:00, Desk <support@desk.example> wrote:\n"


def test_an_answer_above_our_letter_is_an_answer() -> None:
    found = meaning(plain(f"#solved\n\n{ANSWER}\n\n{ATTRIBUTION}{quoted(LETTER)}"))
    assert [command.word for command in found.commands] == [Word.SOLVED]
    assert found.answer == Public(ANSWER)
    assert (found.unknown, found.late) == ((), ())


def test_commands_in_quotes_signatures_and_below_are_words() -> None:
    text = f"{ANSWER}\n\n-- \n#close\n\n{ATTRIBUTION}> #close\n> #spam\n"
    assert meaning(plain(text)) == Instructions(answer=Public(ANSWER), text=ANSWER)


def test_commands_below_a_quote_stop_the_mail_but_an_answer_there_goes_out() -> None:
    assert faults(plain(f"{ATTRIBUTION}{quoted(HERS)}\n\n#solved\n")) == [Fault.NOT_ON_TOP]
    assert meaning(plain(f"{ATTRIBUTION}{quoted(HERS)}\n\n{ANSWER}\n")).answer == Public(ANSWER)


@pytest.mark.parametrize(
    "text", [f"#take\n{ANSWER}\n\nMaria Kos\nExample  Desk", f"#take\n{ANSWER}\nMaria Kos\n\nExample Desk\n"]
)
def test_a_signature_that_the_desk_adds_itself_is_left_out(text: str) -> None:
    found = instructions(plain(text), languages=(), ours=(), signature="Maria Kos\nExample Desk")
    assert found.answer == Public(ANSWER)


def test_a_signature_is_no_answer() -> None:
    found = instructions(plain("#take\n\nMaria Kos\nDesk"), languages=(), ours=(), signature="Maria Kos\nDesk")
    assert (found.answer, found.unknown) == (None, ())
    assert len(found.commands) == 1


# HTML


def alternative(text: str, html: str) -> ParsedMessage:
    boundary = "=_b"
    parts = "".join(
        f"--{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\n\r\n{content}\r\n"
        for kind, content in (("plain", text), ("html", html))
        if content
    )
    content_type = f'multipart/alternative; boundary="{boundary}"'
    return parse(a_mail("maria@desk.example", text=f"{parts}--{boundary}--", Content_Type=content_type))


def test_commands_count_where_both_parts_show_them() -> None:
    found = meaning(alternative("#solved\r\n\r\nDone.", "<div>#solved</div><div><br></div><div>Done.</div>"))
    assert found.commands[0].word is Word.SOLVED
    assert found.answer == Public("Done.")


@pytest.mark.parametrize(
    "html",
    [
        "<p>Done.</p>",
        "<p>Done.</p><p>#solved</p>",
        '<p style="display: none">#solved</p><p>Done.</p>',
        "<p hidden>#solved</p><p>Done.</p>",
        '<p><img alt="" title="#solved">Done.</p>',
        "<p>#close</p><p>Done.</p>",
    ],
)
def test_commands_that_the_html_does_not_show_stop_the_mail(html: str) -> None:
    assert faults(alternative("#solved\r\n\r\nDone.", html)) == [Fault.NOT_PLAIN]


def test_commands_in_html_alone_stop_the_mail_but_an_answer_in_it_goes_out() -> None:
    assert faults(alternative("", "<p>#solved</p><p>Done.</p>")) == [Fault.NOT_PLAIN]
    assert faults(alternative("", "<p>#note</p><p>She is wrong.</p>")) == [Fault.NOT_PLAIN]
    assert Fault.UNKNOWN in faults(alternative("", "<p>#ntoe</p><p>She is wrong.</p>"))
    assert faults(alternative("", "<p>#ticket 5</p><p>Hello Ana</p>")) == [Fault.NOT_PLAIN]
    assert meaning(alternative("", "<p>Hello Ana,</p><p>done.</p>")).answer == Public("Hello Ana,\n\ndone.")


def test_plain_words_are_those_of_plain_text_with_nothing_above() -> None:
    assert plain_new_words(plain(f"#solved\n\n{ATTRIBUTION}{quoted(LETTER)}")) == "#solved"
    assert plain_new_words(plain(f"{ATTRIBUTION}{quoted(HERS)}\n\n#solved\n")) is None
    assert plain_new_words(replace(plain("#solved"), text_is_plain=False)) is None


# Forwarded mail

FORWARDED = f"---------- Forwarded message ---------\nFrom: Ana <ana@bakery.example>\nDate: Mon, 9 Mar 2026 10:00\n\
Subject: Oven\nTo: <maria@desk.example>\n\n#close\n{HERS}"


def test_the_words_above_a_forwarded_mail_are_for_the_desk() -> None:
    found = meaning(plain(f"#new\nShe rang, too.\n\n{FORWARDED}", "Fwd: Oven"))
    assert [command.word for command in found.commands] == [Word.NEW]
    assert [note.words for note in found.notes] == [Internal("She rang, too.")]
    assert found.answer is None


def test_a_forwarded_mail_is_nobody_s_answer() -> None:
    assert faults(plain(f"See below.\n\n{FORWARDED}", "Fwd: Oven")) == [Fault.FORWARDED]
    assert meaning(plain(FORWARDED, "Fwd: Oven")) == Instructions()


def test_an_attached_mail_is_nobody_s_answer_either() -> None:
    head = Forwarded(Address("ana@bakery.example"), "Oven", None)
    text = "See attached."
    assert faults(a_message("maria@desk.example", text=text, reply_text=text, forwarded=head)) == [Fault.FORWARDED]


# Our letters to agents


def test_the_customer_s_own_words_may_stand_between_the_answers() -> None:
    first, second = HERS.split("\n")
    text = f"> {first}\nIt is mended.\n> {second}\nWe are sorry."
    assert meaning(plain(text)).answer == Public(text)


def test_an_answer_that_repeats_a_letter_to_agents_is_withheld() -> None:
    text = "Hello,\n" + "\n".join(FACTS)
    assert faults(plain(text)) == [Fault.LEAK]
    assert answer_for_customer(plain(text), ours=(LETTER,)) == Words(text, leaks=True)
    assert meaning(plain(f"#note\n{text}")).notes[0].words == Internal(text)


def test_the_agent_s_own_token_is_not_handed_on() -> None:
    attribution = "On Mon, 9 Mar 2026 at 10:00, <support+102.mfrggzdfmztwq2lkabc@desk.example> wrote:"
    text = f"{attribution}\n> It is cold.\nNo.\n> Is it?\nNo."
    found = meaning(plain(text))
    assert found.answer is not None
    assert "mfrggzdfmztwq2lkabc" not in found.answer.text


@pytest.mark.parametrize(
    "quote",
    [
        "<blockquote>{}</blockquote>",
        "<div><b>Von:</b> Desk &lt;support@desk.example&gt;<br><b>Gesendet:</b> 9.3.26 10:00<br><b>An:</b> Jan</div>{}",
        "<hr>{}",
        "<table><tr><td>{}</td></tr></table>",
        "<font color=blue>{}</font>",
    ],
)
@pytest.mark.parametrize("line_break", ["<br>", "</p><p>", "</div><div>", "\n"])
def test_no_line_of_a_letter_to_agents_leaves_in_html(quote: str, line_break: str) -> None:
    letter = "<p>" + LETTER.replace("---", "---&nbsp;").replace("\n", line_break) + "</p>"
    found = meaning(alternative("", f"<p>{ANSWER}</p>{quote.format(letter)}"))
    assert found.answer == Public(ANSWER.replace("\n", " "))


def wrapped(text: str, width: int | None) -> list[str]:
    lines = text.split("\n")
    return lines if width is None else [piece for line in lines for piece in textwrap.wrap(line, width) or [""]]


ANNOUNCEMENTS = [
    "",
    ATTRIBUTION.strip(),
    "Desk <support@desk.example> schrieb am Mo., 9. März 2026, 10:00:",
    "-----Original Message-----\nFrom: Desk <support@desk.example>\nSent: 9/3/2026 10:00\nTo: Maria\nSubject: Oven\n",
]


@settings(max_examples=150, deadline=None)
@given(
    announcement=st.sampled_from(ANNOUNCEMENTS),
    prefix=st.sampled_from(["> ", ">", "> > ", "| ", "MK> ", "  ", "\u00a0", "* ", ""]),
    width=st.none() | st.integers(60, 80),
    change=st.sampled_from(["", "nbsp", "dashes", "upper", "entity"]),
    where=st.sampled_from(["top", "bottom", "between"]),
    at=st.integers(0, 12),
    language=st.sampled_from(sorted(ANSWER_LINES)),
)
def test_no_line_of_a_letter_to_agents_reaches_a_customer(
    announcement: str, prefix: str, width: int | None, change: str, where: str, at: int, language: str
) -> None:
    letter = LETTER.replace(ANSWER_LINES["en"], ANSWER_LINES[language])
    if change == "nbsp":
        letter = letter.replace(" ", "\u00a0")
    elif change == "dashes":
        letter = letter.replace("---", "—")
    elif change == "upper":
        letter = letter.replace(ANSWER_LINES[language], ANSWER_LINES[language].upper())
    elif change == "entity":
        letter = letter.replace(ANSWER_LINES[language], ANSWER_LINES[language].replace(" ", "&nbsp;"))
    lines = [prefix + line for line in wrapped(letter, width)]
    if where == "between":
        lines[at + 2 : at + 2] = ["", ANSWER, ""]
    quote = "\n".join([announcement, *lines] if announcement else lines)
    text = {"top": f"{ANSWER}\n\n{quote}", "bottom": f"{quote}\n\n{ANSWER}", "between": f"Hello!\n\n{quote}"}[where]
    found = meaning(plain(text))
    sent = "".join(found.answer.text.split()) if found.answer else ""
    for fact in FACTS:
        for piece in textwrap.wrap(fact, 25):
            assert "".join(piece.split()) not in sent
    assert "support@desk.example" not in sent
    if where == "top":
        assert found.answer == Public(ANSWER)


SIGNATURE = "-----BEGIN PGP SIGNATURE-----\n\niQ\n=Ab1z\n-----END PGP SIGNATURE-----\n"
ARMOURED = "-----BEGIN PGP SIGNED MESSAGE-----\n{head}\n\n#solved\n\nIt is mended.\n" + SIGNATURE


@pytest.mark.parametrize(
    ("head", "is_read"),
    [("Hash: SHA512", True), ("Hash: SHA1\nHash: SHA512", True), ("Comment: x", False), ("#close", False)],
)
def test_orders_may_stand_below_the_header_of_a_clear_signature(head: str, is_read: bool) -> None:
    message = parse(a_mail("maria@desk.example", text=ARMOURED.format(head=head).replace("\n", "\r\n")))
    found = instructions(message, languages=("en",), ours=())
    assert bool(found.commands) == is_read
    assert (found.answer is not None) == is_read


def test_words_above_a_mail_that_is_handed_on_are_a_note() -> None:
    message = a_message(
        text="She rang.", reply_text="She rang.", forwarded=Forwarded(Address("ana@bakery.example"), "", None)
    )
    found = instructions(message, languages=("en",), ours=(), hands_on=True)
    assert [note.words.text for note in found.notes] == ["She rang."]
    assert (found.answer, found.unknown) == (None, ())
