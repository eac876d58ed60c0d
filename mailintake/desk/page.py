"""A report as one page that needs nothing else: no script, no picture, nothing from elsewhere, every word escaped."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from html import escape

from mailintake.desk import charts
from mailintake.desk.charts import Bar
from mailintake.desk.report import (
    SHARES,
    TO_CUSTOMERS,
    Promises,
    Report,
    Standing,
    Usage,
    in_hours,
    kept_percent,
    ordered,
)
from mailintake.domain.hours import zone
from mailintake.domain.quota import Period
from mailintake.domain.target import Metric
from mailintake.domain.ticket import Status

METRICS = {
    Metric.FIRST_RESPONSE: "First response",
    Metric.NEXT_RESPONSE: "Next responses",
    Metric.RESOLUTION: "Resolution",
    Metric.LEVEL_RESPONSE: "Response of the level",
}
STANDINGS = {
    Standing.MET: "kept",
    Standing.BREACHED: "broken",
    Standing.FORGIVEN: "late, but forgiven",
    Standing.RUNNING: "running",
    Standing.SOFT: "done, without a firm promise",
    Standing.VOID: "void: the ticket ended first",
    Standing.NO_PROMISE: "nothing promised",
}
SHARES_TITLE = "Time used, of the time promised"
BUCKETS = (*(f"≤ {percent} %" for percent in SHARES), f"> {SHARES[-1]} %")

_STYLE = """\
:root { color-scheme: light dark;
  --ink: #1b2430; --dim: #5a6573; --line: #d6dce4; --paper: #ffffff; --track: #e8ecf1;
  --good: #1f7a5c; --bad: #b23a25; --mild: #a06a00; --calm: #2c67ad; --pale: #8793a3; }
@media (prefers-color-scheme: dark) { :root {
  --ink: #e8ecf1; --dim: #a3aebb; --line: #343d49; --paper: #12171d; --track: #262e38;
  --good: #4fb38f; --bad: #ee7d68; --mild: #d9a441; --calm: #72a7e6; --pale: #7c8897; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 720px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 40px 0 8px; padding-top: 16px; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 24px 0 4px; }
p, .dim { margin: 4px 0 12px; } .dim { color: var(--dim); }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); gap: 12px; margin: 24px 0 0; }
dl div { border: 1px solid var(--line); border-radius: 8px; padding: 10px 12px; }
dt { color: var(--dim); font-size: .85rem; } dd { margin: 0; font-size: 1.5rem; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; margin: 8px 0 16px; font-variant-numeric: tabular-nums; }
th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); text-align: right; font-weight: normal; }
th:first-child, td:first-child { text-align: left; overflow-wrap: anywhere; } thead th { color: var(--dim); }
figure { margin: 12px 0; max-width: 520px; } svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--ink); font-size: 12px; } rect { fill: var(--calm); }
.track { fill: var(--track); } .axis { fill: var(--line); }
.met, .within { fill: var(--good); background: var(--good); }
.breached, .above { fill: var(--bad); background: var(--bad); }
.forgiven { fill: var(--mild); background: var(--mild); }
.running { fill: var(--calm); background: var(--calm); }
.soft, .void, .no-promise { fill: var(--pale); background: var(--pale); } .void { opacity: .6; }
.no-promise { opacity: .35; }
.key { list-style: none; margin: 8px 0; padding: 0; display: flex; flex-wrap: wrap; gap: 4px 16px; }
.key i { display: inline-block; width: .75em; height: .75em; border-radius: 2px; margin-right: .4em; }
@media print { main { max-width: none; } h2 { break-after: avoid; } figure, tr { break-inside: avoid; } }
"""
_HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
"""


@dataclass(frozen=True, slots=True)
class Words:
    """How the desk calls its statuses and levels, where not as we do, and how people write the zone."""

    zone: str
    statuses: Mapping[Status, str] = field(default_factory=dict)
    levels: Mapping[str, str] = field(default_factory=dict)

    def status(self, status: Status) -> str:
        """A status in the desk's words."""
        return self.statuses.get(status, status.value)

    def level(self, level: str) -> str:
        """A level in the desk's words."""
        return self.levels.get(level) or level


def page(report: Report, words: Words) -> str:
    """The page, in English."""
    title = f"{report.name}: support in {report.quarter}"
    parts = (_summary(report, words), _requests(report, words), _promises(report), _usage(report), _refusals(report))
    body = "\n".join(line for part in parts for line in part)
    return f"{_HEAD.format(title=escape(title), style=_STYLE)}{body}\n</main>\n</body>\n</html>\n"


def day_text(day: date) -> str:
    """`1 October 2026`."""
    return f"{day.day} {day:%B %Y}"


def span_text(used: Usage) -> str:
    """The days of a period: `October 2026`, `2026-10-05 to 2026-10-11`."""
    if used.period is Period.DAY:
        return f"busiest day, {used.begins}"
    return f"{used.begins:%B %Y}" if used.period is Period.MONTH else f"{used.begins} to {used.ends}"


def time_text(found: Promises) -> str:
    """In how much time by the wall clock half, and nine of ten, were done; "" where nothing was."""
    if found.median is None or found.ninetieth is None:
        return ""
    return f"half within {in_hours(found.median)}, nine of ten within {in_hours(found.ninetieth)}"


