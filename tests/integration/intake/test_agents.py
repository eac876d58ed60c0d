"""Every command of docs/howto/answering.md has its effect when an agent writes it in an answer to a letter."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailintake.domain.sla import ClockState
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Hold, Status
from mailintake.storage.engine import Database
from tests import clients
from tests.integration.intake.conversation import (
    ACCOUNTS,
    ANA,
    BEN,
    DESK_FILE,
    EVE,
    IVO,
    MARIA,
    MIA,
    Conversation,
    a_desk_of,
    bare,
)

EFFECTS: dict[str, Callable[[Conversation], object]] = {
    "#take": lambda told: told.shown().assignee == "maria" and told.shown().status is Status.OPEN,
    "#assign ivo": lambda told: told.shown().assignee == "ivo",
    "#assign Ivo": lambda told: told.shown().assignee == "ivo",
    "#assign ivo kralj": lambda told: told.shown().assignee == "ivo",
    "#assign ivo@desk.example": lambda told: told.shown().assignee == "ivo",
    "#assign support": lambda told: (told.shown().assignee, told.shown().team) == ("", "support"),
    "#priority HIGH": lambda told: told.shown().traits.priority == "high",
    "#category incident": lambda told: told.shown().traits.category == "incident",
    "#topic ovens": lambda told: told.shown().traits.topic == "ovens",
    "#level up": lambda told: told.shown().traits.level == "L2",
    "#level second line": lambda told: told.shown().traits.level == "L2",
    "#status waiting": lambda told: told.shown().status is Status.WAITING,
    "#status done": lambda told: told.shown().status is Status.SOLVED,
    "#hold internal": lambda told: told.shown().hold is Hold.INTERNAL,
    "#hold external": lambda told: told.shown().hold is Hold.EXTERNAL,
    "#solved": lambda told: told.shown().status is Status.SOLVED,
    "#spam": lambda told: told.shown().status is Status.SPAM,
    "#cc add eva@bakery.example": lambda told: told.watchers() == ["eva@bakery.example"],
    "#contact add ben@bakery.example": lambda told: told.ask(BEN) > 0,
    "#waive": lambda told: told.journal("waived"),
}
"""By command what is so afterwards, and was not before; each can be taken back."""

FINAL: dict[str, Callable[[Conversation], object]] = {
    "#close": lambda told: told.shown().status is Status.CLOSED,
    "#ack": lambda told: told.journal("silenced"),
}
"""The same, of what cannot be taken back: no code is given for it."""

REFUSED = {
    "#assign nobody": "no-such-agent",
    "#priority urgent": "no-such-value",
    "#priority normal": "nothing-to-change",
    "#category wish": "no-such-value",
    "#topic weather": "no-such-value",
    "#level L9": "no-such-value",
    "#level L1": "nothing-to-change",
    "#status unheard-of": "no-such-value",
    "#status merged": "not-allowed",
    "#hold internal until 2001-01-01": "past",
    "#reopen": "not-now",
    "#merge 99999": "no-such-ticket",
    "#split": "no-such-value",
    "#split 2": "no-such-value",
    "#cc remove eva@bakery.example": "nothing-to-change",
    "#cc add support@desk.example": "bad-address",
    "#cc add ivo@desk.example": "bad-address",
    "#contact approve eva@bakery.example": "not-now",
    "#contact decline eva@bakery.example": "not-now",
    "#contact add ana@bakery.example": "nothing-to-change",
    "#contact add mia@mill.example": "not-allowed",
    "#contact remove ana@bakery.example": "not-allowed",
    "#accept 4711": "no-such-value",
    "#accept": "no-such-value",
    "#undo 7f3a": "no-undo",
}
"""By command why it cannot be carried out on Ana's new ticket."""


@pytest.fixture
def told(database: Database) -> Conversation:
    return Conversation(database)


def first_lines(told: Conversation) -> dict[str, object]:
    """What commands may change, to compare."""
    ticket = told.shown()
    return {
        "assigned": (ticket.assignee, ticket.team),
        "traits": ticket.traits,
        "watchers": told.watchers(),
        "hold": ticket.hold,
    }


@pytest.mark.parametrize("line", [*EFFECTS, *FINAL])
def test_a_command_has_its_effect_and_the_receipt_says_so(told: Conversation, line: str) -> None:
    holds = (EFFECTS | FINAL)[line]
    if not line.startswith("#contact"):
        assert not holds(told)
    receipt = told.orders(line)
    assert (receipt.done, receipt.refused, receipt.said["withheld"]) == ([line], {}, "")
    assert bool(receipt.said["undo"]) == (line in EFFECTS)
    assert line in receipt.text
    assert holds(told)
    assert "answer" not in {each.template for each in told.outside()}


