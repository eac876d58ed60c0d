"""What kind of mail this is, and what may follow."""

from datetime import UTC, datetime

import pytest

from mailintake.domain.mail import Address, DeliveryReport, Envelope, Invitation, Kind, ParsedMessage, Screening
from mailintake.screening import STEPS, screen

OWN = frozenset({"support@desk.example"})
ANN = Address("ann@kunde.example", "Ann")


def a_message(
    *headers: tuple[str, str],
    author: Address = ANN,
    subject: str = "Server",
    report: DeliveryReport | None = None,
    calendar: Invitation | None = None,
) -> ParsedMessage:
    return ParsedMessage(
        message_id="<1@kunde.example>",
        from_=author,
        authors=(author,),
        reply_to=(),
        to=(),
        cc=(),
        subject=subject,
        date=None,
        in_reply_to=None,
        references=(),
        text="",
        html=None,
        reply_text="",
        quoted="",
        signature="",
        language=None,
        attachments=(),
        headers=headers,
        content_key="0" * 64,
        report=report,
        calendar=calendar,
    )


def screened(message: ParsedMessage, return_path: str = "ann@kunde.example") -> Screening:
    envelope = Envelope(return_path, ("support@desk.example",))
    return screen(message, envelope, own_addresses=OWN, loop_mark="7f3a-our-mark")


def a_report(action: str) -> DeliveryReport:
    return DeliveryReport("bob@x.example", "5.1.1", action, "550 no such user", None)


def an_invitation(method: str) -> Invitation:
    start = datetime(2026, 1, 5, 9, 15, tzinfo=UTC)
    return Invitation(method, "Call", start, None, "ann@kunde.example", ())


def test_mail_that_an_mta_delivered_to_our_mailbox_is_no_loop() -> None:
    ours = "support@desk.example"
    message = a_message(("delivered-to", ours), ("x-original-to", ours))
    envelope = Envelope("ann@kunde.example", (ours,))
    found = screen(message, envelope, own_addresses=frozenset({ours}), loop_mark=ours)
    assert found.kind is Kind.MESSAGE


def test_the_order_of_the_steps() -> None:
    assert [step.__name__ for step in STEPS] == ["loop", "bounce", "automatic", "lists"]


@pytest.mark.parametrize(
    "message",
    [
        a_message(),
        a_message(("auto-submitted", "no")),
        a_message(("auto-submitted", "No; reason=none")),
        a_message(("auto-submitted", "NO (written by hand)")),
        a_message(("precedence", "first-class")),
        a_message(("x-auto-response-suppress", "DR, RN, NRN, OOF")),
        a_message(("delivered-to", "support@desk.example")),
        a_message(("x-loop", "somebody@else.example")),
        a_message(("feedback-id", "1:2:3")),
        a_message(subject="I was out of office when the server stopped"),
        a_message(subject="Re: Automatic reply: Server"),
        a_message(subject="Automatic backup fails"),
        a_message(author=Address("postmaster@kunde.example")),
    ],
)
def test_a_person_may_open_and_be_answered(message: ParsedMessage) -> None:
    assert screened(message) == Screening(Kind.MESSAGE, "no mark of automatic mail")


