from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailintake.domain.quota import Limit, Period, Unit, WhenUsedUp
from mailintake.entitlement.quota import (
    LONGEST_WAIT,
    Allowance,
    Judgement,
    Lack,
    Span,
    Spent,
    Verdict,
    first_day_with_room,
    judge,
    midnight,
    period_of,
    strictest,
)

ZONES = st.sampled_from(
    ["Asia/Ho_Chi_Minh", "America/New_York", "Pacific/Apia", "Asia/Kathmandu", "America/Havana", "Africa/Cairo", "UTC"]
)
DAYS = st.dates(date(2008, 1, 1), date(2032, 12, 31))
INSTANTS = st.integers(0, 750_000_000).map(
    lambda seconds: datetime(2008, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
PERIODS = st.sampled_from(Period)
BEGINS = st.none() | DAYS | st.sampled_from([date(2024, 2, 29), date(2023, 1, 31), date(2023, 8, 30)])

PER_MONTH, PER_DAY = Limit(5, Period.MONTH), Limit(2, Period.DAY)
NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = NOON.date()


def of_credits(
    *limits: Limit,
    used_up: WhenUsedUp = WhenUsedUp.QUOTE,
    day_full: WhenUsedUp = WhenUsedUp.WAIT,
    never_stops: frozenset[str] = frozenset(),
    timezone: str = "UTC",
) -> Allowance:
    unit = Unit("credits", when_used_up=used_up, when_day_is_full=day_full, never_stops=never_stops)
    return Allowance(unit, limits or (PER_MONTH, PER_DAY), timezone)


def judged(
    allowance: Allowance, spent: dict[date, int], *, at: datetime = NOON, priority: str = "minor", topic: str = ""
) -> Judgement:
    return judge(allowance, at, Spent(spent), priority=priority, topic=topic)


class TestPeriods:
    @pytest.mark.parametrize(
        ("period", "expected"),
        [
            (Period.DAY, (date(2026, 1, 1), date(2026, 1, 2))),
            (Period.WEEK, (date(2025, 12, 29), date(2026, 1, 5))),
            (Period.MONTH, (date(2026, 1, 1), date(2026, 2, 1))),
            (Period.YEAR, (date(2026, 1, 1), date(2027, 1, 1))),
            (Period.CONTRACT_MONTH, (date(2025, 12, 15), date(2026, 1, 15))),
            (Period.CONTRACT_YEAR, (date(2025, 6, 15), date(2026, 6, 15))),
        ],
    )
    def test_the_received_instant_is_read_in_the_accounts_zone(
        self, period: Period, expected: tuple[date, date]
    ) -> None:
        at = datetime(2025, 12, 31, 17, 0, tzinfo=UTC)  # midnight of the new year in Vietnam
        assert period_of(period, at, timezone="Asia/Ho_Chi_Minh", begins=date(2024, 6, 15)) == expected

    @pytest.mark.parametrize(
        ("begins", "day", "expected"),
        [
            (date(2023, 1, 31), date(2023, 2, 27), (date(2023, 1, 31), date(2023, 2, 28))),
            (date(2023, 1, 31), date(2023, 2, 28), (date(2023, 2, 28), date(2023, 3, 31))),
            (date(2023, 1, 31), date(2023, 3, 30), (date(2023, 2, 28), date(2023, 3, 31))),
            (date(2023, 1, 31), date(2024, 2, 29), (date(2024, 2, 29), date(2024, 3, 31))),
            (date(2023, 1, 31), date(2022, 12, 30), (date(2022, 11, 30), date(2022, 12, 31))),
        ],
    )
    def test_a_contract_of_the_31st_does_not_drift(self, begins: date, day: date, expected: tuple[date, date]) -> None:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        assert period_of(Period.CONTRACT_MONTH, noon, timezone="UTC", begins=begins) == expected

    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            (date(2024, 2, 29), (date(2024, 2, 29), date(2025, 2, 28))),
            (date(2025, 2, 27), (date(2024, 2, 29), date(2025, 2, 28))),
            (date(2025, 2, 28), (date(2025, 2, 28), date(2026, 2, 28))),
            (date(2028, 2, 28), (date(2027, 2, 28), date(2028, 2, 29))),
            (date(2028, 2, 29), (date(2028, 2, 29), date(2029, 2, 28))),
        ],
    )
    def test_a_contract_of_29_february_has_its_anniversary_on_the_28th(
        self, day: date, expected: tuple[date, date]
    ) -> None:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
        assert period_of(Period.CONTRACT_YEAR, noon, timezone="UTC", begins=date(2024, 2, 29)) == expected

    @given(INSTANTS, ZONES)
    def test_a_contract_without_a_beginning_follows_the_calendar(self, at: datetime, timezone: str) -> None:
        for ours, calendars in ((Period.CONTRACT_MONTH, Period.MONTH), (Period.CONTRACT_YEAR, Period.YEAR)):
            assert period_of(ours, at, timezone=timezone) == period_of(calendars, at, timezone=timezone)

    @given(PERIODS, INSTANTS, ZONES, BEGINS)
    def test_a_period_holds_the_local_day(
        self, period: Period, at: datetime, timezone: str, begins: date | None
    ) -> None:
        start, end = period_of(period, at, timezone=timezone, begins=begins)
        assert start <= at.astimezone(ZoneInfo(timezone)).date() < end

    @given(PERIODS, INSTANTS, ZONES, BEGINS)
    def test_periods_part_time_without_gap_or_overlap(
        self, period: Period, at: datetime, timezone: str, begins: date | None
    ) -> None:
        start, end = period_of(period, at, timezone=timezone, begins=begins)
        opens, closes = midnight(start, timezone), midnight(end, timezone)
        assert period_of(period, closes - timedelta(microseconds=1), timezone=timezone, begins=begins) == (start, end)
        assert period_of(period, closes, timezone=timezone, begins=begins)[0] >= end
        if opens < closes:  # else the whole day was skipped
            assert period_of(period, opens, timezone=timezone, begins=begins) == (start, end)
            assert opens <= at < closes

    @given(st.sampled_from([Period.CONTRACT_MONTH, Period.CONTRACT_YEAR]), DAYS, st.integers(1, 30))
    def test_following_periods_begin_where_the_last_one_ended(self, period: Period, begins: date, count: int) -> None:
        firsts, at = [begins], midnight(begins, "UTC")
        for _ in range(count):
            start, end = period_of(period, at, timezone="UTC", begins=begins)
            assert start == firsts[-1]
            firsts.append(end)
            at = midnight(end, "UTC")
        months = 1 if period is Period.CONTRACT_MONTH else 12
        assert all((b.year - a.year) * 12 + b.month - a.month == months for a, b in pairwise(firsts))
        assert all(first.day == begins.day or (first + timedelta(days=1)).day == 1 for first in firsts)


