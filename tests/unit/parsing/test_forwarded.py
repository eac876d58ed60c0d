"""Prefixes that mean an answer in one language and a forwarded mail in another."""

import pytest

from mailintake.parsing.forwarded import is_forward

HEADER = "{}: Desk <desk@desk.example>\n{}: 5.1.2026 9:12\n{}: Ann\n\nx"
FINNISH = HEADER.format("Lähettäjä", "Lähetetty", "Vastaanottaja")
DANISH = HEADER.format("Fra", "Sendt", "Til")
ENGLISH = HEADER.format("From", "Sent", "To")


@pytest.mark.parametrize(
    ("text", "answers", "forward"),
    [
        (FINNISH, True, False),
        (FINNISH, False, False),
        (DANISH, True, True),
        (DANISH, False, True),
        (ENGLISH, True, False),
        (ENGLISH, False, True),
        ("no header", True, True),
    ],
)
def test_vs_is_what_the_quoted_header_says(text: str, *, answers: bool, forward: bool) -> None:
    assert is_forward("VS: Pumppu", text, answers=answers) is forward


def test_vl_is_a_forward_in_finnish() -> None:
    assert is_forward("VL: Pumppu", FINNISH, answers=True)
