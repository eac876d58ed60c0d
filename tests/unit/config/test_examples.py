"""The five example desks say what the tables they were made from say, figure by figure (DOMAIN sections 1 to 5).

The tables below are written by hand from DOMAIN, not from the examples.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailintake.config import Configuration, load, load_desk
from mailintake.domain.calendar import due
from mailintake.domain.customer import Plan
from mailintake.domain.hours import Holidays, Week, Window
from mailintake.domain.quota import Limit, Period, WhenUsedUp
from mailintake.domain.sorting import Support
from mailintake.domain.target import Counting, Metric, Target, Traits, resolved, target_for, with_contract
from mailintake.domain.ticket import Status

EXAMPLES = Path(__file__).parents[3] / "config" / "examples"
DESKS = ("beesender", "b2bee", "owox", "procrm", "creatio")
A_HOLIDAY = Holidays(yearly=frozenset({(7, 1)}))

WEEKDAYS, EVERY_DAY = range(5), range(7)
OPENINGS = {
    "Mon-Fri 08-17": (WEEKDAYS, 8, 17),
    "Mon-Fri 08-18": (WEEKDAYS, 8, 18),
    "Mon-Fri 08-20": (WEEKDAYS, 8, 20),
    "Mon-Fri 08-22": (WEEKDAYS, 8, 22),
    "Mon-Fri 09-17": (WEEKDAYS, 9, 17),
    "Mon-Fri 09-18": (WEEKDAYS, 9, 18),
    "Mon-Fri 10-18": (WEEKDAYS, 10, 18),
    "Mon-Sun 08-22": (EVERY_DAY, 8, 22),
    "Mon-Sun 08-24": (EVERY_DAY, 8, 24),
    "Mon-Sun 09-18": (EVERY_DAY, 9, 18),
    "24/7": (EVERY_DAY, 0, 24),
}

# In the column `ticket` stand priority, category, topic and level. Time is in minutes of open hours, `soft` where it is
# no promise, - where nothing is promised. `holidays`: whether the hours are open or closed on them.
PROMISES = """
desk       plan                 metric          ticket                        time      hours          holidays
beesender  basic                first_response  P1/incident                   240       Mon-Fri 09-18  closed
beesender  basic                first_response  P2/incident                   480       Mon-Fri 09-18  closed
beesender  basic                first_response  P3/incident                   480       Mon-Fri 09-18  closed
beesender  basic                first_response  P4/incident                   480       Mon-Fri 09-18  closed
beesender  basic                first_response  P3/request                    480       Mon-Fri 09-18  closed
beesender  basic                first_response  P4/request                    480       Mon-Fri 09-18  closed
beesender  basic                next_response   P1/incident                   -         -              -
beesender  basic                resolution      P1/incident                   -         -              -
beesender  business             first_response  P1/incident                   60        Mon-Sun 09-18  open
beesender  business             first_response  P2/incident                   240       Mon-Sun 09-18  open
beesender  business             first_response  P3/incident                   240       Mon-Sun 09-18  open
beesender  business             first_response  P4/incident                   240       Mon-Sun 09-18  open
beesender  business             first_response  P3/request                    240       Mon-Sun 09-18  open
beesender  business             first_response  P4/request                    240       Mon-Sun 09-18  open
beesender  business             next_response   P1/incident                   -         -              -
beesender  business             resolution      P1/incident                   -         -              -
beesender  premium              first_response  P1/incident                   60        24/7           open
beesender  premium              first_response  P2/incident                   120       24/7           open
beesender  premium              first_response  P3/incident                   120       24/7           open
beesender  premium              first_response  P4/incident                   120       24/7           open
beesender  premium              first_response  P3/request                    120       24/7           open
beesender  premium              first_response  P4/request                    120       24/7           open
beesender  premium              next_response   P1/incident                   -         -              -
beesender  premium              resolution      P1/incident                   -         -              -
b2bee      basic                first_response  critical                      60        Mon-Sun 08-22  open
b2bee      basic                first_response  significant                   240       Mon-Fri 08-18  closed
b2bee      basic                first_response  minor                         1440      Mon-Fri 09-17  closed
b2bee      basic                first_response  no-impact                     2880      Mon-Fri 09-17  closed
b2bee      basic                next_response   critical                      -         -              -
b2bee      basic                resolution      critical                      -         -              -
b2bee      standard             first_response  critical                      60        Mon-Sun 08-24  open
b2bee      standard             first_response  significant                   120       Mon-Fri 08-20  closed
b2bee      standard             first_response  minor                         480       Mon-Fri 08-17  closed
b2bee      standard             first_response  no-impact                     1440      Mon-Fri 09-17  closed
b2bee      standard             next_response   critical                      -         -              -
b2bee      standard             resolution      critical                      -         -              -
b2bee      premium              first_response  critical                      60        Mon-Sun 08-24  open
b2bee      premium              first_response  significant                   60        Mon-Fri 08-22  closed
b2bee      premium              first_response  minor                         240       Mon-Fri 08-20  closed
b2bee      premium              first_response  no-impact                     480       Mon-Fri 09-17  closed
b2bee      premium              next_response   critical                      -         -              -
b2bee      premium              resolution      critical                      -         -              -
owox       enterprise           first_response  urgent                        120       Mon-Fri 09-17  closed
owox       enterprise           first_response  high                          120       Mon-Fri 09-17  closed
owox       enterprise           first_response  normal                        120       Mon-Fri 09-17  closed
owox       enterprise           next_response   urgent                        120       Mon-Fri 09-17  closed
owox       enterprise           next_response   normal                        120       Mon-Fri 09-17  closed
owox       enterprise           resolution      normal                        -         -              -
owox       reports-attribution  first_response  urgent                        240       Mon-Fri 09-17  closed
owox       reports-attribution  first_response  high                          240       Mon-Fri 09-17  closed
owox       reports-attribution  first_response  normal                        240       Mon-Fri 09-17  closed
owox       reports-attribution  next_response   normal                        240       Mon-Fri 09-17  closed
owox       reports-attribution  resolution      normal                        -         -              -
owox       marketing-data       first_response  urgent                        480       Mon-Fri 09-17  closed
owox       marketing-data       first_response  high                          480       Mon-Fri 09-17  closed
owox       marketing-data       first_response  normal                        480       Mon-Fri 09-17  closed
owox       marketing-data       next_response   normal                        480       Mon-Fri 09-17  closed
owox       marketing-data       resolution      normal                        -         -              -
owox       enterprise-archive   first_response  urgent                        120       Mon-Fri 09-17  closed
owox       enterprise-archive   first_response  normal                        120       Mon-Fri 09-17  closed
owox       enterprise-archive   next_response   normal                        120       Mon-Fri 09-17  closed
owox       business-archive     first_response  urgent                        240       Mon-Fri 09-17  closed
owox       business-archive     first_response  normal                        240       Mon-Fri 09-17  closed
owox       business-archive     next_response   normal                        240       Mon-Fri 09-17  closed
owox       basic-archive        first_response  urgent                        480       Mon-Fri 09-17  closed
owox       basic-archive        first_response  normal                        480       Mon-Fri 09-17  closed
owox       basic-archive        next_response   normal                        480       Mon-Fri 09-17  closed
owox       cost-data-archive    first_response  urgent                        720       Mon-Fri 09-17  closed
owox       cost-data-archive    first_response  normal                        720       Mon-Fri 09-17  closed
owox       cost-data-archive    next_response   normal                        720       Mon-Fri 09-17  closed
procrm     support              first_response  normal//billing/SLA1          120       Mon-Fri 09-18  closed
procrm     support              first_response  normal//basic-use/SLA1        120       Mon-Fri 09-18  closed
procrm     support              first_response  normal//product-advice/SLA2   240/soft  Mon-Fri 09-18  closed
procrm     support              first_response  normal//development/SLA3      240/soft  Mon-Fri 09-18  closed
procrm     support              first_response  normal//basic-use/SLA2        240/soft  Mon-Fri 09-18  closed
procrm     support              first_response  normal//billing/SLA3          240/soft  Mon-Fri 09-18  closed
procrm     support              first_response  normal//training              -         -              -
procrm     support              next_response   normal//billing/SLA1          -         -              -
procrm     support              resolution      normal//billing/SLA1          -         -              -
creatio    basic                first_response  high                          240       Mon-Fri 09-18  closed
creatio    basic                first_response  medium                        480       Mon-Fri 09-18  closed
creatio    basic                first_response  low                           -         -              -
creatio    basic                next_response   high                          -         -              -
creatio    basic                resolution      high                          -         -              -
creatio    business             first_response  high                          60        Mon-Sun 09-18  open
creatio    business             first_response  medium                        240       Mon-Sun 09-18  open
creatio    business             first_response  low                           -         -              -
creatio    business             next_response   high                          -         -              -
creatio    business             resolution      high                          -         -              -
creatio    premium              first_response  high                          30        24/7           open
creatio    premium              first_response  medium                        120       24/7           open
creatio    premium              first_response  low                           -         -              -
creatio    premium              next_response   high                          -         -              -
creatio    premium              resolution      high                          -         -              -
"""
ROWS = [
    pytest.param(*line.split(maxsplit=4), id="-".join(line.split()[:4])) for line in PROMISES.strip().splitlines()[1:]
]

CLOCKS = [  # desk, region, hours that its clock is ahead of UTC, in winter and in summer
    ("beesender", "gmt+1", 1, 1),
    ("beesender", "gmt+2", 2, 2),
    ("beesender", "gmt+3", 3, 3),
    ("beesender", "gmt+8", 8, 8),
    ("beesender", "gmt+10", 10, 10),
    ("beesender", "gmt-2", -2, -2),
    ("creatio", "gmt+1", 1, 1),
    ("creatio", "gmt+2", 2, 2),
    ("creatio", "gmt+3", 3, 3),
    ("creatio", "gmt+8", 8, 8),
    ("creatio", "gmt+10", 10, 10),
    ("creatio", "gmt-2", -2, -2),
    ("creatio", "gmt-5", -5, -5),
    ("owox", None, 2, 2),
    ("b2bee", None, 1, 2),
    ("procrm", None, 2, 3),
]

PLANS = [  # desk, plan, contacts (None for anybody), whose questions are answered, ahead in a queue, archived
    ("beesender", "basic", 2, ("administrator",), False, False),
    ("beesender", "business", 5, ("administrator", "user"), False, False),
    ("beesender", "premium", 15, ("administrator", "user"), False, False),
    ("b2bee", "basic", 1, None, False, False),
    ("b2bee", "standard", 2, None, True, False),
    ("b2bee", "premium", 3, None, True, False),
    ("owox", "enterprise", None, None, True, False),
    ("owox", "reports-attribution", None, None, False, False),
    ("owox", "marketing-data", None, None, False, False),
    ("owox", "enterprise-archive", None, None, True, True),
    ("owox", "business-archive", None, None, False, True),
    ("owox", "basic-archive", None, None, False, True),
    ("owox", "cost-data-archive", None, None, False, True),
    ("procrm", "support", None, None, False, False),
    ("creatio", "basic", 2, None, False, False),
    ("creatio", "business", 5, None, False, False),
    ("creatio", "premium", 15, None, True, False),
]

TICKET, TALK = {"chat", "ticket", "email"}, {"ticket", "email"}
CHANNELS = [  # desk, plan, priority, use, ways to reach the desk
    ("beesender", "basic", "P1", "open", {"chatbot", "email", "portal"}),
    ("beesender", "basic", "P1", "talk", {"email"}),
    ("beesender", "business", "P1", "open", {"chatbot", "email", "portal"}),
    ("beesender", "business", "P1", "talk", {"email", "phone"}),
    ("beesender", "premium", "P4", "open", {"chatbot", "email", "portal"}),
    ("beesender", "premium", "P4", "talk", {"email", "phone", "skype"}),
    ("b2bee", "basic", "critical", "", TICKET),
    ("b2bee", "basic", "significant", "", TICKET),
    ("b2bee", "basic", "minor", "", TALK),
    ("b2bee", "basic", "no-impact", "", TALK),
    ("b2bee", "standard", "critical", "", TICKET),
    ("b2bee", "standard", "significant", "", TICKET),
    ("b2bee", "standard", "minor", "", TICKET),
    ("b2bee", "standard", "no-impact", "", TALK),
    ("b2bee", "premium", "critical", "", {"phone", *TICKET}),
    ("b2bee", "premium", "significant", "", {"phone", *TICKET}),
    ("b2bee", "premium", "minor", "", TICKET),
    ("b2bee", "premium", "no-impact", "", TICKET),
    ("owox", "enterprise", "normal", "", {"phone", "personal-email", "chat", "email"}),
    ("owox", "reports-attribution", "normal", "", {"personal-email", "chat", "email"}),
    ("owox", "marketing-data", "normal", "", {"chat", "email"}),
    ("owox", "enterprise-archive", "normal", "", {"phone", "personal-email", "chat", "email"}),
    ("owox", "business-archive", "normal", "", {"personal-email", "chat", "email"}),
    ("owox", "basic-archive", "normal", "", {"chat", "email"}),
    ("owox", "cost-data-archive", "normal", "", {"chat", "email"}),
    ("procrm", "support", "normal", "", {"bitrix24-chat", "site-messenger"}),
    ("creatio", "basic", "high", "", {"portal", "email"}),
    ("creatio", "business", "high", "", {"portal", "email", "phone", "screen-sharing"}),
    ("creatio", "premium", "high", "", {"portal", "email", "phone", "screen-sharing"}),
]

A_MONTH, A_DAY = Period.MONTH, Period.DAY
QUOTAS = [  # desk, plan, unit, limits
    ("b2bee", "basic", "credits", {(1, A_MONTH), (2, A_DAY)}),
    ("b2bee", "standard", "credits", {(5, A_MONTH), (2, A_DAY)}),
    ("b2bee", "premium", "credits", {(10, A_MONTH), (2, A_DAY)}),
    ("creatio", "basic", "citizen-development", {(5, Period.CONTRACT_YEAR)}),
]

TOPICS = [  # desk, topic, level, priority, support
    ("beesender", "business-processes", "", "", Support.ADVICE),
    ("beesender", "changed-packages", "", "", Support.REFUSED),
    ("beesender", "licence-expired", "", "P1", Support.FULL),
    ("b2bee", "development", "", "", Support.QUOTED),
    ("procrm", "billing", "SLA1", "", Support.FULL),
    ("procrm", "basic-use", "SLA1", "", Support.FULL),
    ("procrm", "product-advice", "SLA2", "", Support.FULL),
    ("procrm", "system-administration", "SLA3", "", Support.FULL),
    ("procrm", "development", "SLA3", "", Support.FULL),
    ("procrm", "new-processes", "", "", Support.QUOTED),
    ("procrm", "others-work", "", "", Support.QUOTED),
    ("procrm", "training", "", "", Support.QUOTED),
    ("creatio", "platform", "", "", Support.FULL),
    ("creatio", "processes", "", "", Support.FULL),
    ("creatio", "ui-logic", "", "", Support.FULL),
    ("creatio", "analytics", "", "", Support.FULL),
    ("creatio", "administration", "", "", Support.FULL),
    ("creatio", "development", "", "", Support.FULL),
    ("creatio", "marketplace", "", "", Support.ELSEWHERE),
]


@cache
def example(desk: str) -> Configuration:
    """An example, read as the daemon reads it."""
    return load(EXAMPLES / desk, environment={})


def plan_of(desk: str, plan: str) -> Plan:
    return example(desk).desk.plans[plan]


def promised(desk: str, plan: str, metric: str, ticket: str, *, timezone: str = "UTC") -> Target | None:
    """What the plan promises to a ticket of these traits, on a clock whose holiday is A_HOLIDAY."""
    rows = with_contract(plan_of(desk, plan).targets.get(Metric(metric), ()), ())
    targets = [resolved(row, timezone=timezone, holidays=A_HOLIDAY) for row in rows]
    return target_for(targets, Traits(*ticket.split("/")))


def week(name: str) -> Week:
    days, start, end = OPENINGS[name]
    mon, tue, wed, thu, fri, sat, sun = ((Window(start * 60, end * 60),) if day in days else () for day in range(7))
    return (mon, tue, wed, thu, fri, sat, sun)


@pytest.mark.parametrize("desk", DESKS)
def test_an_example_is_in_order_as_it_stands(desk: str) -> None:
    found = example(desk)
    assert found.warnings == ()
    assert found.desk == load_desk(EXAMPLES / desk).desk
    assert found.directory == load_desk(EXAMPLES / desk).directory


def test_every_example_and_every_plan_has_its_rows() -> None:
    assert {path.name for path in EXAMPLES.iterdir()} == set(DESKS)
    tested = {tuple(row.values[:2]) for row in ROWS}
    assert tested == {(desk, plan) for desk in DESKS for plan in example(desk).desk.plans}
    assert len(ROWS) > 90


@pytest.mark.parametrize(("desk", "plan", "metric", "ticket", "rest"), ROWS)
def test_a_promise_is_the_published_one(desk: str, plan: str, metric: str, ticket: str, rest: str) -> None:
    time, _, opening = rest.partition(" ")
    hours, _, holidays = opening.strip().rpartition(" ")
    found = promised(desk, plan, metric, ticket)
    if time == "-":
        assert found is None
        return
    assert found is not None
    minutes, _, soft = time.partition("/")
    assert (found.minutes, found.soft, found.counting) == (int(minutes), soft == "soft", Counting.OPEN)
    assert found.calendar.week == week(hours.strip())
    assert (found.calendar.holidays == A_HOLIDAY) is (holidays == "closed")


@pytest.mark.parametrize(("desk", "region", "winter", "summer"), CLOCKS)
def test_hours_tick_on_the_published_clock(desk: str, region: str | None, winter: int, summer: int) -> None:
    found = example(desk).desk
    zone = ZoneInfo(found.regions[region].timezone if region else found.timezone)
    ahead = [datetime(2026, month, 15, tzinfo=zone).utcoffset() for month in (1, 7)]
    assert ahead == [timedelta(hours=winter), timedelta(hours=summer)]


def test_the_chat_has_hours_of_its_own() -> None:
    assert example("owox").desk.hours["chat"].week == week("Mon-Fri 10-18")


def test_only_two_desks_have_regions() -> None:
    assert [len(example(desk).desk.regions) for desk in DESKS] == [6, 0, 0, 0, 7]


@pytest.mark.parametrize(("desk", "plan", "contacts", "answers", "ahead", "archived"), PLANS)
def test_a_plan_is_for_so_many_people(
    desk: str, plan: str, contacts: int | None, answers: tuple[str, ...] | None, ahead: bool, archived: bool
) -> None:
    found = plan_of(desk, plan)
    assert (found.contacts, found.answers, found.ahead, found.archived) == (contacts, answers, ahead, archived)


@pytest.mark.parametrize(("desk", "plan", "priority", "use", "ways"), CHANNELS)
def test_the_desk_is_reached_by_the_published_channels(
    desk: str, plan: str, priority: str, use: str, ways: set[str]
) -> None:
    assert set(plan_of(desk, plan).channels_for(Traits(priority), use=use)) == ways


@pytest.mark.parametrize(("desk", "plan", "unit", "limits"), QUOTAS)
def test_a_quota_has_its_limits(desk: str, plan: str, unit: str, limits: set[tuple[int, Period]]) -> None:
    assert set(plan_of(desk, plan).quota) == {unit}
    assert set(plan_of(desk, plan).quota[unit]) == {Limit(count, period) for count, period in limits}


def test_no_other_plan_has_a_quota() -> None:
    limited = {(desk, plan.key) for desk in DESKS for plan in example(desk).desk.plans.values() if plan.quota}
    assert limited == {(desk, plan) for desk, plan, *_ in QUOTAS}


def test_credits_are_spent_by_every_request_and_never_stop_an_outage() -> None:
    credit = example("b2bee").desk.units["credits"]
    assert (credit.topics, credit.when_used_up, credit.when_day_is_full) == (None, WhenUsedUp.QUOTE, WhenUsedUp.WAIT)
    assert credit.never_stops == {"critical"}


def test_five_cases_a_year_are_one_pool_over_three_topics() -> None:
    cases = example("creatio").desk.units["citizen-development"]
    assert cases.topics == {"processes", "ui-logic", "analytics"}
    assert cases.when_used_up is WhenUsedUp.REFUSE


@pytest.mark.parametrize(("desk", "topic", "level", "priority", "support"), TOPICS)
def test_a_topic_leads_where_it_should(desk: str, topic: str, level: str, priority: str, support: Support) -> None:
    found = example(desk).desk.topics[topic]
    assert (found.level, found.priority, found.support) == (level, priority, support)


def test_what_only_some_may_ask() -> None:
    asked = {(desk, topic.key): topic for desk in DESKS for topic in example(desk).desk.topics.values()}
    assert {key for key, topic in asked.items() if topic.only_for or topic.plans is not None} == {
        ("creatio", "development")
    }
    development = asked["creatio", "development"]
    assert (development.only_for, development.plans) == ("certified-developer", {"premium"})
    assert {key for key, topic in asked.items() if topic.after_contract_end} == {("beesender", "licence-expired")}


@pytest.mark.parametrize(
    ("desk", "priorities", "default"),
    [
        ("beesender", ["P1", "P2", "P3", "P4"], "P3"),
        ("b2bee", ["critical", "significant", "minor", "no-impact"], "minor"),
        ("owox", ["urgent", "high", "normal"], "normal"),
        ("procrm", ["normal"], "normal"),
        ("creatio", ["high", "medium", "low"], "medium"),
    ],
)
def test_priorities_are_ranked_as_published(desk: str, priorities: list[str], default: str) -> None:
    found = example(desk).desk
    assert [each.key for each in found.priorities] == priorities
    assert found.default_priority == default
    assert not found.sender_decides_priority


def test_a_request_is_never_more_urgent_than_p3() -> None:
    found = {each.key: each.priorities for each in example("beesender").desk.categories}
    assert found == {"incident": ("P1", "P2", "P3", "P4"), "request": ("P3", "P4")}


def test_the_five_statuses_have_their_own_words() -> None:
    found = example("owox").desk
    assert found.statuses == {
        Status.NEW: "Новый",
        Status.OPEN: "Открыт",
        Status.WAITING: "Ждет вашего ответа",
        Status.HOLD: "На удержании",
        Status.CLOSED: "Закрыт",
    }
    assert not found.solved
    assert (found.clock_rules.external_stops, found.clock_rules.internal_stops) == (True, False)


@pytest.mark.parametrize(
    ("desk", "levels"),
    [("procrm", ["SLA1", "SLA2", "SLA3"]), ("creatio", ["L1", "L2", "L3", "L4"]), ("owox", [])],
)
def test_the_ladder_has_its_rungs(desk: str, levels: list[str]) -> None:
    assert [each.key for each in example(desk).desk.levels] == levels


def test_each_level_has_its_team_and_its_own_clock() -> None:
    found = example("procrm")
    assert [team.levels for team in found.directory.teams.values()] == [("SLA1",), ("SLA2",), ("SLA3",)]
    assert found.desk.clock_rules.restarts


def test_mail_opens_no_tickets_but_for_quality_control() -> None:
    support, control = example("procrm").desk.mailboxes
    assert (support.new_mail, bool(support.to)) == ("redirect", True)
    assert (control.address, control.new_mail, control.queue) == ("control@procrm.example", "open", "quality-control")
    others = [box for desk in DESKS if desk != "procrm" for box in example(desk).desk.mailboxes]
    assert {box.new_mail for box in others} == {"open"}


def test_pictures_and_videos_are_wanted_at_procrm() -> None:
    request = example("procrm").desk.request
    assert request is not None
    assert {"jpg", "gif", "png"} <= set(request.attachments)
    assert len(request.wants) == 4


def test_a_guaranteed_solution_is_what_the_contract_says() -> None:
    found = example("creatio")
    (contract,) = found.directory.accounts["bien-xanh"].contracts
    rows = with_contract(plan_of("creatio", "premium").targets[Metric.RESOLUTION], contract.targets[Metric.RESOLUTION])
    targets = [resolved(row, timezone="Etc/GMT-8", holidays=Holidays()) for row in rows]
    agreed = [target_for(targets, Traits(priority)) for priority in ("high", "medium", "low")]
    assert [target and (target.minutes, target.calendar.always) for target in agreed] == [
        (1440, True),
        (4320, True),
        None,
    ]


def test_a_day_of_promised_time_is_three_days_of_eight_hours() -> None:
    """DOMAIN BB3, and the example of S12: Minor on Monday at ten is due on Thursday at ten."""
    minor = promised("b2bee", "basic", "first_response", "minor", timezone=example("b2bee").desk.timezone)
    assert minor is not None
    assert minor.minutes is not None
    monday = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert due(minor.calendar, monday, timedelta(minutes=minor.minutes)) == monday + timedelta(days=3)


def test_slovenian_holidays_are_no_working_days() -> None:
    holidays = example("b2bee").desk.holidays
    fixed = [(1, 1), (1, 2), (2, 8), (4, 27), (5, 1), (5, 2), (6, 25), (8, 15), (10, 31), (11, 1), (12, 25), (12, 26)]
    days = [*(date(2026, month, day) for month, day in fixed), date(2026, 4, 6), date(2027, 3, 29)]
    closed = [day for day in days if day in holidays.dates or (day.month, day.day) in holidays.yearly]
    assert closed == days
    assert date(2026, 4, 7) not in holidays.dates


def test_a_consultant_serves_two_customers() -> None:
    found = example("beesender").directory
    listed = found.contacts("iris@advice.example")
    assert [account.key for account, _ in listed] == ["baker-shop", "harbour"]
    assert found.contact("iris@advice.example") == listed[0]
