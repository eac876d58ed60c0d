"""Reports about mail: not delivered, delayed, read, or complained about (RFC 3464, RFC 8098, RFC 5965)."""

from mailintake.domain.mail import Kind, Screening
from mailintake.screening import subjects
from mailintake.screening.incoming import Incoming, machine, mark

_DAEMONS = frozenset({"mailer-daemon", "mailerdaemon", "mail-daemon", "mailsubsystem"})
_DELIVERED = frozenset({"delivered", "relayed", "expanded"})
_READ_TYPES = ("report-type=disposition-notification", 'report-type="disposition-notification')
_COMPLAINT_TYPES = ("report-type=feedback-report", 'report-type="feedback-report')


def bounce(incoming: Incoming) -> Screening | None:
    """A report in the standard forms, or what a mail server wrote in prose."""
    content_type = (incoming.header("content-type") or "").lower().replace(" ", "").replace("\t", "")
    if any(mark_ in content_type for mark_ in _READ_TYPES):
        return machine(Kind.READ_RECEIPT, "report-type: disposition-notification")
    if any(mark_ in content_type for mark_ in _COMPLAINT_TYPES):
        return machine(Kind.COMPLAINT, "report-type: feedback-report")
    types = {attachment.content_type for attachment in incoming.message.attachments}
    if "message/disposition-notification" in types and not _is_person(incoming):
        return machine(Kind.READ_RECEIPT, "message/disposition-notification")
    if "message/feedback-report" in types:
        return machine(Kind.COMPLAINT, "message/feedback-report")
    report = incoming.message.report
    if report is not None:
        if report.action in _DELIVERED:
            return machine(Kind.AUTO_REPLY, f"delivery report: {report.action}")
        kind = Kind.DELAYED if report.action == "delayed" else Kind.BOUNCE
        return machine(kind, f"delivery report: {report.action or 'failed'} {report.status}".rstrip())
    if subjects.is_auto_reply(incoming.message.subject):
        return None  # some daemons write the answers of absent people
    for address in incoming.authors:
        if address.partition("@")[0] in _DAEMONS:
            return machine(Kind.BOUNCE, mark("From", address))
    return None


def _is_person(incoming: Incoming) -> bool:
    """Whether somebody forwards or answers a receipt, rather than a program sending it."""
    return incoming.message.subject.lower().startswith(("fw", "wg:", "tr:", "rv:", "re:", "aw:"))