class TestMidnight:
    @pytest.mark.parametrize(
        ("day", "timezone", "expected"),
        [
            (date(2026, 3, 10), "Asia/Kathmandu", datetime(2026, 3, 9, 18, 15, tzinfo=UTC)),
            (date(2026, 3, 9), "America/New_York", datetime(2026, 3, 9, 4, 0, tzinfo=UTC)),
            (date(2018, 11, 4), "America/Sao_Paulo", datetime(2018, 11, 4, 3, 0, tzinfo=UTC)),  # begins at 01:00
            (date(2011, 12, 30), "Pacific/Apia", datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),  # there was no such day
            (date(2011, 12, 31), "Pacific/Apia", datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),
            (date(2023, 11, 5), "America/Havana", datetime(2023, 11, 5, 4, 0, tzinfo=UTC)),  # 00:00 comes twice
        ],
    )
    def test_a_day_begins_with_its_first_moment(self, day: date, timezone: str, expected: datetime) -> None:
        assert midnight(day, timezone) == expected

    @given(DAYS, ZONES | st.sampled_from(["America/Sao_Paulo", "Asia/Beirut", "America/St_Johns"]))
    def test_nothing_of_a_day_comes_before_its_midnight(self, day: date, timezone: str) -> None:
        first = midnight(day, timezone)
        zone = ZoneInfo(timezone)
        assert first.astimezone(zone).date() >= day
        assert (first - timedelta(seconds=1)).astimezone(zone).date() < day