def _summary(report: Report, words: Words) -> Iterator[str]:
    quarter = report.quarter
    yield f"<h1>{escape(report.name)}</h1>"
    days = f"{day_text(quarter.first)} to {day_text(quarter.last)}, {words.zone}"
    yield f"<p>Support in quarter {quarter.number} of {quarter.year}: {escape(days)}</p>"
    about = [report.desk, *(f"plan {plan}" for plan in report.plans)]
    yield f'<p class="dim">{escape(" · ".join(about))}</p>'
    if not report.is_over:
        until = report.until.astimezone(zone(report.timezone))
        yield f"<p><strong>Not over yet: as of {day_text(until.date())}, {until:%H:%M}.</strong></p>"
    figures, percent = report.figures, kept_percent(report.figures)
    tiles: dict[str, object] = {
        "Requests": figures.requests,
        "Promises kept": figures.total(Standing.MET),
        "Promises broken": figures.total(Standing.BREACHED),
        "Kept of these": "–" if percent is None else f"{percent} %",
    }
    yield "<dl>"
    yield from (f"<div><dt>{key}</dt><dd>{escape(str(value))}</dd></div>" for key, value in tiles.items())
    yield "</dl>"


def _requests(report: Report, words: Words) -> Iterator[str]:
    figures = report.figures
    yield "<h2>Requests</h2>"
    if not any(figures.statuses.values()):
        yield "<p>None were received.</p>"
        return
    months = [report.quarter.first.replace(month=report.quarter.first.month + each) for each in range(3)]
    bars = [Bar(f"{month:%B}", figures.months.get(month, 0)) for month in months]
    yield from _figure(charts.columns("months", "Requests by month", bars))
    columns = [status for status in Status if any(found.get(status) for found in figures.statuses.values())]
    rows = (
        [priority, sum(found.values()), *(found.get(status, 0) for status in columns)]
        for priority, found in figures.statuses.items()
    )
    yield from _table(["Priority", "All", *map(words.status, columns)], rows)
    yield '<p class="dim">Merged, spam and refused tickets are no requests: they stand in the table only.</p>'
    if any(figures.levels.values()):
        yield from _table(["Level", "Requests"], ([words.level(key), number] for key, number in figures.levels.items()))
    if figures.unreadable:
        yield f"<p>The clocks of {figures.unreadable} tickets cannot be read, and are left out.</p>"


def _promises(report: Report) -> Iterator[str]:
    for found in report.figures.promises:
        name, key = METRICS[found.metric], found.metric.value.replace("_", "-")
        there = ordered(found.standings)
        yield f"<h2>{name}</h2>"
        if found.metric not in TO_CUSTOMERS:
            yield '<p class="dim">The desk\'s own affair; the figures above leave it out.</p>'
        parts = [Bar(STANDINGS[each], found.count(each), _kind(each)) for each in there]
        yield from _figure(charts.strip(f"{key}-standing", f"{name}: how the promises stand", parts))
        yield '<ul class="key">'
        yield from (f'<li><i class="{bar.kind}"></i>{escape(bar.label)}: {bar.value}</li>' for bar in parts)
        yield "</ul>"
        if any(found.shares):
            late = SHARES.index(100) + 1
            bars = [
                Bar(label, number, "within" if place < late else "above")
                for place, (label, number) in enumerate(zip(BUCKETS, found.shares, strict=True))
            ]
            yield f"<h3>{SHARES_TITLE}</h3>"
            yield from _figure(charts.columns(f"{key}-shares", f"{name}: share of the promised time", bars))
        if said := time_text(found):
            yield f"<p>By the wall clock: {said}.</p>"


def _usage(report: Report) -> Iterator[str]:
    if not report.usage:
        return
    yield "<h2>Quota</h2>"
    for number, unit in enumerate(dict.fromkeys(used.unit for used in report.usage)):
        every = [used for used in report.usage if used.unit == unit]
        yield f"<h3>{escape(unit)}</h3>"
        bars = [Bar(f"{span_text(used)}, per {used.period.value}", used.used, of=used.limit) for used in every]
        yield from _figure(charts.rows(f"unit-{number}", f"{unit}: used of what the plan gives", bars))
        rows = ([span_text(each), each.used, each.limit, each.in_quarter, each.overage] for each in every)
        yield from _table(["Period", "Used", "Limit", "In this quarter", "Beyond the limit"], rows)


def _refusals(report: Report) -> Iterator[str]:
    if report.refusals:
        yield "<h2>Mail turned away</h2>"
        yield from _table(["Reason", "Mails"], ([why, number] for why, number in report.refusals.items()))


def _figure(chart: str) -> Iterator[str]:
    if chart:
        yield f"<figure>\n{chart}\n</figure>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    named = "".join(f'<th scope="col">{escape(head)}</th>' for head in heads)
    yield '<div class="wide"><table>'
    yield f"<thead><tr>{named}</tr></thead>"
    yield "<tbody>"
    for first, *others in rows:
        cells = "".join(f"<td>{escape(str(each))}</td>" for each in others)
        yield f'<tr><th scope="row">{escape(str(first))}</th>{cells}</tr>'
    yield "</tbody></table></div>"


def _kind(standing: Standing) -> str:
    return standing.value.replace(" ", "-")
