"""The tests inside the rules file: each mail goes the whole way, as the first one to a desk that knows nobody yet."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mailintake.config import Configuration
from mailintake.config.rules import unknown_templates
from mailintake.domain.decision import Decision, Facts, Thread
from mailintake.domain.mail import Address, Envelope, Kind, ParsedMessage, Reception, Screening
from mailintake.domain.routing import Subject
from mailintake.domain.tag import Via
from mailintake.domain.ticket import Status
from mailintake.domain.trust import Authentication
from mailintake.errors import Problem, Unreadable
from mailintake.intake.case import NO_ROUTE, Case
from mailintake.intake.decide import STEPS, decide
from mailintake.intake.policy import Policy
from mailintake.parsing.parser import parse
from mailintake.routing.trial import Trial, compare
from mailintake.screening import screen

UNDATED = datetime(2026, 1, 5, 10, 0)  # noqa: DTZ001 - on the clock of the desk, as for mails described in the file
MAY_OPEN = frozenset({Kind.MESSAGE, Kind.CALENDAR})


@dataclass(frozen=True, slots=True)
class Result:
    """A test, and what is not as wanted, a sentence for each; () if it passes."""

    trial: Trial
    failures: tuple[str, ...]


def results(trials: Sequence[Trial], policy: Policy, directory: Path, *, largest: int) -> Iterator[Result]:
    """Run tests in their order; mails in files are read below `directory`, up to `largest` bytes each."""
    for trial in trials:
        try:
            if trial.subject is None:
                decision = decide(_in_file(directory / trial.file, policy, largest), policy)
            else:
                decision = _decided(trial.subject, policy)
        except (OSError, Unreadable) as error:
            said = error.strerror if isinstance(error, OSError) else str(error)
            yield Result(trial, (f"file: cannot read {trial.file}: {said}",))
            continue
        yield Result(trial, tuple(_failures(trial, decision)))


def run_all(configuration: Configuration, policy: Policy, directory: Path) -> tuple[str, ...]:
    """What the tests of this configuration find, a line with its place for each failure; () if all pass."""
    return tuple(f"{result.trial.place}: {each}" for result in of(configuration, policy, directory)
                 for each in result.failures)  # fmt: skip


def problems(
    configuration: Configuration, policy: Policy, directory: Path, *, letters: Collection[str]
) -> tuple[Problem, ...]:
    """What is wrong with rules that were read: they name letters that are not among `letters`, or a test fails."""
    unknown = unknown_templates(configuration.templates_used, letters)
    return (*unknown, *as_problems(of(configuration, policy, directory)))


def of(configuration: Configuration, policy: Policy, directory: Path) -> Iterator[Result]:
    """The tests of a configuration, run; mails in files are looked for in its `directory`."""
    return results(configuration.trials, policy, directory, largest=configuration.host.limits.message_size)


def as_problems(found: Iterable[Result]) -> tuple[Problem, ...]:
    """What is not as wanted, where its test stands."""
    return tuple(
        Problem(result.trial.place.file, result.trial.place.line, result.trial.place.column, each)
        for result in found
        for each in result.failures
    )


def _failures(trial: Trial, decision: Decision) -> Iterator[str]:
    found = compare(trial, decision.route or NO_ROUTE, outcome=decision.outcome)
    yield from (line.removeprefix(f"{trial.place}: ") for line in found)
    if found and not any(line.check == "rule" for line in decision.trace):
        last = decision.trace[-1]
        yield f"rules are not asked about this mail: it ends before them, at `{last.check}`: {last.finding}"


def _decided(said: Subject, policy: Policy) -> Decision:
    """As `decide` does it; but what kind of mail it is, and what priority it claims, a test may simply say."""
    message = _message(said)
    envelope = Envelope(said.sender, said.recipients)
    facts = Facts(
        now=said.received_at,
        reception=Reception("smtp", said.received_at),
        envelope=envelope,
        message=message,
        threads=(_earlier(said),) if said.reply else (),
        authentication=Authentication(said.authentication, source="the test", why="says so"),
        size=said.size,
    )
    screening = Screening(said.kind, "the test says so", may_open=said.kind in MAY_OPEN)
    if said.kind is Kind.MESSAGE:
        screening = screen(message, envelope, own_addresses=policy.own_addresses, loop_mark=policy.loop_mark)
    case = Case(facts, policy, screening, claimed_priority=said.priority)
    return next(decision for step in STEPS if (decision := step(case)) is not None)


def _message(said: Subject) -> ParsedMessage:
    author = Address(said.sender, said.name)
    headers: Mapping[str, str] = dict(said.headers)
    return ParsedMessage(
        message_id=None,
        from_=author,
        authors=(author,),
        reply_to=(),
        to=tuple(Address(each) for each in said.recipients),
        cc=(),
        subject=said.subject or headers.get("subject", ""),
        date=said.received_at,
        in_reply_to=None,
        references=(),
        text=said.body,
        html=None,
        reply_text=said.text,
        quoted="",
        signature="",
        language=said.language or None,
        attachments=said.attachments,
        headers=said.headers,
        content_key="",
    )


def _earlier(said: Subject) -> Thread:
    """The ticket that a reply names: one of the sender's own that is closed, else no rule would be asked about it."""
    return Thread(
        ticket_id=1,
        status=Status.CLOSED,
        status_since=said.received_at,
        account=said.account,
        requester=said.sender,
        via=Via.SUBJECT,
        is_participant=True,
    )


def _in_file(path: Path, policy: Policy, largest: int) -> Facts:
    """Of a mail that our own server brought when its Date says, for whichever mailboxes it names, else for the first.

    Raises OSError and Unreadable.
    """
    if not path.is_file():
        raise FileNotFoundError(2, "there is no such file")
    with path.open("rb") as file:
        content = file.read(largest + 1)
    if len(content) > largest:
        raise Unreadable(f"it is larger than {largest:,} bytes")
    message = parse(content)
    named = (each.address for each in (*message.to, *message.cc))
    recipients = tuple(each for each in named if policy.mailbox(each)) or (policy.desk.mailboxes[0].address,)
    reception = Reception("smtp", _sent_at(message, policy), trusted=True)
    return Facts(
        now=reception.at,
        reception=reception,
        envelope=Envelope(message.from_.address if message.from_ else "", recipients),
        message=message,
        authentication=policy.authenticate(message, reception),
        size=len(content),
    )


def _sent_at(message: ParsedMessage, policy: Policy) -> datetime:
    sent = message.date or UNDATED
    return (sent if sent.tzinfo else sent.replace(tzinfo=ZoneInfo(policy.desk.timezone))).astimezone(UTC)
