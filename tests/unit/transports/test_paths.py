"""What passes for an address, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.transports import paths, replies
from mailintake.transports.replies import Reply


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("FROM:<>", paths.Sender("", 0)),
        ("from: <joe@client.example> size=1000 BODY=8BITMIME", paths.Sender("joe@client.example", 1000)),
        ('FROM:<"joe > x"@client.example>', paths.Sender('"joe > x"@client.example', 0)),
        ("FROM:<jürgen@bücher.example> SMTPUTF8", paths.Sender("jürgen@bücher.example", 0)),
        ("FROM:<bounce+a=b%c!d@[192.0.2.1]>", paths.Sender("bounce+a=b%c!d@[192.0.2.1]", 0)),
        ("FROM:joe@client.example", replies.MAIL_SYNTAX),
        ("FROM:", replies.MAIL_SYNTAX),
        ("TO:<joe@client.example>", replies.MAIL_SYNTAX),
        ('FROM:<"joe@client.example>', replies.MAIL_SYNTAX),
        ("FROM:<joe>", replies.BAD_SENDER),
        ("FROM:<@relay.example:joe@client.example>", replies.BAD_SENDER),
        ("FROM:<joe@client.example><x>", replies.MAIL_SYNTAX),
        ("FROM:<joe@client..example>", replies.BAD_SENDER),
        ("FROM:<.joe@client.example>", replies.BAD_SENDER),
        ("FROM:<" + "a" * 600 + "@client.example>", replies.BAD_SENDER),
        ("FROM:<joe@client.example> SIZE=x", replies.BAD_PARAMETER),
        ("FROM:<joe@client.example> SIZE=" + "9" * 21, replies.BAD_PARAMETER),
        ("FROM:<joe@client.example> SIZE=٣", replies.BAD_PARAMETER),
        ("FROM:<joe@client.example> BODY=BINARYMIME", replies.BAD_PARAMETER),
        ("FROM:<joe@client.example> SMTPUTF8=1", replies.BAD_PARAMETER),
        ("FROM:<joe@client.example> RET=HDRS", replies.UNKNOWN_PARAMETER),
        ("FROM:<joe@client.example> AUTH=<>", replies.UNKNOWN_PARAMETER),
    ],
)
def test_senders(argument: str, expected: paths.Sender | Reply) -> None:
    assert paths.sender(argument) == expected


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("TO:<support@desk.example>", "support@desk.example"),
        ("to: <Support+102.mfrggzdfmztwq2lk@desk.example>", "Support+102.mfrggzdfmztwq2lk@desk.example"),
        ("TO:<PostMaster>", "postmaster"),
        ("TO:<>", replies.BAD_RECIPIENT),
        ("TO:support@desk.example", replies.RCPT_SYNTAX),
        ("TO:<@a.example,@b.example:support@desk.example>", replies.BAD_RECIPIENT),
        ('TO:<"support"@desk.example>', replies.BAD_RECIPIENT),
        ("TO:<victim%other.example@desk.example>", replies.NO_RELAYING),
        ("TO:<other.example!victim@desk.example>", replies.NO_RELAYING),
        ("TO:<support@desk.example\r\nDATA>", replies.BAD_RECIPIENT),
        ("TO:<support@desk.example> NOTIFY=NEVER", replies.UNKNOWN_PARAMETER),
    ],
)
def test_recipients(argument: str, expected: str | Reply) -> None:
    assert paths.recipient(argument) == expected


@given(st.text(max_size=40), st.text(max_size=40))
def test_nothing_passes_that_a_line_or_a_column_could_not_hold(local: str, domain: str) -> None:
    for result in (paths.sender(f"FROM:<{local}@{domain}>"), paths.recipient(f"TO:<{local}@{domain}>")):
        address = result.address if isinstance(result, paths.Sender) else result
        if isinstance(address, str):
            assert address.isprintable()
            assert address.encode("utf-8")
