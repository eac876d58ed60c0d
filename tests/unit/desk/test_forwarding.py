from datetime import UTC, datetime

import pytest

from mailintake.desk.forwarding import Original, original, own_words
from mailintake.domain.mail import Address, Attached, Forwarded, ParsedMessage
from mailintake.parsing.parser import parse
from tests.builders import a_mail, a_message

ANA = Address("ana@bakery.example", "Ana Kos")
WHEN = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
WORDS = "Dear Maria,\nthe oven is cold.\n\nAna"
QUOTED = "\n".join(f"> {line}" for line in WORDS.split("\n"))

STYLES = {
    "gmail": f"""---------- Forwarded message ---------
From: Ana Kos <ana@bakery.example>
Date: Mon, 9 Mar 2026 at 10:00 +0100
Subject: Cold oven
To: <maria@desk.example>


{WORDS}""",
    "outlook": f"""-----Ursprüngliche Nachricht-----
Von: Ana Kos <ana@bakery.example>
Gesendet: Montag, 9. März 2026 10:00 +0100
An: Maria <maria@desk.example>
Betreff: Cold oven

{WORDS}""",
    "apple": f"""Begin forwarded message:

> From: Ana Kos <ana@bakery.example>
> Subject: Cold oven
> Date: 9 March 2026 at 10:00:00 CET
> To: maria@desk.example
>
{QUOTED}""",
    "russian": f"""-------- Пересылаемое сообщение --------
От кого: Ana Kos <ana@bakery.example>
Дата: 9 марта 2026 10:00 +0100
Тема: Cold oven
Кому: maria@desk.example

{WORDS}""",
}


def forwarded(text: str, subject: str = "Fwd: Cold oven") -> ParsedMessage:
    return parse(a_mail("maria@desk.example", subject=subject, text=text, Content_Type="text/plain; charset=utf-8"))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("above", ["", "#new\n\nShe rang, too.\nNote: twice\n\n", "FYI\n\n"])
def test_the_mail_within_is_its_author_s_and_the_words_above_are_the_agent_s(style: str, above: str) -> None:
    message = forwarded(above + STYLES[style])
    found = original(message)
    assert found is not None
    assert (found.author, found.subject, found.text) == (ANA, "Cold oven", WORDS)
    assert found.date is None or found.date.date() == WHEN.date()
    assert own_words(message) == above.strip()


def test_an_attached_mail_is_what_is_handed_on() -> None:
    inner = Attached(Address("ana@bakery.example"), "Cold oven", WHEN, WORDS)
    message = a_message("maria@desk.example", attached=inner, forwarded=Forwarded(Address("x@y.example"), "", None))
    assert original(message) == Original(Address("ana@bakery.example"), "Cold oven", WHEN, WORDS)


def test_a_mail_attached_to_the_one_whose_header_is_repeated_came_with_it() -> None:
    text = f"#new\n\n---- Forwarded ----\nFrom: Ana Kos <ana@bakery.example>\nSubject: Cold oven\n\n{WORDS}"
    inner = Attached(Address("eve@elsewhere.example"), "Pay me", None, "Pay me.")
    head = Forwarded(ANA, "Cold oven", None)
    assert original(a_message(text=text, reply_text=text, forwarded=head, attached=inner)) == Original(
        ANA, "Cold oven", None, WORDS
    )


def test_without_an_author_there_is_no_original() -> None:
    assert original(a_message()) is None
    assert original(a_message(forwarded=Forwarded(None, "Cold oven", None))) is None
    assert original(a_message(attached=Attached(None, "Cold oven", None, WORDS))) is None


def test_a_subject_that_the_header_does_not_name_is_the_mail_s() -> None:
    head = Forwarded(ANA, "", None)
    text = "From: Ana Kos <ana@bakery.example>\n\nIt is cold."
    found = original(a_message(subject="Fwd: Cold oven", text=text, reply_text=text, forwarded=head))
    assert found == Original(ANA, "Fwd: Cold oven", None, "It is cold.")


def test_words_that_stand_close_to_the_header_stay_the_agent_s() -> None:
    text = "#new\nServer: 7\n\n---- Forwarded ----\nFrom: <ana@bakery.example>\nSubject: x\n\nIt is cold."
    message = a_message(text=text, reply_text=text, forwarded=Forwarded(Address("ana@bakery.example"), "x", None))
    assert own_words(message) == "#new\nServer: 7"


def test_the_words_of_a_mail_that_forwards_nothing_are_all_its_own() -> None:
    assert own_words(a_message(reply_text="It is\nmended.")) == "It is\nmended."


def test_a_forwarded_header_that_is_not_in_the_text_hides_nothing() -> None:
    message = a_message(reply_text="See the mail attached.", forwarded=Forwarded(ANA, "Cold oven", None))
    assert own_words(message) == "See the mail attached."
    found = original(message)
    assert found is not None
    assert found.text == ""
