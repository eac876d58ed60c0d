import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mailintake.desk.command_words import LANGUAGES, printed, vocabulary
from mailintake.desk.commands import DECISIVE, Fault, Instructions, TicketNote, Unknown, read
from mailintake.desk.conversation import Internal, Public
from mailintake.domain.command import Choice, Command, Given, Word

ANSWER = "Hello Ana,\n\nthe part comes on Monday."
BARE = (Word.TAKE, Word.SOLVED, Word.CLOSE, Word.REOPEN, Word.WAIVE, Word.ACK, Word.DUE, Word.HELP)


def said(text: str, *languages: str) -> Instructions:
    return read(text, languages=languages or LANGUAGES)


def words_of(found: Instructions) -> list[Word]:
    return [command.word for command in found.commands]


def note(text: str, ticket: int | None = None) -> TicketNote:
    return TicketNote(Internal(text), ticket)


def does_nothing(found: Instructions) -> bool:
    return bool(found.unknown) and (found.commands, found.answer, found.notes) == ((), None, ())


def test_a_mail_without_commands_is_an_answer() -> None:
    assert said(ANSWER) == Instructions(answer=Public(ANSWER), text=ANSWER)


def test_an_empty_mail_says_nothing() -> None:
    assert said("") == said(" \n\n") == Instructions()


def test_commands_stand_above_the_answer_with_empty_lines_between() -> None:
    found = said(f"\n#assign maria\n\n  #Hold External\u00a0\n \n{ANSWER}\n")
    assert found.commands == (
        Command(Word.ASSIGN, "#assign maria", Given(name="maria")),
        Command(Word.HOLD, "#Hold External", Given(choice=Choice.EXTERNAL)),
    )
    assert found.answer == Public(ANSWER)
    assert found.unknown == ()


def test_a_colon_behind_the_word_may_stand() -> None:
    assert said("#assign: maria").commands[0].given == Given(name="maria")
    assert said("#note: not for her").notes == (note("not for her"),)


def test_the_first_line_that_is_no_command_begins_the_answer() -> None:
    assert said("#take\nHello\n#1 is done\n#2 is not").answer == Public("Hello\n#1 is done\n#2 is not")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("word", BARE)
def test_the_words_of_every_language(language: str, word: Word) -> None:
    own = printed(word, language)
    assert words_of(said(f"#{own}", language)) == words_of(said(f"#{own.upper()}", language)) == [word]


def test_words_of_a_language_that_is_not_the_agent_s_are_no_commands_but_no_answer_either() -> None:
    found = said("#заметка не для неё", "sl")
    assert does_nothing(found)
    assert found.unknown == (Unknown("#заметка не для неё", Fault.UNKNOWN, "#note"),)


# Notes


@pytest.mark.parametrize("text", ["#note She called.", "#note\nShe called.", "#note\n\nShe called.\n"])
def test_a_note_is_on_its_line_or_below(text: str) -> None:
    assert said(text) == Instructions(notes=(note("She called."),), text=said(text).text)


def test_a_note_on_its_line_makes_a_note_of_all_below() -> None:
    assert said(f"#note She called.\n{ANSWER}").notes == (note(f"She called.\n{ANSWER}"),)
    assert said(f"#note She called.\n{ANSWER}").answer is None


def test_several_notes_are_one() -> None:
    assert said("#note She called.\n#take\n#note Twice.").notes == (note("She called.\nTwice."),)


def test_a_note_that_says_nothing_is_a_mistake() -> None:
    assert does_nothing(said("#take\n#note"))


@given(st.sampled_from(["#note", "#NOTE:", "#заметка", "#ghichu", "#opomba"]), st.text(max_size=80))
@example("#note", "#solved\nx")
def test_with_a_note_nothing_goes_to_the_customer(word: str, text: str) -> None:
    assert said(f"{word} {text}").answer is None
    assert said(f"#take\n{word}\n{text}").answer is None


# Several tickets