@pytest.mark.parametrize("line", EFFECTS)
def test_what_can_be_taken_back_is_taken_back_once(told: Conversation, line: str) -> None:
    before, spent = first_lines(told), told.units()
    receipt = told.orders(line)
    again = told.orders(f"#undo {receipt.said['undo']}", answers=receipt)
    assert again.done == [f"#undo {receipt.said['undo']}"]
    assert not again.said["undo"]
    assert (first_lines(told), told.units()) == (before, spent)
    assert told.shown().status in {Status.NEW, Status.OPEN}
    if line.startswith("#contact"):
        assert told.ask(BEN) == 0
    assert list(told.orders(again.done[0], answers=receipt).refused.values()) == ["no-undo"]


@pytest.mark.parametrize("line", REFUSED)
def test_a_command_that_cannot_be_carried_out_says_why_and_changes_nothing(told: Conversation, line: str) -> None:
    before = first_lines(told), told.shown().status
    receipt = told.orders(line)
    assert (receipt.done, receipt.refused, receipt.said["undo"]) == ([], {line: REFUSED[line]}, "")
    assert REFUSED[line] not in receipt.text  # but in words
    assert (first_lines(told), told.shown().status) == before


def test_a_deed_is_taken_back_for_a_day_only(told: Conversation) -> None:
    receipt = told.orders("#priority high")
    told.now += timedelta(hours=25)
    assert list(told.orders(f"#undo {receipt.said['undo']}", answers=receipt).refused.values()) == ["undo-expired"]
    assert told.shown().traits.priority == "high"


def test_what_colleagues_did_since_is_not_taken_back(told: Conversation) -> None:
    receipt = told.orders("#priority high")
    told.orders("#topic ovens\n#category incident", by=IVO)
    told.orders(f"#undo {receipt.said['undo']}", answers=receipt)
    traits = told.shown().traits
    assert (traits.priority, traits.topic, traits.category) == ("normal", "ovens", "incident")


def test_the_code_of_somebody_else_s_deed_is_of_no_use_when_guessed(told: Conversation) -> None:
    receipt = told.orders("#priority high")
    mail, _, secret = receipt.said["undo"].partition("-")
    wrong = f"{mail}-{secret[:-1]}{'0' if secret[-1] != '0' else '1'}"
    assert list(told.orders(f"#undo {wrong}").refused.values()) == ["no-undo"]


@pytest.mark.parametrize(
    "line",
    [
        "#take",
        "#assign ivo",
        "#priority high",
        "#hold external",
        "#solved",
        "#spam",
        "#split 1",
        "#cc add eva@bakery.example",
    ],
)
def test_a_closed_ticket_stays_as_it_is(told: Conversation, line: str) -> None:
    told.orders("#close")
    assert told.orders(line).refused == {line: "not-now"}
    assert told.shown().status is Status.CLOSED


def test_what_is_closed_is_closed_already(told: Conversation) -> None:
    told.orders("#close")
    assert told.orders("#close").refused == {"#close": "nothing-to-change"}


def test_a_ticket_is_merged_into_another_of_the_same_customer_only(told: Conversation) -> None:
    other, foreign = told.ask(ANA), told.ask(MIA)
    first = told.letters_to(MARIA)[0]
    assert told.orders(f"#merge {foreign}", answers=first).refused == {f"#merge {foreign}": "other-account"}
    assert told.orders(f"#merge {told.ticket}", answers=first).refused == {f"#merge {told.ticket}": "not-allowed"}
    merged = told.orders(f"#merge {other}", answers=first)
    assert (merged.done, merged.said["undo"]) == ([f"#merge {other}"], "")
    assert (told.shown().status, told.shown().parent) == (Status.MERGED, other)
    told.says(ANA, "It is still cold.", answers=told.letters_to(ANA)[0])
    assert told.on_ticket() == other
    named = told.orders(f"#ticket {told.ticket}\n#take")
    assert named.refused == {"#take": "not-now"}


def test_messages_become_a_ticket_of_their_own(told: Conversation) -> None:
    told.says(ANA, "And the mixer is loud.")
    assert told.orders("#split 1 2").refused == {"#split 1 2": "not-allowed"}
    receipt = told.orders("#split 2")
    (new,) = [int(each["now"]) for each in receipt.said["done"]]
    assert told.shown(new).parent == told.ticket
    assert told.parts(new) == ["customer"]