MACHINES = [
    (a_message(("x-loop", "7f3a-our-mark")), Kind.LOOP, "X-Loop: our own mark"),
    (a_message(author=Address("Support@DESK.example")), Kind.LOOP, "From is our own address support@desk.example"),
    (a_message(report=a_report("failed")), Kind.BOUNCE, "delivery report: failed 5.1.1"),
    (a_message(report=a_report("delayed")), Kind.DELAYED, "delivery report: delayed 5.1.1"),
    (a_message(report=a_report("delivered")), Kind.AUTO_REPLY, "delivery report: delivered"),
    (a_message(author=Address("MAILER-DAEMON@x.example")), Kind.BOUNCE, "From: mailer-daemon@x.example"),
    (
        a_message(("content-type", 'multipart/report; report-type="disposition-notification"')),
        Kind.READ_RECEIPT,
        "report-type: disposition-notification",
    ),
    (
        a_message(("content-type", "multipart/report; Report-Type=feedback-report")),
        Kind.COMPLAINT,
        "report-type: feedback-report",
    ),
    (a_message(("auto-submitted", "auto-replied")), Kind.AUTO_REPLY, "Auto-Submitted: auto-replied"),
    (a_message(("auto-submitted", "AUTO-GENERATED; x=y")), Kind.AUTO_REPLY, "Auto-Submitted: AUTO-GENERATED; x=y"),
    (
        a_message(("x-auto-response-suppress", "DR, AutoReply")),
        Kind.AUTO_REPLY,
        "X-Auto-Response-Suppress: DR, AutoReply",
    ),
    (a_message(("precedence", "Auto_Reply")), Kind.AUTO_REPLY, "Precedence: Auto_Reply"),
    (a_message(("x-autorespond", "yes")), Kind.AUTO_REPLY, "X-Autorespond: yes"),
    (a_message(("delivered-to", "Autoresponder")), Kind.AUTO_REPLY, "Delivered-To: Autoresponder"),
    (a_message(subject="Abwesenheitsnotiz: Server"), Kind.AUTO_REPLY, "Subject: Abwesenheitsnotiz: Server"),
    (a_message(("x-tmda-confirm", "1")), Kind.CHALLENGE, "X-Tmda-Confirm: 1"),
    (a_message(subject="Please confirm your message"), Kind.CHALLENGE, "Subject: Please confirm your message"),
    (a_message(("list-id", "Team <team.x.example>")), Kind.LIST, "List-ID: Team <team.x.example>"),
    (a_message(("list-unsubscribe", "<https://x.example>")), Kind.BULK, "List-Unsubscribe: <https://x.example>"),
    (a_message(("precedence", "BULK")), Kind.BULK, "Precedence: BULK"),
    (a_message(("precedence", "list")), Kind.LIST, "Precedence: list"),
    (a_message(calendar=an_invitation("REPLY")), Kind.CALENDAR, "answer to a calendar invitation (REPLY)"),
]


@pytest.mark.parametrize(("message", "kind", "reason"), MACHINES, ids=[reason for _, _, reason in MACHINES])
def test_a_machine_neither_opens_nor_is_answered(message: ParsedMessage, kind: Kind, reason: str) -> None:
    assert screened(message) == Screening(kind, reason, may_open=False, may_be_answered=False)


@pytest.mark.parametrize("return_path", ["", "<>"])
def test_nobody_answers_the_null_return_path(return_path: str) -> None:
    assert screened(a_message(), return_path).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "return_path", ["owner-team@x.example", "team-request@x.example", "team-bounces+ann=x@x.example"]
)
def test_list_software_is_known_by_its_return_path(return_path: str) -> None:
    assert screened(a_message(), return_path).kind is Kind.LIST


def test_our_own_return_path_is_a_loop() -> None:
    assert screened(a_message(), "support@desk.example").kind is Kind.LOOP


def test_a_desk_that_is_a_group_at_its_provider_still_gets_mail_from_people() -> None:
    message = a_message(("precedence", "list"), ("list-id", "<support.desk.example>"), ("list-post", "<mailto:x>"))
    assert screened(message).kind is Kind.MESSAGE


def test_an_invitation_is_an_ordinary_message() -> None:
    found = screened(a_message(calendar=an_invitation("REQUEST")))
    assert found == Screening(Kind.CALENDAR, "calendar invitation (REQUEST)")


def test_an_invitation_sent_by_a_calendar_may_open_but_is_not_answered() -> None:
    found = screened(a_message(("auto-submitted", "auto-generated"), calendar=an_invitation("REQUEST")))
    assert (found.kind, found.may_open, found.may_be_answered) == (Kind.CALENDAR, True, False)


def test_an_address_that_only_looks_like_ours_is_no_loop() -> None:
    # U+017F folds to s in Unicode, but never here
    assert screened(a_message(author=Address("\u017fupport@desk.example"))).kind is Kind.MESSAGE


def test_a_loop_is_known_before_anything_else() -> None:
    message = a_message(("x-loop", "7f3a-our-mark"), ("auto-submitted", "auto-replied"), report=a_report("failed"))
    assert screened(message).kind is Kind.LOOP


def test_a_very_long_mark_makes_a_short_reason() -> None:
    assert len(screened(a_message(("auto-submitted", "x" * 5000))).reason) < 200
