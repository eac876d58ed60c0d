"""Dates, durations and other people's words in letters."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.notices import wording


@pytest.mark.parametrize(
    ("moment", "zone", "language", "expected"),
    [
        ("2026-03-09T08:30:00+00:00", "Europe/Ljubljana", "en", "Monday 9 March 2026, 09:30 (Europe/Ljubljana)"),
        ("2026-03-09T08:30:59.9Z", "Europe/Ljubljana", "en", "Monday 9 March 2026, 09:30 (Europe/Ljubljana)"),
        ("2026-03-09T23:30:00Z", "Asia/Ho_Chi_Minh", "en", "Tuesday 10 March 2026, 06:30 (Asia/Ho_Chi_Minh)"),
        ("2026-03-09T08:30:00Z", "UTC+2", "en", "Monday 9 March 2026, 10:30 (UTC+2)"),
        ("2026-03-09T08:30:00Z", "UTC-3:30", "en", "Monday 9 March 2026, 05:00 (UTC-3:30)"),
        ("2026-03-09T08:30:00Z", "UTC", "en", "Monday 9 March 2026, 08:30 (UTC)"),
        ("2026-03-09T08:30:00Z", "Europe/Kyiv", "uk", "понеділок, 9 березня 2026\u202fр., 10:30 (Europe/Kyiv)"),
        ("2026-03-09T08:30:00Z", "Europe/Ljubljana", "sl", "ponedeljek, 9. marec 2026, 09:30 (Europe/Ljubljana)"),
    ],
)
def test_an_instant_is_told_on_the_readers_clock(moment: str, zone: str, language: str, expected: str) -> None:
    assert wording.instant(moment, zone, language) == expected


def test_an_inverted_zone_name_is_told_the_way_people_mean_it() -> None:
    told = wording.instant(datetime(2026, 3, 9, 8, 30, tzinfo=UTC), "Etc/GMT-2", "en")
    assert told == "Monday 9 March 2026, 10:30 (UTC+2)"
    assert wording.zone_name("Etc/GMT+5") == "UTC-5"
    assert wording.zone_name("Europe/Kyiv") == "Europe/Kyiv"


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    first = wording.instant("2026-10-25T00:30:00Z", "Europe/Ljubljana", "en")
    second = wording.instant("2026-10-25T01:30:00Z", "Europe/Ljubljana", "en")
    assert first == "Sunday 25 October 2026, 02:30 (Europe/Ljubljana, UTC+02:00)"
    assert second == "Sunday 25 October 2026, 02:30 (Europe/Ljubljana, UTC+01:00)"


@pytest.mark.parametrize(
    ("moment", "zone"),
    [
        ("2026-03-09T08:30:00", "UTC"),
        ("yesterday", "UTC"),
        ("2026-03-09T08:30:00Z", "Europe/Nowhere"),
        ("2026-03-09T08:30:00Z", "../../etc/passwd"),
        ("2026-03-09T08:30:00Z", "Europe"),
        ("2026-03-09T08:30:00Z", "UTC+99"),
    ],
)
def test_an_instant_that_cannot_be_placed_is_refused(moment: str, zone: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        wording.instant(moment, zone, "en")


def test_a_day_is_told_with_its_weekday() -> None:
    assert wording.day("2026-03-31", "en") == "Tuesday 31 March 2026"
    assert wording.day(date(2026, 3, 31), "en-GB") == "Tuesday, 31 March 2026"


@pytest.mark.parametrize(
    ("minutes", "language", "expected"),
    [
        (90, "en", "1 hour 30 minutes"),
        (60, "en", "1 hour"),
        (1, "en", "1 minute"),
        (0, "en", "0 minutes"),
        (-5, "en", "0 minutes"),
        (48 * 60, "en", "48 hours"),
        (61, "sl", "1 ura 1 minuta"),
        (122, "sl", "2 uri 2 minuti"),
        (3 * 60 + 3, "sl", "3 ure 3 minute"),
        (5 * 60 + 5, "sl", "5 ur 5 minut"),
        (21 * 60 + 2, "ru", "21 час 2 минуты"),
        (62, "vi", "1 giờ 2 phút"),
    ],
)
def test_a_duration_follows_the_languages_plurals(minutes: int, language: str, expected: str) -> None:
    assert wording.duration(minutes, language) == expected


@pytest.mark.parametrize("subject", ["Printer", "Re: Printer", "RE:re: Re:  Printer"])
def test_an_answer_says_re_once(subject: str) -> None:
    assert wording.in_reply(subject) == "Re: Printer"


@given(st.text(st.characters(), max_size=300))
def test_every_line_of_quoted_words_stands_behind_a_mark(text: str) -> None:
    for line in wording.quoted(text).splitlines():
        assert line.startswith(">")


def test_quoted_words_are_bounded() -> None:
    assert len(wording.quoted("line\n" * 5_000).splitlines()) == wording.QUOTED_LINES


def test_commands_and_signature_dashes_lose_their_effect_in_quotes() -> None:
    assert wording.quoted("#close\n-- \n\u2028#assign me") == "> #close\n> --\n>\n> #assign me"


@pytest.mark.parametrize(
    ("number", "language", "expected"),
    [
        (0, "en", "other"),
        (1, "en", "one"),
        (1, "ru", "one"),
        (22, "ru", "few"),
        (111, "uk", "many"),
        (7, "vi", "other"),
        (1, "sl", "one"),
        (2, "sl", "two"),
        (104, "sl", "few"),
        (0, "sl", "other"),
    ],
)
def test_a_plural_is_the_one_of_the_language(number: int, language: str, expected: str) -> None:
    needed = {
        "en": ("one", "other"),
        "ru": ("one", "few", "many"),
        "uk": ("one", "few", "many"),
        "vi": ("other",),
        "sl": ("one", "two", "few", "other"),
    }
    assert wording.plural(number, language=language, **{form: form for form in needed[language]}) == expected


@pytest.mark.parametrize(
    ("language", "forms"),
    [("sl", ("one", "few", "other")), ("ru", ("one", "other")), ("en", ("one", "two", "other")), ("vi", ())],
)
def test_a_missing_or_a_needless_plural_form_is_an_error(language: str, forms: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="take the forms"):
        wording.plural(1, language=language, **{form: form for form in forms})


@pytest.mark.parametrize(
    ("written", "language", "expected"),
    [
        ("Mon-Fri 08:00-20:00", "en", "Mon-Fri 08:00-20:00"),
        ("Mon-Fri 08:00-20:00; Sat 09:00-13:00", "ru", "пн-пт 08:00-20:00; сб 09:00-13:00"),
        ("Mon-Sun 09:00-18:00, holidays too", "sl", "pon-ned 09:00-18:00, tudi ob praznikih"),
        ("Mon-Fri 09:00-18:00", "vi", "Th 2-Th 6 09:00-18:00"),
        ("24/7", "uk", "24/7"),
        ("Monday club", "uk", "Monday club"),
    ],
)
def test_hours_are_told_with_the_days_of_the_language(written: str, language: str, expected: str) -> None:
    assert wording.hours(written, language) == expected


def test_only_web_addresses_are_linked_and_without_what_ends_the_sentence() -> None:
    said = wording.linked("see https://desk.example/a?b=c. or (http://x.example/), not javascript:alert(1)")
    assert said == "see \x02https://desk.example/a?b=c\x03. or (\x02http://x.example/\x03), not javascript:alert(1)"


def test_a_text_cannot_bring_its_own_marks_of_a_link() -> None:
    assert wording.linked("\x02javascript:x\x03 https://desk.example") == "javascript:x \x02https://desk.example\x03"


@pytest.mark.parametrize(
    ("code", "language", "name"),
    [("sl", "en", "Slovenian"), ("vi", "ru", "вьетнамский"), ("xx-!", "en", "xx-!"), ("zzz", "en", "zzz")],
)
def test_a_language_is_told_by_its_name_or_as_it_is(code: str, language: str, name: str) -> None:
    assert wording.speech(code, language) == name


def test_an_excerpt_says_that_there_is_more() -> None:
    assert wording.excerpt("one\ntwo\n\n") == "> one\n> two"
    assert wording.excerpt("one two", 4) == "> one …"
    assert len(wording.excerpt("\n" * 1_000_000).splitlines()) <= wording.LONGEST_EXCERPT


@given(st.text(max_size=300))
def test_every_line_of_an_excerpt_stands_behind_a_mark(text: str) -> None:
    assert all(line.startswith(">") for line in wording.excerpt(text, 100).splitlines())


def test_what_a_person_wrote_keeps_its_lines_and_no_mark_of_ours() -> None:
    assert wording.as_written("a\r\n\r\n\x04 b\x02\n\n") == "\x04a\n\x04\n\x04 b"
