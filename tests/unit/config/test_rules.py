"""Rules as an admin writes them; what is wrong with them is in tests/configs/bad."""

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mailintake.config import load, load_desk, source
from mailintake.config import rules as rules_file
from mailintake.config.rule_conditions import Conditions
from mailintake.config.rules import Known, unknown_templates
from mailintake.domain.mail import Attachment, Kind
from mailintake.domain.routing import NO_LETTER, Assign, Assigning, Place, Sla
from mailintake.domain.target import Metric
from mailintake.domain.trust import Verdict
from mailintake.errors import ConfigError
from mailintake.routing.actions import LinkBy, Then
from mailintake.routing.conditions import CONDITIONS, All
from mailintake.routing.conditions.account import Account
from mailintake.routing.conditions.any import Any
from mailintake.routing.conditions.not_ import Not
from mailintake.routing.conditions.sender import Sender
from mailintake.routing.conditions.time import Between, During
from mailintake.routing.lint import lint
from mailintake.routing.regex import Pattern
from mailintake.routing.rules import Rule
from mailintake.routing.trial import Trial, run
from tests.subjects import ACCOUNTS_FILE, a_file, known, when

ROOT = Path(__file__).parents[3]


def rule(text: str) -> Rule:
    (found,) = a_file(f"rules:\n  - {{name: only, {text}}}\n").rules.rules
    return found


def then(text: str) -> Then:
    return rule(f"then: {{{text}}}").then


def trial(mail: str) -> Trial:
    (found,) = a_file(f"tests: [{{mail: {{{mail}}}, expect: {{rule: none}}}}]").trials
    return found


def test_an_empty_file_has_no_rules() -> None:
    assert a_file("").rules.rules == ()
    assert a_file("rules:\ntests:\n").trials == ()


def test_a_rule_knows_its_place_and_how_it_goes_on() -> None:
    assert rule("then: {tags: x}") == Rule("only", All(()), Then(tags=("x",)), place=Place("rules.yaml", 2, 5))
    assert rule("then: {tags: x}, continue: yes").goes_on
    assert rule("then: {tags: x}, shadow: yes").shadow


def test_every_condition_has_its_reader() -> None:
    desk = Known(None, None)
    assert list(Conditions(desk).readers) == list(CONDITIONS)


def test_conditions_stand_in_each_other() -> None:
    mill = Account(frozenset({"mill"}))
    assert when("any: [{account: mill}, {not: {account: mill}}]") == All((Any((mill, Not(mill))),))


def test_none_is_nobody_and_in_quotes_a_name() -> None:
    assert when("account: [none, mill]").parts == (Account(frozenset({"", "mill"})),)
    assert str(when("role: 'none'").parts[0]) == "role: none"
    assert when("role: 'none'") != when("role: none")


def test_an_address_is_read_as_it_is_compared() -> None:
    assert when("sender: Ana+news@Bakery.Example").parts == (Sender(frozenset({"ana@bakery.example"})),)
    assert "ana+news@bakery.example" in str(when("recipient: Ana+news@Bakery.Example"))


def test_what_time_and_header_say_holds_together() -> None:
    during, between = when("time: {during: office, from: 2026-01-01, to: 2026-01-31}").parts
    assert isinstance(during, During)
    assert between == Between(date(2026, 1, 1), date(2026, 1, 31), "Europe/Ljubljana")
    assert len(when("header: {A: x, B: y}").parts) == 2


def test_rules_share_the_calendars_of_the_same_hours() -> None:
    found = a_file(
        "rules:\n" + "".join(f"  - {{name: r{n}, when: {{time: office}}, then: {{tags: x}}}}\n" for n in "ab")
    )
    calendars = [part.hours for rule in found.rules.rules for part in rule.when.parts if isinstance(part, During)]
    assert calendars[0] is calendars[1]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("queue: urgent, team: oncall", Then(queue="urgent", team="oncall")),
        ("assign: maria", Then(assign=Assign(Assigning.PERSON, ("maria",)))),
        ("assign: [maria, ivo]", Then(assign=Assign(Assigning.PERSON, ("maria", "ivo")))),
        ("assign: round-robin", Then(assign=Assign(Assigning.ROUND_ROBIN))),
        ("assign: {how: least-busy, among: [ivo]}", Then(assign=Assign(Assigning.LEAST_BUSY, ("ivo",)))),
        ("priority: P1, category: incident", Then(priority="P1", category="incident")),
        ("topic: billing, level: second, language: de", Then(topic="billing", level="second", language="de")),
        ("tags: [a, b-c]", Then(tags=("a", "b-c"))),
        ("acknowledge: none", Then(acknowledge=NO_LETTER)),
        ("acknowledge: vip, reply: how-to", Then(acknowledge="vip", reply="how-to")),
        ("notify: [front, maria, boss@desk.example]", Then(notify=("front", "maria", "boss@desk.example"))),
        ("watchers: ivo", Then(watchers=("ivo",))),
        ("redirect: https://desk.example/help", Then(redirect="https://desk.example/help")),
        ("ignore: yes", Then(ignore="rule only")),
        ("quarantine: looks like fraud", Then(quarantine="looks like fraud")),
        ("link: {by: sender, within: 2 days}", Then(link=LinkBy("sender", timedelta(days=2)))),
        ("link: {header: X-Id, within: 4h}", Then(link=LinkBy("header", timedelta(hours=4), "x-id"))),
        (
            "link: {by: subject, find: 'db[0-9]', within: 30m}",
            Then(link=LinkBy("subject", timedelta(minutes=30), find=Pattern.of("db[0-9]"))),
        ),
        ("sla: gold", Then(sla=Sla(plan="gold"))),
    ],
)
def test_an_action_is_read(written: str, read: Then) -> None:
    assert then(written) == read


