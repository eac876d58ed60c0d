"""Figures for a monitoring system, in the text format of Prometheus (version 0.0.4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from mailintake.storage.figures import Figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class MailboxState(Protocol):
    """How it goes with a mailbox that this daemon fetches from, as `runners.mailbox_port.State` has it."""

    @property
    def name(self) -> str:
        """Its name under `fetch`."""

    @property
    def connected(self) -> bool:
        """Whether this daemon is logged in."""

    @property
    def looked_at(self) -> datetime | None:
        """When all that was there was in hand."""

    @property
    def unaccounted(self) -> int | None:
        """Mails that the last audit could not account for."""

    @property
    def fetched(self) -> int:
        """Mails taken in since the start."""

    @property
    def token_expires_at(self) -> datetime | None:
        """Until when our token holds."""


@dataclass(frozen=True, slots=True)
class Family:
    """Everything of one name: a value for each set of labels."""

    name: str
    kind: Literal["gauge", "counter"]
    about: str
    samples: Sequence[tuple[Mapping[str, str], float]]


def families(found: Figures, mailboxes: Sequence[MailboxState], *, now: datetime) -> list[Family]:
    """All we tell. What is not known is left out: an age while nothing waits, the expiry of a token we do not have."""
    by_mailbox = [({"mailbox": each.name}, each) for each in mailboxes]
    looked = [(label, _since(each.looked_at, now)) for label, each in by_mailbox]
    differences = [(label, each.unaccounted) for label, each in by_mailbox]
    expiry = [(label, _until(each.token_expires_at, now)) for label, each in by_mailbox]
    return [
        Family("mailintake_mails_waiting", "gauge", "Mails accepted and not yet worked on.", [({}, found.mails)]),
        Family(
            "mailintake_oldest_mail_waiting_seconds",
            "gauge",
            "How long ago the oldest of them was received.",
            _known([({}, _since(found.oldest_mail_at, now))]),
        ),
        Family("mailintake_letters_waiting", "gauge", "Letters to be sent.", [({}, found.letters)]),
        Family(
            "mailintake_oldest_letter_waiting_seconds",
            "gauge",
            "How long the oldest of them has waited.",
            _known([({}, _since(found.oldest_letter_at, now))]),
        ),
        Family(
            "mailintake_mails_total",
            "counter",
            "Mails by how they ended, since this daemon started; of all daemons on the database.",
            [({"outcome": outcome}, count) for outcome, count in found.ended.items()],
        ),
        Family(
            "mailintake_mailbox_connected",
            "gauge",
            "1 while this daemon is logged in, else 0.",
            [(label, int(each.connected)) for label, each in by_mailbox],
        ),
        Family(
            "mailintake_mailbox_last_success_seconds",
            "gauge",
            "How long ago this daemon had last seen to all that was there.",
            _known(looked),
        ),
        Family(
            "mailintake_mailbox_audit_differences",
            "gauge",
            "Mails that the last audit could not account for.",
            _known(differences),
        ),
        Family(
            "mailintake_mailbox_fetched_total",
            "counter",
            "Mails fetched and committed since this daemon started.",
            [(label, each.fetched) for label, each in by_mailbox],
        ),
        Family(
            "mailintake_mailbox_token_expiry_seconds",
            "gauge",
            "For how long the token still holds with which this daemon has logged in.",
            _known(expiry),
        ),
    ]


def page(found: Iterable[Family]) -> str:
    """The families as text; one without a sample is left out."""
    lines = []
    for family in found:
        if family.samples:
            lines += [f"# HELP {family.name} {family.about}", f"# TYPE {family.name} {family.kind}"]
            lines += [f"{family.name}{_labels(labels)} {value:.15g}" for labels, value in family.samples]
    return "".join(f"{line}\n" for line in lines)


def _labels(labels: Mapping[str, str]) -> str:
    inside = ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in labels.items())
    return f"{{{inside}}}" if inside else ""


def _since(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else max(0.0, (now - at).total_seconds())


def _until(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else (at - now).total_seconds()


def _known(
    samples: Iterable[tuple[Mapping[str, str], float | None]],
) -> list[tuple[Mapping[str, str], float]]:
    return [(labels, value) for labels, value in samples if value is not None]