def test_a_mail_may_speak_of_several_tickets() -> None:
    found = said("#take\n#ticket 7\n#solved\n#note Done.\n#ticket 8\n#close")
    assert [(command.word, command.ticket) for command in found.commands] == [
        (Word.TAKE, None),
        (Word.SOLVED, 7),
        (Word.CLOSE, 8),
    ]
    assert found.notes == (note("Done.", 7),)


def test_an_answer_goes_to_the_one_ticket_that_is_named() -> None:
    found = said(f"#ticket 7\n#solved\n{ANSWER}")
    assert (found.answer, found.ticket) == (Public(ANSWER), 7)
    assert said(f"#ticket 7\n{ANSWER}").orders


@pytest.mark.parametrize(
    "commands", ["#ticket 7\n#solved\n#ticket 8\n#solved", "#take\n#ticket 7", "#ticket 7\n#note x\n#ticket 8"]
)
def test_words_below_several_tickets_go_nowhere(commands: str) -> None:
    found = said(f"{commands}\n{ANSWER}")
    assert does_nothing(found)
    assert found.unknown == (Unknown("Hello Ana,", Fault.WHOSE),)


def test_words_above_a_forwarded_mail_are_a_note_on_the_new_ticket() -> None:
    found = said("#new\n#priority P1\nShe rang, too.")
    assert (words_of(found), found.notes) == ([Word.NEW, Word.PRIORITY], (note("She rang, too."),))


# What is not understood


@pytest.mark.parametrize(
    ("line", "suggestion"),
    [
        ("#sovled", "#solved"),
        ("#ntoe she is wrong", "#note"),
        ("#notes she is wrong", "#note"),
        ("#note. she is wrong", "#note"),
        ("#nоte she is wrong", "#note"),  # a Cyrillic о
        ("#ΝOTE she is wrong", "#note"),  # a Greek Ν
        ("#n0te she is wrong", "#note"),
        ("#no\u200bte she is wrong", "#note"),
        ("\u200b#note she is wrong", "#note"),
        ("#note\u2060 she is wrong", "#note"),
        ("#\u00adnote she is wrong", "#note"),
        ("#\ufe0f\u20e3note she is wrong", "#note"),
        ("#n\u0336o\u0336t\u0336e\u0336 she is wrong", "#note"),
        ("＃note she is wrong", "#note"),
        ("＃ｎｏｔｅ she is wrong", "#note"),
        ("#𝐧𝐨𝐭𝐞 she is wrong", "#note"),
        ("♯note she is wrong", "#note"),
        ("##note she is wrong", "#note"),
        ("# note she is wrong", "#note"),
        ("*#note* she is wrong", "#note"),
        ("- #note she is wrong", "#note"),
        ("\\#note she is wrong", "#note"),
        ("#ta\u212ae", "#take"),  # the sign for kelvin, of which .lower() makes a k
        ("#ſolved", "#solved"),
        ("#решенo", "#решено"),  # a Latin o
        ("#hashtag", ""),
        ("#include <stdio.h>", ""),
    ],
)
def test_what_looks_like_a_command_stops_the_mail(line: str, suggestion: str) -> None:
    found = said(f"#take\n{line}\n{ANSWER}")
    assert does_nothing(found)
    assert found.unknown == (Unknown(line.strip(), Fault.UNKNOWN, suggestion),)
    assert found.text == ANSWER


def test_a_command_written_in_another_way_stops_the_mail_and_is_shown_as_it_should_be() -> None:
    found = said(f"#solved it\n#hold\n{ANSWER}")
    assert does_nothing(found)
    assert found.unknown == (
        Unknown("#solved it", Fault.ARGUMENTS, "#solved"),
        Unknown("#hold", Fault.ARGUMENTS, "#hold internal|external [until WHEN]"),
    )


@pytest.mark.parametrize(
    "line",
    ["#1 in the list", "#123", "#102 is done", "# heading", "#", "##", "#!/bin/sh", "#-1", "No #note here", "1#"],
)
def test_other_signs_are_words(line: str) -> None:
    assert said(f"{line}\nbelow").answer == Public(f"{line}\nbelow")


