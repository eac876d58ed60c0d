"""Clear-signed text, and its armour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.parsing import armour
from mailintake.parsing.reply import split

BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
END = "-----END PGP SIGNATURE-----"
WHOLE = [BEGIN, "Hash: SHA256", "", "Words", SIGNATURE, "", "iQ==", END]


def test_headers_and_signature_are_armour() -> None:
    assert armour.spans(WHOLE) == [(0, 3), (4, 8)]


@pytest.mark.parametrize("gap", [0, 2, 4, 7])
def test_armour_that_is_not_whole_is_text(gap: int) -> None:
    assert armour.spans(WHOLE[:gap] + WHOLE[gap + 1 :]) == []


def test_signed_words_that_are_quoted_stay_in_the_quote() -> None:
    quote = "\n".join(["On 5 Jan 2026, at 10:15, Ann <ann@kunde.example> wrote:", "", *WHOLE])
    parted = split(f"Mine.\n\n{quote}")
    assert (parted.reply, parted.quoted) == ("Mine.", quote)


@given(st.lists(st.sampled_from([BEGIN, SIGNATURE, END, "", "- - x", "- ", "Hash: x", "> y", "-- ", "z"]), max_size=20))
def test_nothing_is_lost(lines: list[str]) -> None:
    text = "\n".join(lines)
    parted = split(text)
    together = parted.reply + parted.quoted + parted.signature
    assert sorted("".join(together.split())) == sorted("".join(text.split()))