class TestWhatIsLeft:
    def test_something_left_is_spent_on_the_day_of_the_mail(self) -> None:
        found = judged(of_credits(timezone="Asia/Ho_Chi_Minh"), {}, at=datetime(2026, 3, 31, 17, tzinfo=UTC))
        assert (found.verdict, found.lack, found.day) == (Verdict.SPEND, Lack.NONE, date(2026, 4, 1))
        assert found.starts_at is None

    def test_the_letter_says_what_is_left_of_the_month(self) -> None:
        found = judged(of_credits(), {date(2026, 3, 2): 1, date(2026, 2, 28): 5, TODAY: 1})
        assert found.span == Span(PER_MONTH, date(2026, 3, 1), date(2026, 4, 1))
        assert (found.used, found.left) == (2, 2)
        assert found.next_begins == datetime(2026, 4, 1, tzinfo=UTC)

    def test_of_several_periods_the_scarcest_is_told(self) -> None:
        found = judged(of_credits(Limit(20, Period.YEAR), PER_MONTH), {date(2026, 1, 7): 17})
        assert found.span
        assert (found.span.limit, found.left) == (Limit(20, Period.YEAR), 2)

    def test_a_unit_of_other_topics_is_not_concerned(self) -> None:
        unit = Unit("cases", topics=frozenset({"processes"}))
        allowance = Allowance(unit, (Limit(0, Period.YEAR),), "UTC")
        for topic in ("analytics", ""):
            assert judged(allowance, {}, topic=topic) == Judgement("cases", Verdict.FREE)
        assert judged(allowance, {}, topic="processes").verdict is Verdict.REFUSE

    def test_a_plan_without_limits_counts_nothing(self) -> None:
        found = judged(Allowance(Unit("credits"), (), "UTC"), {TODAY: 99})
        assert (found.verdict, found.day, found.left, found.next_begins) == (Verdict.FREE, None, 0, None)

    def test_a_spend_given_back_leaves_room_in_its_own_month_only(self) -> None:
        february = {date(2026, 2, 10): 4, TODAY: 5}
        assert judged(of_credits(PER_MONTH), february).verdict is Verdict.QUOTE
        assert judged(of_credits(PER_MONTH), {**february, date(2026, 2, 10): 3}).verdict is Verdict.QUOTE
        assert judged(of_credits(PER_MONTH), {**february, TODAY: 4}).verdict is Verdict.SPEND

    def test_storage_is_asked_for_the_longest_period(self) -> None:
        limits = (PER_DAY, PER_MONTH, Limit(9, Period.CONTRACT_YEAR))
        allowance = Allowance(Unit("credits"), limits, "UTC", begins=date(2025, 5, 7))
        assert allowance.looks_back_to(NOON) == date(2025, 5, 7)
        assert Allowance(Unit("credits"), (), "UTC").looks_back_to(NOON) == TODAY


