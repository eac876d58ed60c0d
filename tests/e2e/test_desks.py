"""The five desks as shipped, with real mails over SMTP: what each refuses, counts and asks (DOMAIN section 10)."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.examples import ExampleDesk, at
from tests.e2e.harness import MAILDIR, eventually
from tests.e2e.mails import at_once

MONDAY = at("Europe/Ljubljana", "2026-03-09", "10:00")
THURSDAY = at("Europe/Ljubljana", "2026-03-12", "10:00")
JUNE = at("UTC", "2026-06-29", "08:00")  # 10:00 at Baker's Shop

NewExample = Callable[..., ExampleDesk]
B2BEE, CREATIO, BEESENDER = "support@b2bee.example", "support@creatio.example", "support@beesender.example"


@pytest.fixture(scope="module")
def example() -> Iterator[NewExample]:
    """The desks of the examples, each made once; a daemon takes long to start, so tests share it, and its customers."""
    desks: dict[str, ExampleDesk] = {}

    def desk(name: str, **options: Any) -> ExampleDesk:
        key = f"{name} {options}"
        if key not in desks:
            desks[key] = ExampleDesk(Path(tempfile.mkdtemp(prefix="desk-")), name=name, **options)
        return desks[key]

    yield desk
    for each in desks.values():
        each.close()
        shutil.rmtree(each.home)


def test_b2bee_takes_registered_persons_and_counts_their_credits_by_day_and_month(example: NewExample) -> None:
    desk, ana = example("b2bee"), "ana@novak.example"
    desk.be_at(MONDAY)
    assert desk.became(desk.write("zala@novak.example", B2BEE, "Hello"))[:2] == ("refused", "over-limit")
    assert "zala@novak.example" in desk.says("owner-over-limit", ana)
    assert desk.became(desk.write("eve@elsewhere.example", B2BEE, "Hello"))[:2] == ("refused", "unknown-sender")
    assert "Novak" not in desk.says("unknown-sender", "eve@elsewhere.example")
    first, second, third = (desk.became(desk.write(ana, B2BEE, f"Question {n}"))[2] for n in range(3))
    assert [desk.ticket(each) for each in (first, second, third)] == [("new", "")] * 3
    started = dict(desk.rows("SELECT ticket_id, started_at FROM clock"))
    assert [started[each][:13] for each in (first, third)] == ["2026-03-09 09", "2026-03-09 23"]
    assert "Naslednji dan: torek, 10. marec 2026" in desk.says("day-full", ana)
    critical = desk.became(desk.write(ana, B2BEE, "[Critical] Nothing works"))[2]
    assert desk.value("SELECT started_at FROM clock WHERE ticket_id = :id", id=critical)[:13] == "2026-03-09 09"

    desk.be_at(THURSDAY)
    for n in (4, 5):
        assert desk.ticket(desk.became(desk.write(ana, B2BEE, f"Question {n}"))[2]) == ("new", "")
    sixth = desk.became(desk.write(ana, B2BEE, "Question 6"))[2]
    assert desk.ticket(sixth) == ("pending", "quote")
    letter = desk.letter_of("quota-used-up", ana)
    assert "5 od 5" in desk.says("quota-used-up", ana)
    critical = desk.became(desk.write(ana, B2BEE, "[Critical] Nothing works again"))[2]
    assert desk.ticket(critical) == ("new", "")
    assert desk.became(desk.reply(letter, ana, "Da.")) == ("joined", "", sixth)
    assert desk.ticket(sixth) == ("new", "")
    spent = "SELECT count(*) FROM spend WHERE account = 'novak' AND given_back_at IS NULL"
    assert desk.value(spent) == 6


def test_creatio_s_sixth_process_question_is_refused_and_an_administration_question_passes(example: NewExample) -> None:
    desk, hoa, minh = example("creatio"), "hoa@saomai.example", "minh@saomai.example"
    desk.be_at(at("Asia/Ho_Chi_Minh", "2026-03-09", "10:00"))
    for topic in ("processes", "analytics", "ui-logic", "processes", "processes"):
        assert desk.became(desk.write(hoa, CREATIO, f"[Topic: {topic}] Câu hỏi"))[0] == "opened"
    words = "Xin chào, tôi muốn hỏi về quy trình phê duyệt hợp đồng của công ty chúng tôi."
    sixth = desk.became(desk.write(minh, CREATIO, "[Topic: processes] Câu hỏi", words))
    assert sixth == ("refused", "quota-used-up", 0)
    assert "5 trên 5" in desk.says("quota-used-up", minh)
    assert desk.became(desk.write(minh, CREATIO, "[Topic: administration] Câu hỏi"))[0] == "opened"
    assert desk.became(desk.write(minh, CREATIO, "[Topic: development] Câu hỏi"))[:2] == ("refused", "not-covered")


def test_beesender_s_third_contact_is_over_the_limit_and_a_new_one_waits_for_the_owner(example: NewExample) -> None:
    desk, zoe, andrew = example("beesender", host=MAILDIR), "zoe@baker.example", "andrew@baker.example"
    desk.be_at(JUNE)
    assert desk.became(desk.write("ann@harbour.example", BEESENDER, "Hello"))[:2] == ("refused", "over-limit")
    assert "2 of 2" in desk.says("owner-over-limit", "tom@harbour.example")

    ticket = desk.became(desk.write(zoe, BEESENDER, "The chat window stays empty"))[2]
    assert desk.ticket(ticket) == ("pending", "approval")
    asking, waiting = desk.letter_of("owner-approval", andrew), desk.letter_of("pending", zoe)
    assert desk.became(desk.reply(waiting, zoe, "Yes"))[2] == ticket
    assert desk.became(desk.reply(asking, zoe, "Yes"))[:2] == ("held", "not-the-owner")
    assert desk.ticket(ticket) == ("pending", "approval")
    assert desk.became(desk.reply(asking, andrew, "Yes, please.")) == ("joined", "", ticket)
    assert desk.ticket(ticket) == ("new", "")
    assert "Europe" in desk.says("approved", zoe) or "UTC" in desk.says("approved", zoe)


def test_procrm_redirects_and_an_agent_may_take_the_mail_in(example: NewExample) -> None:
    desk, ivan = example("procrm"), "ivan@zavod.example"
    desk.be_at(at("Europe/Kyiv", "2026-03-09", "12:00"))
    answer = desk.write(ivan, "support@procrm.example", "The deal card does not open")
    assert desk.became(answer) == ("refused", "redirect", 0)
    assert "Bitrix24" in desk.says("redirect", ivan)
    (refused,) = desk.ask("quarantine", "list", "--refused")
    assert (refused["id"], refused["reason"]) == (answer.spool_id, "redirect")
    assert desk.run("tickets", "promote", answer.spool_id).returncode == 0
    query = "SELECT ticket_id FROM spool WHERE id = :id AND outcome = 'opened'"
    ((ticket,),) = eventually(lambda: desk.rows(query, id=answer.spool_id), what="the mail is taken in")
    assert desk.ticket(ticket) == ("new", "")
    assert str(ticket) in desk.says("acknowledged", ivan)
    again = desk.run("tickets", "promote", answer.spool_id)
    assert (again.returncode, b"no mail" in again.stderr) == (2, True), again
    case = desk.became(desk.write(ivan, "control@procrm.example", "A complaint"))[2]
    assert desk.value("SELECT queue FROM ticket WHERE id = :id", id=case) == "quality-control"


def test_owox_takes_everybody_at_the_domain_and_keeps_archived_plans(example: NewExample) -> None:
    desk = example("owox")
    desk.be_at(at("Europe/Kyiv", "2026-04-28", "12:00"))
    plans = []
    for who in ("anna@shop.example", "boris@shop.example", "lesya@kyiv.pharmacy.example"):
        ticket = desk.became(desk.write(who, "bi@owox.example", "Отчёт пуст"))[2]
        plans.append(desk.value("SELECT plan FROM ticket WHERE id = :id", id=ticket))
    assert plans == ["reports-attribution", "reports-attribution", "cost-data-archive"]
    elsewhere = desk.write("eve@shop.example.elsewhere.example", "bi@owox.example", "Hello")
    assert desk.became(elsewhere)[:2] == ("refused", "unknown-sender")


def test_twenty_at_once_for_the_last_two_seats_open_exactly_two_tickets(example: NewExample) -> None:
    desk = example("beesender", changes=[("new_at_known_domain: ask ", "new_at_known_domain: seat ")])
    desk.be_at(at("UTC", "2026-03-09", "08:00"))
    people = [f"person{n}@baker.example" for n in range(20)]
    answers = at_once(*((desk.port, desk.mail(who, BEESENDER, "Hello"), who) for who in people), to=BEESENDER)
    outcomes = sorted(desk.became(each)[:2] for each in answers)
    assert outcomes == [("opened", "")] * 2 + [("refused", "over-limit")] * 18
    assert desk.value("SELECT count(*) FROM ticket") == 2


def test_twenty_at_once_for_the_last_credit_spend_exactly_one(example: NewExample) -> None:
    desk, cene = example("b2bee"), "cene@vinar.example"
    desk.be_at(THURSDAY)
    answers = at_once(*((desk.port, desk.mail(cene, B2BEE, f"Question {n}"), cene) for n in range(20)), to=B2BEE)
    stands = sorted(desk.ticket(desk.became(each)[2]) for each in answers)
    assert stands == [("new", "")] + [("pending", "quote")] * 19
    assert desk.value("SELECT count(*) FROM spend WHERE account = 'vinar' AND given_back_at IS NULL") == 1


def test_an_answering_machine_has_its_mails_kept_and_at_most_five_letters(example: NewExample) -> None:
    desk, mia = example("beesender", host=MAILDIR), "mia@baker.example"
    desk.be_at(JUNE)
    answered, sent = 0, [desk.write(mia, BEESENDER, "Hello")]
    for n in range(10):  # it answers whatever comes, and goes on even when nothing does
        desk.became(sent[-1])
        desk.wait_until_idle()
        letters = len(desk.letters_to(mia))
        for _ in range(max(1, letters - answered)):
            sent.append(desk.write(mia, BEESENDER, f"Out of office {n} {len(sent)}", "I am away."))
        answered = letters
    assert [desk.became(each)[0] for each in sent] == ["opened"] * len(sent)
    assert desk.value("SELECT count(*) FROM message WHERE author_address = :mia", mia=mia) == len(sent)
    desk.wait_until_idle()
    assert len(desk.letters_to(mia)) == 5


def test_a_daemon_that_was_stopped_sends_the_newest_step_of_each_clock_once(example: NewExample) -> None:
    desk, lead = example("beesender", host=MAILDIR), "olga@beesender.example"
    desk.be_at(JUNE)
    for n in range(2):  # four hours: steps at 11:00, just after 12:00, and every hour after that, three times
        desk.became(desk.write("andrew@baker.example", BEESENDER, f"Question {n}"))
    reminders = partial(desk.letters_of, lead, "reminder", "breach", "digest")
    assert reminders() == []
    clocks = desk.value("SELECT count(*) FROM clock")
    moment = JUNE + timedelta(hours=2, minutes=55)
    steps: list[tuple[Any, ...]] = []
    for stopped in (timedelta(minutes=10), timedelta(hours=3), timedelta(days=2)):
        moment += stopped
        desk.be_at(moment)
        eventually(lambda: len(reminders()) > len(steps), what="a letter")
        desk.wait_until_idle()
        steps.append(desk.rows("SELECT step, count(*) FROM reminder WHERE sent GROUP BY step, at ORDER BY at")[-1])
    assert [count for _, count in steps] == [clocks] * 3
    assert [step for step, _ in steps] == ["75%", "every 1h after breach #2", "every 1h after breach #3"]
    assert desk.value("SELECT count(*) FROM reminder WHERE sent") == 3 * clocks
    assert len(reminders()) == 3  # each about all clocks
