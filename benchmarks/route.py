"""Routing: so many rules decided for so many mails on one core, beside asking every rule in turn."""

import argparse
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from benchmarks import report
from mailintake.config import rules as rules_file
from mailintake.config import source
from mailintake.domain.mail import Attachment, Kind
from mailintake.domain.routing import Route, Subject
from mailintake.routing.actions import RouteMaker
from mailintake.routing.reading import Reading
from mailintake.routing.rules import Rules, decide

PER_SECOND = 2000
HEAD = ("rules", "mails", "matched", "every rule in turn/s", "mailintake/s", "time ÷ in turn", "target")
_START = datetime(2026, 3, 9, 9, tzinfo=UTC)
_VOCABULARY = (
    "order invoice printer server mail login password screen chat agent queue report export import error slow crash "
    "please thanks today yesterday morning customer contract price license update version backup network router phone "
    "the a of and to in is it we you that for on with as not cannot does since after before when while again still"
)


def main(words: list[str]) -> None:
    """500 rules and 1,000 mails: what an index and texts made once are worth."""
    said = _options(words)
    rules = _rules(said.rules)
    mails = list(_mails(said.mails, said.rules))
    expected = [_in_turn(rules, mail) for mail in mails]
    assert [decide(rules, mail) for mail in mails] == expected, "the index left out a rule that matches"
    ours, theirs = [], []
    for _ in range(said.rounds):
        theirs.append(_seconds(lambda mail: _in_turn(rules, mail), mails))
        ours.append(_seconds(lambda mail: decide(rules, mail), mails))
    rate = report.Spread([len(mails) / each for each in ours])
    report.table(
        HEAD,
        [
            [
                f"{said.rules:,}",
                f"{len(mails):,}",
                f"{sum(bool(route.rules) for route in expected):,}",
                f"{report.Spread([len(mails) / each for each in theirs]):.0f}",
                f"{rate:.0f}",
                f"{report.ratio(ours, theirs):.3f}",
                report.verdict(rate.middle, PER_SECOND),
            ]
        ],
    )


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench route", description=main.__doc__)
    parser.add_argument("--rules", type=int, default=500, help="rules (500)")
    parser.add_argument("--mails", type=int, default=1000, help="mails in a round (1000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often the two take turns (5)")
    parser.add_argument("--quick", action="store_true", help="few mails: does it work at all?")
    said = parser.parse_args(words)
    if said.quick:
        said.mails, said.rounds = 100, 2
    return said


def _rules(count: int) -> Rules:
    """Rules as desks have them, of ten sorts in turn; the last takes what is left."""
    lines = ["rules:"]
    for number in range(count - 1):
        lines += [f"  - name: rule-{number}", f"    when: {_WHENS[number % len(_WHENS)].format(n=number)}"]
        lines += [f"    then: {{tags: t{number}}}"]
    lines += ["  - name: rest", "    then: {tags: rest}"]
    text = "\n".join(lines).encode()
    return rules_file.read(source.read(text, file="rules.yaml"), known=rules_file.Known(None, None)).rules


_WHENS = (
    "{{domain: customer{n}.example}}",
    "{{sender: [ana@customer{n}.example, ben@customer{n}.example]}}",
    "{{sender: 'noreply*@vendor{n}.example', kind: [bulk, list]}}",
    "{{says: [word{n}, 'failure of unit {n}']}}",
    "{{subject: {{regex: 'INC{n}-[0-9]+ .*(down|critical)'}}}}",
    "{{text: ['serial number {n}', 'unit{n} *'], language: [en, de]}}",
    "{{header: {{X-Monitor-{n}: {{like: 'host*'}}}}}}",
    "{{any: [{{subject: incident{n}}}, {{account: account{n}, size: over 1 MB}}]}}",
    "{{attachment: {{name: 'invoice-{n}-*.pdf'}}, not: {{contact: yes}}}}",
    "{{text: {{regex: 'error code E{n}[0-9]{{{{3}}}}'}}, time: Mon-Fri 09:00-18:00}}",
)


def _mails(count: int, rules: int) -> Iterator[Subject]:
    """Mails of one to three kilobytes, of which every fourth is meant for one of the rules."""
    chance, words = random.Random(7), _VOCABULARY.split()
    for number in range(count):
        text = " ".join(chance.choices(words, k=chance.randint(150, 450)))
        subject = " ".join(chance.choices(words, k=6))
        wanted = chance.randrange(rules)
        if number % 4 == 0:
            text, subject = f"{text} word{wanted} {text[:100]}", f"INC{wanted}-17 db is down"
        yield Subject(
            received_at=_START + timedelta(minutes=number),
            sender=f"ana@customer{number}.example" if number % 8 == 1 else f"person{number}@elsewhere.example",
            account=f"account{number}",
            plan="basic",
            contact=number % 3 > 0,
            language=chance.choice(("en", "de", "fr")),
            recipients=("support@desk.example",),
            mailbox="support@desk.example",
            subject=subject,
            text=text,
            body=text,
            headers=(("received", "from mx.example"), ("message-id", f"<{number}@elsewhere.example>")),
            attachments=(Attachment("screen.png", "image/png", 40_000, False, None, "", "2"),) * (number % 3),
            kind=Kind.MESSAGE,
            size=len(text) + 2_000,
        )


def _in_turn(rules: Rules, mail: Subject) -> Route:
    """What `decide` does, by asking every rule as it is written."""
    reading = Reading(mail)
    route = RouteMaker(reading)
    for rule in rules.rules:
        if rule.when.holds(reading):
            route.apply(rule.name, rule.then)
            break
    return route.made()


def _seconds(work: Callable[[Subject], object], mails: Sequence[Subject]) -> float:
    """Processor time, so that neighbours on the machine do not count."""
    began = time.process_time()
    for mail in mails:
        work(mail)
    return time.process_time() - began