class TestNothingLeft:
    @pytest.mark.parametrize(
        ("setting", "verdict"),
        [
            (WhenUsedUp.REFUSE, Verdict.REFUSE),
            (WhenUsedUp.QUOTE, Verdict.QUOTE),
            (WhenUsedUp.WAIT, Verdict.WAIT),
            (WhenUsedUp.ACCEPT, Verdict.OVER),
        ],
    )
    def test_a_used_up_month_is_handled_as_the_desk_says(self, setting: WhenUsedUp, verdict: Verdict) -> None:
        found = judged(of_credits(used_up=setting), {date(2026, 3, 2): 5})
        assert (found.verdict, found.lack) == (verdict, Lack.PERIOD)
        assert (found.used, found.left) == (5, 0)
        assert found.next_begins == datetime(2026, 4, 1, tzinfo=UTC)
        days = {Verdict.WAIT: date(2026, 4, 1), Verdict.OVER: TODAY}
        assert found.day == days.get(verdict)
        assert found.starts_at == (datetime(2026, 4, 1, tzinfo=UTC) if verdict is Verdict.WAIT else None)

    @pytest.mark.parametrize(
        ("setting", "verdict", "day"),
        [
            (WhenUsedUp.REFUSE, Verdict.REFUSE, None),
            (WhenUsedUp.WAIT, Verdict.WAIT, TODAY + timedelta(days=1)),
            (WhenUsedUp.ACCEPT, Verdict.OVER, TODAY),
        ],
    )
    def test_a_full_day_is_handled_as_the_desk_says(
        self, setting: WhenUsedUp, verdict: Verdict, day: date | None
    ) -> None:
        found = judged(of_credits(day_full=setting), {TODAY: 2})
        assert (found.verdict, found.lack, found.day) == (verdict, Lack.DAY, day)
        assert found.span == Span(PER_DAY, TODAY, TODAY + timedelta(days=1))

    def test_used_up_comes_before_full_for_the_day(self) -> None:
        found = judged(of_credits(), {date(2026, 3, 2): 3, TODAY: 2})
        assert (found.verdict, found.lack) == (Verdict.QUOTE, Lack.PERIOD)

    def test_the_longest_lasting_lack_is_told(self) -> None:
        limits = (Limit(1, Period.WEEK), Limit(1, Period.YEAR), PER_MONTH)
        found = judged(of_credits(*limits), {TODAY: 1})
        assert found.span
        assert found.span.limit.period is Period.YEAR

    def test_a_lone_daily_limit_is_the_days(self) -> None:
        assert judged(of_credits(PER_DAY), {TODAY: 2}).lack is Lack.DAY

    def test_what_never_stops_passes_and_spends_nothing(self) -> None:
        always = of_credits(used_up=WhenUsedUp.REFUSE, day_full=WhenUsedUp.REFUSE, never_stops=frozenset({"critical"}))
        for spent in ({date(2026, 3, 2): 5}, {TODAY: 2}):
            found = judged(always, spent, priority="critical")
            assert (found.verdict, found.day) == (Verdict.EXEMPT, None)
            assert judged(always, spent, priority="minor").verdict is Verdict.REFUSE

    def test_what_never_stops_spends_what_is_left(self) -> None:
        found = judged(of_credits(never_stops=frozenset({"critical"})), {TODAY: 1}, priority="critical")
        assert (found.verdict, found.day) == (Verdict.SPEND, TODAY)

    def test_overage_keeps_the_month_used_up(self) -> None:
        found = judged(of_credits(PER_MONTH, used_up=WhenUsedUp.ACCEPT), {TODAY: 6})
        assert (found.verdict, found.used, found.left) == (Verdict.OVER, 6, 0)


