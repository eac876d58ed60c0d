"""The page holds all figures, needs nothing from elsewhere, and shows no word but as a word."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser

import pytest

from mailintake.desk import page
from mailintake.desk.page import Words
from mailintake.desk.quarter import Quarter
from mailintake.desk.report import Figures, Promises, Report, Standing, Usage
from mailintake.domain.quota import Period
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Status

HOSTILE = """<script>alert(1)</script>"'&amp;"""
VOID = {"meta", "rect"}
HOUR = timedelta(hours=1)

PROMISES = Promises(
    Metric.FIRST_RESPONSE,
    {Standing.BREACHED: 1, Standing.MET: 4, Standing.NO_PROMISE: 2},
    (1, 2, 1, 0, 1, 0, 0),
    HOUR,
    30 * HOUR,
)
REPORT = Report(
    desk="Example Desk",
    account="bakery",
    name="The Bakery",
    plans=("basic", "premium"),
    quarter=Quarter(2026, 4),
    timezone="Asia/Ho_Chi_Minh",
    until=datetime(2026, 12, 31, 17, tzinfo=UTC),
    is_over=True,
    figures=Figures(
        7,
        {"high": {Status.SOLVED: 7, Status.SPAM: 1}, "normal": {}},
        {"L1": 7},
        {date(2026, 10, 1): 3, date(2026, 12, 1): 4},
        (PROMISES, replace(PROMISES, metric=Metric.LEVEL_RESPONSE)),
        0,
    ),
    usage=(
        Usage("credits", 5, Period.MONTH, date(2026, 10, 1), date(2026, 10, 31), 6, 6, 1),
        Usage("credits", 2, Period.DAY, date(2026, 11, 5), date(2026, 11, 5), 2, 2, 0),
        Usage("cases", 5, Period.CONTRACT_YEAR, date(2026, 3, 1), date(2027, 2, 28), 4, 1, 0),
    ),
    refusals={"over-limit": 2},
)
EMPTY = replace(REPORT, figures=Figures(0, {"high": {}}, {}, {}, (), 0), usage=(), refusals={}, plans=())
WORDS = Words("Asia/Ho_Chi_Minh", {Status.SOLVED: "Done"}, {"L1": "First line"})


class Outline(HTMLParser):
    """The text of a page, its tags, and its attributes; fails where tags do not close in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def shown(report: Report) -> Outline:
    return Outline(page.page(report, WORDS))


def test_the_page_tells_everything() -> None:
    text = shown(REPORT).text
    for told in (
        "The Bakery",
        "1 October 2026 to 31 December 2026, Asia/Ho_Chi_Minh",
        "Example Desk · plan basic · plan premium",
        "Promises kept 4",
        "Kept of these 80 %",
        "Priority All Done spam",
        "high 8 7 1",
        "First line 7",
        "broken: 1",
        "≤ 50 %: 2",
        "half within 1 h, nine of ten within 30 h",
        "October 2026 6 5 6 1",
        "busiest day, 2026-11-05 2 2 2 0",
        "2026-03-01 to 2027-02-28 4 5 1 0",
        "over-limit 2",
    ):
        assert told in text
    assert "Not over yet" not in text


def test_a_quarter_that_is_not_over_says_so_on_the_account_s_clock() -> None:
    now = datetime(2026, 11, 2, 20, 30, tzinfo=UTC)
    assert "Not over yet: as of 3 November 2026, 03:30." in shown(replace(REPORT, is_over=False, until=now)).text


def test_a_quiet_quarter_has_a_page_without_charts() -> None:
    outline = shown(EMPTY)
    assert "None were received." in outline.text
    assert "Kept of these –" in outline.text
    assert {"svg", "table"} & set(outline.tags) == set()


def test_unreadable_clocks_are_mentioned() -> None:
    figures = replace(REPORT.figures, unreadable=3)
    assert "The clocks of 3 tickets cannot be read" in shown(replace(REPORT, figures=figures)).text


def test_no_word_acts() -> None:
    hostile = replace(
        REPORT,
        desk=HOSTILE,
        name=HOSTILE,
        plans=(HOSTILE,),
        figures=replace(REPORT.figures, statuses={HOSTILE: {Status.SOLVED: 1}}, levels={HOSTILE: 1}),
        usage=(replace(REPORT.usage[0], unit=HOSTILE),),
        refusals={HOSTILE: 1},
    )
    outline = Outline(page.page(hostile, Words(HOSTILE, {Status.SOLVED: HOSTILE}, {HOSTILE: HOSTILE})))
    assert "script" not in outline.tags
    assert outline.text.count("alert(1)") >= 10
    assert HOSTILE in outline.text


@pytest.mark.parametrize("report", [REPORT, EMPTY], ids=["full", "empty"])
def test_the_page_needs_nothing_from_elsewhere(report: Report) -> None:
    outline = shown(report)
    assert set(outline.tags) & {"script", "link", "img", "iframe", "object", "a"} == set()
    assert {name for name, _ in outline.attributes} & {"src", "href", "style", "onload", "onclick"} == set()
    assert re.search(r"url\(|@import|https?:", page.page(report, WORDS)) is None
    assert ("content", "default-src 'none'; style-src 'unsafe-inline'") in outline.attributes
    assert ("content", "width=device-width, initial-scale=1") in outline.attributes


def test_every_name_on_the_page_is_there_once_and_every_reference_leads_to_one() -> None:
    outline = shown(REPORT)
    names = [value for name, value in outline.attributes if name == "id"]
    wanted = [word for name, value in outline.attributes if name == "aria-labelledby" for word in value.split()]
    assert sorted(names) == sorted(set(names)) == sorted(wanted)
    assert len(names) == 2 * outline.tags.count("svg") > 0


def test_every_kind_of_standing_and_bar_has_a_colour_for_light_and_dark() -> None:
    text = page.page(REPORT, WORDS)
    for standing in Standing:
        assert re.search(rf"\.{standing.value.replace(' ', '-')}\b[^}}]*fill: var\(--(\w+)\)", text)
    light, dark = (set(re.findall(r"(--\w+): #", part)) for part in text.split("prefers-color-scheme: dark"))
    assert light == dark
    assert light >= set(re.findall(r"var\((--\w+)\)", text))


def test_every_metric_and_standing_has_its_words() -> None:
    assert set(page.METRICS) == set(Metric)
    assert set(page.STANDINGS) == set(Standing)