def test_a_command_below_the_answer_does_nothing_is_not_sent_and_is_told() -> None:
    found = said(f"#take\n{ANSWER}\n\n#solved\n")
    assert words_of(found) == [Word.TAKE]
    assert found.answer == Public(ANSWER)
    assert found.late == (Unknown("#solved", Fault.LATE),)
    assert found.unknown == ()


@pytest.mark.parametrize("line", ["#note", "#note not for her", "#ticket 5", "#new", "#spam", "#merge 5", "#заметка"])
def test_a_command_below_that_says_whom_the_words_are_for_stops_the_mail(line: str) -> None:
    found = said(f"#take\nShe is wrong.\n{line}")
    assert does_nothing(found)
    assert found.unknown == (Unknown(line, Fault.LATE),)


@pytest.mark.parametrize("line", ["#ntoe", "#nоte not for her", "＃note", "#solved it", "*#note*"])
def test_what_looks_like_a_command_below_stops_the_mail(line: str) -> None:
    assert does_nothing(said(f"She is wrong.\n{line}"))


@pytest.mark.parametrize("line", ["#hashtag", "#include <stdio.h>", "# Status", "> #note of hers", "see #5"])
def test_other_signs_below_are_words(line: str) -> None:
    assert said(f"Hello\n{line}\nbye").answer == Public(f"Hello\n{line}\nbye")


def test_a_mail_full_of_signs_is_given_up() -> None:
    assert said("#take\n" * 101).unknown == (Unknown("#take", Fault.TOO_MANY),)
    found = said("Hello\n" + "#abcdefgh\n" * 100_000)
    assert does_nothing(found)
    assert found.unknown == (Unknown("#abcdefgh", Fault.TOO_MANY),)
    assert len(said("#take\n" * 100).commands) == 100


NEVER = st.text(st.sampled_from("\u200b\u200d\u2060\ufe0f\u00ad\u0336"), min_size=1, max_size=3)
ALIKE = {"n": "ｎ𝐧ո", "o": "оοօ0", "t": "τｔ𝐭", "e": "еｅ"}


@given(st.integers(0, 4), NEVER, st.booleans())
def test_an_invisible_sign_in_a_note_never_sends_it(place: int, sign: str, late: bool) -> None:
    line = f"{'#note'[: place + 1]}{sign}{'#note'[place + 1 :]} she is wrong"
    assert does_nothing(said(f"Hello\n{line}" if late else line))


@given(st.sampled_from("note"), st.integers(0, 3), st.booleans())
def test_a_letter_that_looks_alike_in_a_note_never_sends_it(letter: str, which: int, late: bool) -> None:
    line = f"#{'note'.replace(letter, ALIKE[letter][which % len(ALIKE[letter])])} she is wrong"
    assert does_nothing(said(f"Hello\n{line}" if late else line))


@given(
    st.lists(st.sampled_from(["#take", "#note x", "#ticket 5", "#ticket 6", "#sovled", "Hello", "", "#solved", "#1"]))
)
def test_a_mail_is_done_whole_or_not_at_all_and_no_order_goes_to_the_customer(lines: list[str]) -> None:
    found = said("\n".join(lines))
    assert not found.unknown or does_nothing(found)
    assert found.answer is None or not found.notes
    assert found.answer is None or "#solved" not in found.answer.text
    assert found.answer is None or all(command.ticket == found.ticket for command in found.commands)
    assert not any(command.word in (Word.NOTE, Word.TICKET) for command in found.commands)


@given(st.text(max_size=300))
def test_whatever_is_written_is_read_without_trouble(text: str) -> None:
    found = said(text)
    assert found.answer is None or found.answer.text == found.text


def test_the_decisive_words_are_those_that_the_page_names() -> None:
    assert {Word.NOTE, Word.TICKET, Word.NEW, Word.SPAM, Word.MERGE} == DECISIVE
    assert set(BARE).isdisjoint(DECISIVE)
    assert len(vocabulary(LANGUAGES).commands) > 100