class TestWaiting:
    def test_tomorrow_may_be_full_of_those_who_wait_already(self) -> None:
        found = judged(of_credits(Limit(9, Period.MONTH), PER_DAY), {TODAY: 2, TODAY + timedelta(days=1): 2})
        assert found.day == TODAY + timedelta(days=2)

    def test_a_day_of_the_next_month_has_that_months_allowance(self) -> None:
        last = datetime(2026, 3, 31, 12, tzinfo=UTC)
        spent = {date(2026, 3, 2): 2, date(2026, 3, 31): 2}
        assert judged(of_credits(), spent, at=last).day == date(2026, 4, 1)
        taken = spent | {date(2026, 4, 1): 2, date(2026, 4, 2): 2, date(2026, 4, 3): 1}
        assert judged(of_credits(), taken, at=last).day == date(2026, 5, 1)

    def test_those_who_wait_for_tomorrow_use_up_this_month(self) -> None:
        found = judged(of_credits(), {TODAY: 2, TODAY + timedelta(days=1): 2, TODAY + timedelta(days=2): 1})
        assert (found.verdict, found.lack) == (Verdict.QUOTE, Lack.PERIOD)

    def test_the_clock_starts_at_the_accounts_midnight(self) -> None:
        allowance = of_credits(timezone="America/New_York")
        found = judged(allowance, {date(2026, 3, 7): 2}, at=datetime(2026, 3, 8, 4, 59, tzinfo=UTC))
        assert (found.day, found.starts_at) == (date(2026, 3, 8), datetime(2026, 3, 8, 5, tzinfo=UTC))

    def test_what_would_wait_for_ever_is_refused(self) -> None:
        found = judged(of_credits(Limit(0, Period.MONTH), used_up=WhenUsedUp.WAIT), {})
        assert (found.verdict, found.lack, found.day) == (Verdict.REFUSE, Lack.PERIOD, None)

    def test_a_used_up_year_waits_for_the_next(self) -> None:
        year = of_credits(Limit(1, Period.YEAR), used_up=WhenUsedUp.WAIT)
        assert judged(year, {date(2026, 1, 1): 1}, at=datetime(2026, 1, 1, 9, tzinfo=UTC)).day == date(2027, 1, 1)

    @given(
        st.dictionaries(st.integers(0, 60).map(lambda n: TODAY + timedelta(days=n)), st.integers(1, 3), max_size=40),
        st.lists(st.builds(Limit, st.integers(0, 4), PERIODS), min_size=1, max_size=3, unique_by=lambda it: it.period),
        BEGINS,
    )
    def test_the_first_day_with_room_is_the_first(
        self, spent: dict[date, int], limits: list[Limit], begins: date | None
    ) -> None:
        allowance = Allowance(Unit("credits"), limits, "UTC", begins)

        def has_room(day: date) -> bool:
            return all(
                sum(count for on, count in spent.items() if span.start <= on < span.end) < span.limit.count
                for span in allowance.spans_on(day)
            )

        days = (TODAY + timedelta(days=n) for n in range(1, LONGEST_WAIT.days + 1))
        assert first_day_with_room(allowance, Spent(spent), after=TODAY) == next(filter(has_room, days), None)

    @given(
        st.lists(st.integers(0, 5), min_size=1, max_size=60),
        st.integers(1, 6),
        st.integers(1, 3),
    )
    def test_waiting_never_breaks_a_limit(self, gaps: list[int], per_month: int, per_day: int) -> None:
        allowance = of_credits(
            Limit(per_month, Period.MONTH), Limit(per_day, Period.DAY), used_up=WhenUsedUp.WAIT, timezone="UTC"
        )
        spent: dict[date, int] = {}
        at = NOON
        for gap in gaps:
            at += timedelta(hours=gap * 7)
            found = judged(allowance, spent, at=at)
            if found.day:
                assert found.day >= at.date()
                spent[found.day] = spent.get(found.day, 0) + 1
        for day in spent:
            assert all(Spent(spent).within(span) <= span.limit.count for span in allowance.spans_on(day))


def test_of_several_units_the_strictest_decides() -> None:
    free, spend = Judgement("a", Verdict.FREE), Judgement("b", Verdict.SPEND, day=TODAY)
    soon = Judgement("c", Verdict.WAIT, day=TODAY + timedelta(days=1))
    late = Judgement("d", Verdict.WAIT, day=TODAY + timedelta(days=20))
    quote, refuse = Judgement("e", Verdict.QUOTE), Judgement("f", Verdict.REFUSE)
    assert strictest([free, spend, Judgement("g", Verdict.OVER), Judgement("h", Verdict.EXEMPT)]) is None
    assert strictest([spend, late, soon]) is late
    assert strictest([late, quote, soon]) is quote
    assert strictest([quote, refuse, late]) is refuse