def test_a_split_without_numbers_takes_the_last_mail_before_it(told: Conversation) -> None:
    told.says(ANA, "And the mixer is loud.")
    (new,) = [int(each["now"]) for each in told.orders("#split").said["done"]]
    assert told.parts(new) == ["customer"]
    assert told.parts()[0] == "customer"


def test_a_ticket_on_hold_is_opened_again_at_its_time(told: Conversation) -> None:
    told.orders("#hold external until 3d")
    told.house_is_kept(days=2)
    assert told.shown().status is Status.HOLD
    told.house_is_kept(days=1, minutes=1)
    assert (told.shown().status, told.shown().hold) == (Status.OPEN, Hold.NONE)


def test_who_has_seen_a_reminder_is_not_reminded_but_hears_of_the_breach(told: Conversation) -> None:
    due = told.clock().due
    assert isinstance(due, datetime)
    assert told.orders("#ack").done == ["#ack"]
    assert told.orders("#ack").refused == {"#ack": "nothing-to-change"}
    told.now = due - timedelta(hours=1)
    assert told.house_is_kept() == []
    told.now = due + timedelta(minutes=1)
    assert {each.template for each in told.house_is_kept()} == {"breach"}
    assert told.orders("#ack").done == ["#ack"]
    assert told.house_is_kept(hours=9) == []


def test_a_reminder_comes_without_that(told: Conversation) -> None:
    due = told.clock().due
    assert isinstance(due, datetime)
    told.now = due - timedelta(hours=1)
    assert {each.template for each in told.house_is_kept()} == {"reminder"}


def test_the_receipt_of_due_shows_the_clocks(told: Conversation) -> None:
    receipt = told.orders("#due")
    (shown,) = receipt.said["tickets"]
    assert [clock["metric"] for clock in shown["clocks"]] == ["first_response"]
    assert shown["clocks"][0]["due"] == told.clock().due.isoformat()  # type: ignore[union-attr]  # it runs


def test_help_is_sent_in_the_agent_s_language(told: Conversation) -> None:
    told.orders("#help")
    (sheet,) = [each for each in told.left if each.template == "help"]
    assert "#assign" in sheet.text
    assert told.outside()[-1].template == "acknowledged"


def test_an_answer_stops_the_clock_and_takes_what_is_nobody_s(told: Conversation) -> None:
    told.says(MARIA, "Please switch it off and on again.")
    assert told.told() == [("answer", "ana@bakery.example")]
    assert (told.shown().status, told.shown().assignee) == (Status.WAITING, "maria")
    assert told.clock().state is ClockState.MET


def test_a_hold_stops_no_first_response_but_solving_ends_all(told: Conversation) -> None:
    told.orders("#hold external")
    assert told.clock().is_running
    assert not told.clock().is_paused
    told.orders("#solved")
    assert not told.clock(Metric.FIRST_RESPONSE).is_running
    assert "solved" in {each.template for each in told.letters_to(ANA)}


@pytest.mark.parametrize(
    "line", ["#assign nobody", "#priority urgent", "#hold internal until 2001-01-01", "#merge 99999", "#undo 7f3a"]
)
def test_beside_an_answer_nothing_is_half_done(told: Conversation, line: str) -> None:
    before = first_lines(told)
    receipt = told.orders(f"#take\n{line}\n#solved\n\nHello Ana,\nit is mended.")
    assert receipt.done == []
    assert receipt.refused == {line: REFUSED[line], "#take": "not-carried-out", "#solved": "not-carried-out"}
    assert receipt.said["withheld"] == "refused-command"
    assert receipt.said["undo"] == ""
    assert told.told() == [("receipt", "maria@desk.example")]
    assert (first_lines(told), told.shown().status) == (before, Status.NEW)
    assert told.clock().is_running
    assert told.parts() == ["customer", "note"]
    told.orders("#take\n#solved\n\nHello Ana,\nit is mended.")
    assert [each.template for each in told.letters_to(ANA)].count("answer") == 1
    assert [each.template for each in told.letters_to(ANA)].count("solved") == 1


def test_what_is_so_already_holds_no_answer_back(told: Conversation) -> None:
    told.orders("#take")
    receipt = told.orders("#take\n\nHello Ana,\nit is mended.")
    assert (receipt.refused, receipt.said["withheld"]) == ({"#take": "nothing-to-change"}, "")
    assert receipt.said["sent_to"] == ["ana@bakery.example"]


