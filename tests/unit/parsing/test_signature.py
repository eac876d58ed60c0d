"""What stands below the words of a mail."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing.signature import apart

WORDS = "The pump leaks again.\n\n"


@pytest.mark.parametrize(
    "below",
    [
        "-- \nAnn Example\nExample Ltd",
        "--\nAnn",
        "Best regards,\nAnn Example",
        "Mit freundlichen Grüßen\n\nAnn Beispiel\nBeispiel GmbH\nTel. 030 1234567",
        "С уважением,\nАнна",
        "此致\n王小明",
        "Thanks,\nAnn Example\nann@kunde.example",
        "-Ann",
        "Sent from my iPhone",
        "Regards,\nAnn\n\nSent from my phone\n\nThis e-mail is confidential and meant for its addressee.",
        "This email has been checked for viruses by a scanner.",
        "_______________________________________________\nUsers mailing list\nusers@lists.example",
        "Envoyé de mon iPhone",
    ],
)
def test_it_is_folded_away(below: str) -> None:
    lines = (WORDS + below).split("\n")
    words, signature = apart(lines)
    assert words == ["The pump leaks again.", ""]
    assert "\n".join(signature) == below


@pytest.mark.parametrize(
    "below",
    [
        "Thanks,\nAnn",
        "Ann",
        "Best regards to all of you.",
        "Regards,\nAnn\n\nPS: could you look at the tap as well, it drips since Monday?",
        "Sent from my desk, which is quicker than the phone is.",
        "-milk",
        "- first\n- Second",
        "We need a disclaimer on the invoice.",
        "__________\nAnn",
        "Detta meddelande kom inte fram i går.",
        "This message is for Bob.",
        "regards\n\nhow are you",
    ],
)
def test_when_unsure_it_stays(below: str) -> None:
    lines = (WORDS + below).split("\n")
    assert apart(lines) == (lines, [])


_LINES = st.sampled_from(
    [
        "",
        "words",
        "-- ",
        "--",
        "Best regards,",
        "Ann",
        "Sent from my iPhone",
        "____",
        "Confidential: x",
        "-Ann",
        "a@b.example",
    ]
)


@given(st.lists(_LINES, max_size=80))
def test_no_line_is_lost_and_words_remain(lines: list[str]) -> None:
    words, signature = apart(lines)
    assert words + signature == lines
    if any(line.strip() for line in lines):
        assert any(line.strip() for line in words)