def test_a_promise_of_its_own_is_read_as_in_a_plan() -> None:
    found = then("sla: {hours: office, response: {P1: 30m, else: 2h}}").sla
    assert found is not None
    assert {metric: [row.minutes for row in rows] for metric, rows in found.targets.items()} == {
        Metric.FIRST_RESPONSE: [30, 120],
        Metric.NEXT_RESPONSE: [30, 120],
    }


def test_letters_that_rules_name_are_checked_by_whoever_knows_them() -> None:
    used = a_file("rules: [{name: a, then: {acknowledge: vpi, reply: redirect}}]").templates
    (problem,) = unknown_templates(used, {"vip", "redirect"})
    assert str(problem) == "rules.yaml:1:39: unknown letter `vpi`; did you mean `vip`?"
    assert a_file("rules: [{name: a, then: {acknowledge: none}}]").templates == {}


def test_who_is_both_agent_and_team_is_refused() -> None:
    people = ACCOUNTS_FILE.replace("front: {members", "ivo: {members")
    desk = known(people)
    with pytest.raises(ConfigError, match="`ivo` is an agent and a team: give one of them another name"):
        rules_file.read(source.read(b"rules: [{name: a, then: {notify: ivo}}]", file="rules.yaml"), known=desk)


def test_a_mail_of_a_test_is_filled_up_from_the_files() -> None:
    subject = trial("from: Ana <ana@bakery.example>, subject: Hello, text: Cold").subject
    assert subject is not None
    assert (subject.sender, subject.name, subject.account, subject.plan, subject.role) == (
        "ana@bakery.example",
        "Ana",
        "bakery",
        "basic",
        "admin",
    )
    assert subject.contact
    assert (subject.mailbox, subject.recipients) == ("support@desk.example", ("support@desk.example",))
    assert (subject.subject, subject.text, subject.body) == ("Hello", "Cold", "Cold")
    assert (subject.kind, subject.authentication) == (Kind.MESSAGE, Verdict.PASS)
    assert subject.received_at == datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def test_a_mail_of_a_test_says_what_is_special_about_it() -> None:
    subject = trial(
        "from: x@shop.example, to: [Billing+Q@desk.example, b@other.example], at: 2026-07-01 08:30, kind: bulk,"
        " headers: {X-Id: [a, b]}, attachments: [a.pdf, {name: b.png, type: image/png, size: 1 MB, inline: yes}],"
        " authentication: fail, priority: P1, language: de, size: 3 MB, reply: yes, body: All"
    ).subject
    assert subject is not None
    assert (subject.account, subject.plan, subject.contact) == ("", "", False)
    assert subject.recipients == ("billing+q@desk.example", "b@other.example")
    assert subject.mailbox == "billing@desk.example"
    assert subject.received_at == datetime(2026, 7, 1, 6, 30, tzinfo=UTC)
    assert subject.headers == (("x-id", "a"), ("x-id", "b"))
    assert subject.attachments == (
        Attachment("a.pdf", "application/octet-stream", 10_000, False, None, "", ""),
        Attachment("b.png", "image/png", 1_000_000, True, None, "", ""),
    )
    assert (subject.kind, subject.authentication, subject.priority) == (Kind.BULK, Verdict.FAIL, "P1")
    assert (subject.language, subject.size, subject.reply, subject.body) == ("de", 3_000_000, True, "All")


def test_everybody_at_a_domain_is_a_contact_where_the_plan_says_so() -> None:
    anybody, stranger = trial("from: x@mill.example").subject, trial("from: x@bakery.example").subject
    assert anybody is not None
    assert stranger is not None
    assert (anybody.account, anybody.contact) == ("mill", True)
    assert (stranger.account, stranger.contact) == ("bakery", False)


def test_where_the_desk_is_broken_its_names_are_not_blamed() -> None:
    text = b"""
rules:
  - name: a
    when: {account: nobody, plan: none, mailbox: a@b.example, time: office, priority: P9}
    then: {queue: x, team: y, assign: z, notify: w, priority: P9, sla: {first_response: 4h}}
  - {name: b, when: {time: office}, then: {tags: x}}
tests: [{mail: {from: a@b.example, priority: P9}, expect: {rule: a}}]
"""
    found = rules_file.read(source.read(text, file="rules.yaml"), known=Known(None, None))
    assert len(found.rules.rules) == 2
    assert len(found.trials) == 1


def test_the_starter_changes_nothing() -> None:
    found = load(ROOT / "config", environment={})
    assert found.rules.rules == ()
    assert found.trials == ()


def test_what_the_starter_offers_does_what_its_tests_say() -> None:
    text = (ROOT / "config" / "rules.yaml").read_text(encoding="utf-8").replace("rules: []\n", "")
    offered = re.sub(r"^#(?! \S)", "", text, flags=re.MULTILINE)
    desk = load_desk(ROOT / "config")
    found = rules_file.read(source.read(offered.encode(), file="rules.yaml"), known=Known(desk.desk, desk.directory))
    assert len(found.rules.rules) == 5
    assert [line for trial in found.trials for line in run(found.rules, trial)] == []
    assert lint(found.rules) == ()