def test_without_an_answer_each_command_stands_for_itself(told: Conversation) -> None:
    receipt = told.orders("#take\n#priority urgent\n#topic ovens")
    assert (receipt.done, list(receipt.refused)) == (["#take", "#topic ovens"], ["#priority urgent"])


@pytest.mark.parametrize("text", ["#note She has not paid.", "#note\nShe has not paid.", "#NOTE: She has not\npaid."])
def test_a_note_is_for_colleagues_on_one_line_below_or_both(told: Conversation, text: str) -> None:
    receipt = told.orders(text)
    assert receipt.said["noted"]
    assert told.told() == [("note", "ivo@desk.example"), ("receipt", "maria@desk.example")]
    assert "She has not paid." in " ".join(told.journal("note")[0]["text"].split())
    assert told.parts() == ["customer", "note"]
    assert not any("has not" in each.everything for each in told.outside())


def test_several_tickets_in_one_mail(told: Conversation) -> None:
    other, third = told.ask(ANA), told.ask(MIA)
    receipt = told.orders(
        f"#ticket {told.ticket}\n#take\n#ticket {other}\n#priority high\n#note She is in a hurry.\n"
        f"#ticket {third}\n#assign ivo"
    )
    assert receipt.done == ["#take", "#priority high", "#assign ivo"]
    assert told.shown().assignee == "maria"
    assert (told.shown(other).traits.priority, told.shown(third).assignee) == ("high", "ivo")
    assert [len(told.journal("note", number)) for number in (told.ticket, other, third)] == [0, 1, 0]
    assert {each["ticket"] for each in receipt.said["tickets"]} == {told.ticket, other, third}
    undone = told.orders(f"#undo {receipt.said['undo']}", answers=receipt)
    assert len(undone.done) == 1
    assert [told.shown(number).assignee for number in (told.ticket, third)] == ["", ""]


def test_words_below_commands_for_several_tickets_reach_nobody(told: Conversation) -> None:
    other = told.ask(MIA)
    receipt = told.orders(f"#take\n#ticket {other}\n#take\n\nDear customer,\nit is mended.")
    assert receipt.done == []
    assert "answer" not in {each.template for each in told.outside()}
    assert (told.shown().assignee, told.shown(other).assignee) == ("", "")


def test_an_answer_below_one_ticket_s_commands_is_for_its_customer(told: Conversation) -> None:
    other = told.ask(MIA)
    told.orders(f"#ticket {other}\n#take\n\nDear Mia,\nthe flour comes.", answers=told.letters_to(MARIA)[0])
    assert [each.template for each in told.letters_to(MIA)] == ["acknowledged", "answer"]
    assert "answer" not in {each.template for each in told.letters_to(ANA)}


def test_a_ticket_that_is_not_there_is_named(told: Conversation) -> None:
    assert told.orders("#ticket 99999\n#take").refused == {"#take": "no-such-ticket"}
    assert told.orders("#ticket 99999\n#note Who is that?").refused == {"#note": "no-such-ticket"}


def test_no_seat_is_given_that_is_not_there(told: Conversation) -> None:
    told.orders("#contact add ben@bakery.example")
    assert told.orders("#contact add eva@bakery.example").refused == {"#contact add eva@bakery.example": "no-seat"}


def test_a_refused_mail_is_taken_in(told: Conversation) -> None:
    assert told.ask(BEN) == 0
    refused, answer = told.mail, told.letters_to(MARIA)[0]
    assert told.orders(f"#accept {refused}", answers=answer).done == [f"#accept {refused}"]
    told.work_off()
    told.deliver()
    assert ("acknowledged", "ben@bakery.example") in told.told()
    assert told.orders(f"#accept {refused}", answers=answer).refused == {f"#accept {refused}": "no-such-value"}


def test_a_stranger_s_refused_mail_is_not_taken_in(told: Conversation) -> None:
    told.ask(EVE)
    refused = told.mail
    assert list(told.orders(f"#accept {refused}", answers=told.letters_to(MARIA)[0]).refused.values()) == [
        "not-allowed"
    ]


def test_somebody_who_waits_for_the_owner_s_word_is_let_in(database: Database) -> None:
    told = Conversation(database, a_desk_of(DESK_FILE.replace("domain: refuse", "domain: ask")))
    first = told.letters_to(MARIA)[0]
    unknown = told.ask("Eva <eva@bakery.example>")
    assert told.orders("#contact decline eva@bakery.example", answers=first).refused == {}
    assert told.shown(unknown).status is Status.REFUSED
    waiting = told.ask(BEN)
    assert told.shown(waiting).status is Status.PENDING
    receipt = told.orders("#contact approve ben@bakery.example", answers=first)
    assert (receipt.done, receipt.said["undo"]) == (["#contact approve ben@bakery.example"], "")
    assert told.shown(waiting).status is Status.NEW


