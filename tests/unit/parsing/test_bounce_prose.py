"""Bounces in prose; whole mails of many servers stand in tests/mails."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.bounce_prose import enhanced, read, reason
from mailintake.parsing.bounce_reasons import REASONS
from mailintake.parsing.header_block import HeaderBlock
from mailintake.parsing.parser import parse

BLOCK = HeaderBlock([], 0)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("550 5.1.1 User unknown", "5.1.1"),
        ("(#5.2.2)", "5.2.2"),
        ("5.0.0 then 5.7.26", "5.7.26"),
        ("5.0.0 alone", "5.0.0"),
        ("connect to mx[5.1.2.3]:25", ""),
        ("running version 4.2.1 of it", ""),
        ("Postfix 4.1.2", ""),
        ("2.0.0 Ok", ""),
        ("at 12.5.1.1", ""),
        ("5.9.1", ""),
    ],
)
def test_an_enhanced_code_is_told_from_other_numbers(text: str, code: str) -> None:
    assert enhanced(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("550 no such user", "5.1.1"),
        ("451 mailbox full", "4.2.2"),
        ("552 something", "5.2.2"),
        ("554 something", "5.0.0"),
        ("nothing of the kind", ""),
        ("Host not found", "5.1.2"),
        ("Connection timed out", "5.4.1"),
        ("blocked using a list", "5.7.1"),
    ],
)
def test_words_and_reply_codes_stand_for_a_code(text: str, code: str) -> None:
    assert reason(text) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Das Postfach des Empfängers ist voll.", "5.2.2"),
        ("La boîte aux lettres est pleine", "5.2.2"),
        ("postilaatikko on täynnä", "5.2.2"),
        ("Ящик заполнен", "5.2.2"),
        ("收件人邮箱已满", "5.2.2"),
        ("Die Domäne wurde nicht gefunden", "5.1.2"),
        ("Doména neexistuje", "5.1.2"),
        ("Adresa neexistuje", "5.1.1"),
        ("Utilizator necunoscut", "5.1.1"),
        ("Kullanıcı bulunamadı", "5.1.1"),
        ("Địa chỉ không tồn tại", "5.1.1"),
        ("사용자를 찾을 수 없습니다", "5.1.1"),
        ("Die Nachricht ist zu groß", "5.3.4"),
        ("Wiadomość jest zbyt duża", "5.3.4"),
        ("Сообщение превышает допустимый размер", "5.3.4"),
        ("Relaying prohibited", "5.7.1"),
        ("Meddelelsen blev afvist", "5.7.1"),
        ("Письмо отклонено: спам", "5.7.1"),
        ("Zu viele Empfänger", "5.5.3"),
        ("Syntax error in recipient", "5.1.3"),
        ("Sender address rejected: Domain not found", "5.1.8"),
    ],
)
def test_servers_say_it_in_many_languages(text: str, code: str) -> None:
    assert reason(text) == code
    assert reason(text, delayed=True) == f"4{code[1:]}"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("<kim@kunde.example> could not be delivered.", "5.0.0"),
        ("<kim@kunde.example> has not yet been delivered.", "4.0.0"),
        ("<kim@kunde.example>: 554 5.7.26 no", "5.7.26"),
    ],
)
def test_a_bounce_always_has_a_status(text: str, status: str) -> None:
    assert read(text, BLOCK).status == status


def test_the_tables_are_in_lower_case_and_say_nothing_twice() -> None:
    told = [phrase for _, table in REASONS for phrase in table]
    assert told == [phrase.lower() for phrase in told]
    assert len(told) == len(set(told))


def test_addresses_of_our_own_are_not_the_one_that_failed() -> None:
    report = read(
        "Your mail from\ndesk@desk.example\nto kim@kunde.example: 550 no", BLOCK, not_these=["desk@desk.example"]
    )
    assert report.recipient == "kim@kunde.example"


def test_the_message_id_of_the_returned_mail_is_found() -> None:
    text = (
        "<kim@kunde.example>: 550 no\n\n--- Below this line is a copy of the message.\n\nMessage-ID: <1@desk.example>\n"
    )
    assert read(text, BLOCK).original_message_id == "<1@desk.example>"


@given(st.text(max_size=300))
def test_any_text_is_survived(text: str) -> None:
    assert read(text, BLOCK).action in ("failed", "delayed")


@pytest.mark.parametrize(
    ("action", "prose", "status"),
    [
        ("failed", "Something.", "5.0.0"),
        ("failed", "It has not yet been delivered.", "5.0.0"),
        ("failed", "The mailbox is full.", "5.2.2"),
        ("failed", "4.4.7 expired", "4.4.7"),
        ("delayed", "Something.", "4.0.0"),
        ("delayed", "The mailbox is full.", "4.2.2"),
        ("delivered", "Something.", ""),
    ],
)
def test_a_report_without_a_code_takes_the_one_that_its_prose_means(action: str, prose: str, status: str) -> None:
    report = parse(
        b"From: MAILER-DAEMON@x.example\nSubject: Delivery Status Notification\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n"
        + prose.encode()
        + b"\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\n"
        b"Final-Recipient: rfc822; kim@kunde.example\nAction: " + action.encode() + b"\n\n--b--\n"
    ).report
    assert report is not None
    assert (report.action, report.status) == (action, status)
