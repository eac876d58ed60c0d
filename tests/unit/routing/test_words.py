"""Words and phrases: whole words, whatever case, width and punctuation say."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.routing.words import Phrase, flat, fold, spaced


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("down", "The server is DOWN!"),
        ("does not work", "it does\n  not\twork."),
        ("can't", "We can't log in"),
        ("ausfall", "Ausfall: Kasse 3"),
        ("straße", "In der STRASSE"),
        ("ＶＩＰ", "a vip writes"),
        ("rechnung*", "drei Rechnungen"),
        ("*ausfall", "Serverausfall"),
        ("*post*", "Die Briefpoststelle"),
        ("故障", "系统故障了"),
        ("ลืม", "ฉันลืมรหัสผ่าน"),
        ("срочно", "СРОЧНО!!!"),
        ("newsletter", "our news\u00adletter"),
        ("P1", "[P1] db"),
    ],
)
def test_a_phrase_stands_in_a_text(phrase: str, text: str) -> None:
    assert Phrase.of(phrase).within(spaced(text))


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("down", "a download"),
        ("ausfall", "Serverausfall"),
        ("does work", "does not work"),
        ("rechnung*", "Abrechnung"),
        ("no", "Nothing"),
        ("work does", "does work"),
    ],
)
def test_a_part_of_a_word_or_another_order_is_not_the_phrase(phrase: str, text: str) -> None:
    assert not Phrase.of(phrase).within(spaced(text))


@pytest.mark.parametrize(
    ("written", "why"), [("", "no word"), ("!!!", "no word"), ("*", "no word"), ("a*b", "at the ends")]
)
def test_what_is_no_phrase_says_why(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Phrase.of(written)


WORDS = st.lists(st.sampled_from(["oven", "cold", "the", "Is", "ÜBER", "ß", "a1"]), min_size=1, max_size=6)
GAPS = st.sampled_from([" ", "\n", ", ", " - ", "…"])


@given(WORDS, WORDS, GAPS)
def test_a_phrase_is_found_as_lists_of_words_are(wanted: list[str], there: list[str], gap: str) -> None:
    folded_wanted, folded_there = ([fold(word) for word in words] for words in (wanted, there))
    width = len(wanted)
    expected = any(folded_there[at : at + width] == folded_wanted for at in range(len(there) - width + 1))
    assert Phrase.of(" ".join(wanted)).within(spaced(gap.join(there))) == expected


@given(st.text(max_size=40))
def test_the_quick_way_finds_the_same_words(text: str) -> None:
    assert spaced(text) == f" {' '.join(re.findall(chr(92) + 'w+', fold(text)))} "


@given(st.text(max_size=40))
def test_what_is_folded_stays_so(text: str) -> None:
    assert flat(flat(text)) == flat(text)
    assert spaced(spaced(text)) == spaced(text)


@given(WORDS, WORDS, WORDS)
def test_what_covers_another_phrase_stands_wherever_it_does(one: list[str], other: list[str], text: list[str]) -> None:
    mine, theirs = Phrase.of(" ".join(one)), Phrase.of(" ".join(other))
    words = spaced(" ".join(text))
    if mine.covers(theirs) and theirs.within(words):
        assert mine.within(words)