def test_an_agent_without_a_name_of_their_own_is_asked_which(database: Database) -> None:
    accounts = ACCOUNTS.replace(
        "ivo: Ivo Kralj", "jan: Jan Novak <jan@desk.example>\n  novak: Jan Zupan <zupan@desk.example>\n  ivo: Ivo Kralj"
    )
    told = Conversation(database, a_desk_of(accounts=accounts))
    assert told.orders("#assign jan").done == ["#assign jan"]  # the key goes before names
    accounts = accounts.replace("  jan:", "  j1:")
    told = Conversation(database, a_desk_of(accounts=accounts))
    receipt = told.orders("#assign Jan")
    assert receipt.refused == {"#assign Jan": "ambiguous"}
    assert told.orders("#assign jan zupan").done == ["#assign jan zupan"]


def test_a_team_is_told_that_a_ticket_is_theirs(told: Conversation) -> None:
    told.orders("#take")
    told.orders("#assign support")
    assert ("assigned", "ivo@desk.example") in told.told()
    assert told.orders("#assign support").refused == {"#assign support": "nothing-to-change"}


LANGUAGES = {
    "ru": "#взять\n#приоритет high\n#отложить внешнее до завтра 9:00",
    "uk": "#взяти\n#пріоритет high\n#відкласти зовнішнє до завтра 9:00",
    "vi": "#nhận\n#ưutiên high\n#tạmhoãn bên ngoài đến ngày mai 9:00",
    "sl": "#prevzemi\n#prednost high\n#zadrži zunanje do jutri 9:00",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_agents_order_in_their_own_language(database: Database, language: str) -> None:
    accounts = ACCOUNTS.replace(
        "Maria Horvat <maria@desk.example>", f"{{mail: Maria Horvat <maria@desk.example>, language: {language}}}"
    )
    told = Conversation(database, a_desk_of(accounts=accounts))
    receipt = told.orders(LANGUAGES[language])
    assert receipt.done == LANGUAGES[language].split("\n")
    ticket = told.shown()
    assert (ticket.assignee, ticket.traits.priority, ticket.hold) == ("maria", "high", Hold.EXTERNAL)
    assert receipt.draft.language == language
    told.orders("#help")
    assert [each.draft.language for each in told.left if each.template == "help"] == [language]


@pytest.mark.parametrize("program", [clients.outlook, clients.gmail, clients.apple])
def test_every_program_s_answer_is_read(told: Conversation, program: clients.Program) -> None:
    receipt = told.orders("#priority high\n\nHello Ana,\nit is mended.", program=program)
    assert receipt.done == ["#priority high"]
    (answer,) = [each for each in told.left if each.template == "answer"]
    assert answer.to == bare(ANA)
    assert answer.text.startswith("Hello Ana, it is mended.")


def test_the_first_word_counts_the_last_stays_out(told: Conversation) -> None:
    receipt = told.orders("Hello Ana,\nit is mended.\n#solved")
    assert receipt.refused == {"#solved": "not-at-the-top"}
    assert receipt.said["sent_to"] == ["ana@bakery.example"]
    assert "#solved" not in told.letters_to(ANA)[-1].everything


@pytest.mark.parametrize(
    "text", ["#sovled\n\nHello Ana", "Hello Ana\n#note She is slow.", "#solve d\n\nHello", "#priority\n\nHello"]
)
def test_what_is_not_understood_does_nothing_at_all(told: Conversation, text: str) -> None:
    receipt = told.orders(text)
    assert receipt.said["withheld"]
    assert receipt.said["unknown"]
    assert [each.template for each in told.outside()] == ["acknowledged"]
    assert told.shown().status is Status.NEW


def test_the_signature_of_the_desk_stands_once(database: Database) -> None:
    policy = a_desk_of()
    agents = {
        **policy.directory.agents,
        "maria": replace(policy.directory.agents["maria"], signature="Maria, the day shift"),
    }
    told = Conversation(database, replace(policy, directory=replace(policy.directory, agents=agents)))
    told.says(MARIA, "It is mended.\n\nMaria, the day shift")
    assert told.letters_to(ANA)[-1].text.count("the day shift") == 1
