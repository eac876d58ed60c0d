import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailintake.domain.due_line import answer

OFFICE: dict[str, object] = {
    "timezone": "Europe/Ljubljana",
    "hours": {day: ["08:00-20:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": ["2026-01-01"],
}
QUESTION: dict[str, object] = {
    "calendar": OFFICE,
    "start": "2026-03-06T18:30:00Z",
    "target_minutes": 120,
    "pauses": [],
}


def ask(**change: object) -> dict[str, object]:
    found = json.loads(answer(json.dumps(QUESTION | change)))
    assert isinstance(found, dict)
    return found


def calendar(windows: list[str], **change: object) -> dict[str, object]:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return {"timezone": "UTC", "hours": dict.fromkeys(days, windows)} | change


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({}, "2026-03-09T08:30:00Z"),
        ({"target_minutes": 30}, "2026-03-06T19:00:00Z"),
        ({"target_minutes": 0}, "2026-03-06T18:30:00Z"),
        ({"target_minutes": 120.0}, "2026-03-09T08:30:00Z"),
        ({"target_minutes": 0.5}, "2026-03-06T18:30:30Z"),
        ({"start": "2026-03-06T19:30:00+01:00"}, "2026-03-09T08:30:00Z"),
        ({"start": "2026-03-06T18:30:15Z"}, "2026-03-09T08:30:15Z"),
        ({"start": "2026-03-06T18:30:15.25Z"}, "2026-03-09T08:30:15.250000Z"),
        ({"start": "2025-12-31T18:30:00Z"}, "2026-01-02T08:30:00Z"),
        ({"count": "open"}, "2026-03-09T08:30:00Z"),
        ({"count": "wall"}, "2026-03-06T20:30:00Z"),
        ({"count": "wall", "start": "2026-03-28T12:00:00Z", "target_minutes": 1440}, "2026-03-29T12:00:00Z"),
        ({"count": "wall", "pauses": [["2026-03-06T18:40:00Z", "2026-03-08T18:40:00Z"]]}, "2026-03-08T20:30:00Z"),
        ({"pauses": [["2026-03-06T18:40:00Z", "2026-03-06T18:50:00Z"]]}, "2026-03-09T08:40:00Z"),
        ({"pauses": [["2026-03-06T18:40:00Z", "2026-03-09T07:10:00Z"]]}, "2026-03-09T09:00:00Z"),
        ({"pauses": [["2026-03-06T18:30:01Z", "2026-03-06T18:30:02Z"]]}, "2026-03-09T08:30:01Z"),
        ({"calendar": calendar(["22:00-06:00"])}, "2026-03-07T00:00:00Z"),
        ({"calendar": calendar(["00:00-24:00"])}, "2026-03-06T20:30:00Z"),
        ({"calendar": calendar(["12:00-12:00", "20:00-24:00"])}, "2026-03-06T22:00:00Z"),
        ({"calendar": calendar(["22:00-06:00"], holidays=["2026-03-06"])}, "2026-03-08T00:00:00Z"),
        ({"colour": "blue", "calendar": calendar(["00:00-24:00"], hue=7, always=1)}, "2026-03-06T20:30:00Z"),
    ],
)
def test_a_due_is_told(change: dict[str, object], due: str) -> None:
    assert ask(**change) == {"due": due}


def test_the_contracts_own_example() -> None:
    line = (
        '{"calendar": {"timezone": "Europe/Ljubljana", "hours": {"mon": ["08:00-20:00"], "fri": ["08:00-20:00"]},'
        ' "holidays": ["2026-01-01"]}, "start": "2026-03-06T18:30:00Z", "target_minutes": 120, "pauses": []}'
    )
    assert answer(line) == '{"due": "2026-03-09T08:30:00Z"}'
    assert answer(line + "\n") == '{"due": "2026-03-09T08:30:00Z"}'


@pytest.mark.parametrize(
    "change",
    [
        {"pauses": [["2026-03-06T18:40:00Z", None]]},
        {"pauses": [["2026-03-06T18:40:00Z", None]], "count": "wall"},
        {"pauses": [["2027-03-06T18:40:00Z", None]]},
        {"calendar": calendar([])},
        {"calendar": calendar(["09:00-09:00"])},
        {"calendar": {"timezone": "UTC", "hours": {}}},
    ],
)
def test_there_may_be_no_due_without_anything_being_wrong(change: dict[str, object]) -> None:
    assert ask(**change) == {"due": None}


def test_pauses_count_and_the_calendar_of_a_wall_clock_may_be_left_out() -> None:
    bare = {"start": "2026-03-06T18:30:00Z", "target_minutes": 120}
    assert json.loads(answer(json.dumps(bare | {"count": "wall"}))) == {"due": "2026-03-06T20:30:00Z"}
    assert json.loads(answer(json.dumps(bare | {"calendar": OFFICE}))) == {"due": "2026-03-09T08:30:00Z"}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"calendar": None}, "calendar must be an object, not null"),
        ({"calendar": []}, "calendar must be an object, not a list"),
        ({"calendar": {"hours": {}}}, "timezone must be text, not null"),
        ({"calendar": {"timezone": "UTC"}}, "hours must be an object, not null"),
        ({"calendar": {"timezone": "Mars/Phobos", "hours": {}}}, "unknown time zone 'Mars/Phobos'"),
        ({"calendar": {"timezone": "Mars/Phobos", "hours": {}}, "count": "wall"}, "unknown time zone 'Mars/Phobos'"),
        ({"calendar": calendar(["25:00-26:00"])}, "a window is written HH:MM-HH:MM, not '25:00-26:00'"),
        ({"calendar": calendar([], holidays=["12-25"])}, "a date is written YYYY-MM-DD, not '12-25'"),
        ({"start": None}, "start must be text, not null"),
        ({"start": 1772821800}, "start must be text, not 1772821800"),
        ({"start": "yesterday"}, "start must be an instant such as 2026-03-06T18:30:00Z, not 'yesterday'"),
        ({"start": "2026-03-06T18:30:00"}, "start must name its offset, as in 2026-03-06T18:30:00Z"),
        ({"start": "2026-03-06"}, "start must name its offset, as in 2026-03-06T18:30:00Z"),
        ({"start": "0001-01-01T00:00:00+10:00"}, "an instant or a target is out of range"),
        ({"target_minutes": None}, "target_minutes must be a number of minutes, 0 or more"),
        ({"target_minutes": "120"}, "target_minutes must be a number of minutes, 0 or more"),
        ({"target_minutes": True}, "target_minutes must be a number of minutes, 0 or more"),
        ({"target_minutes": -1}, "target_minutes must be a number of minutes, 0 or more"),
        ({"target_minutes": 1e30}, "an instant or a target is out of range"),
        ({"target_minutes": 10**400}, "an instant or a target is out of range"),
        ({"target_minutes": float("nan")}, "NaN is not JSON"),
        ({"target_minutes": 10_000_000}, "the target is too far off: ten years of this calendar do not suffice"),
        ({"pauses": None}, "pauses must be a list, not null"),
        ({"pauses": [None]}, "a pause must be a list, not null"),
        ({"pauses": [[]]}, "a pause must be [from, to], with null for a `to` that has not come"),
        ({"pauses": [[None, None]]}, "a pause's from must be text, not null"),
        ({"pauses": [["2026-03-06T18:40:00Z", 5]]}, "a pause's to must be text, not 5"),
        ({"count": "working"}, 'count must be "open" or "wall", not \'working\''),
        ({"count": []}, "count must be text, not a list"),
    ],
)
def test_what_is_wrong_is_said(change: dict[str, object], error: str) -> None:
    assert ask(**change) == {"due": None, "error": error}


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("", "not JSON: Expecting value: line 1 column 1 (char 0)"),
        ("{", "not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("null", "a question must be an object, not null"),
        ("[]", "a question must be an object, not a list"),
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_question_gets_an_answer(line: str, error: str) -> None:
    assert json.loads(answer(line)) == {"due": None, "error": error}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("2026-03-06T18:30:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(key=st.sampled_from([*QUESTION, "count"]), value=anything)
def test_no_value_makes_it_raise(key: str, value: object) -> None:
    found = json.loads(answer(json.dumps(QUESTION | {key: value})))
    assert set(found) in ({"due"}, {"due", "error"})


@settings(deadline=None)
@given(line=st.text())
@example(line="\ud800")
@example(line="9" * 5000)
def test_no_text_makes_it_raise(line: str) -> None:
    assert json.loads(answer(line))["due"] is None
    assert "\n" not in answer(line)


@pytest.mark.parametrize(
    "extra",
    [
        b'"note": "\xff\xfe"',  # no UTF-8
        b'"note": "\\ud800"',  # half a character
        b'"note": 1e999',
        b'"start": "2026-03-06T18:30:00Z"',  # said twice
        b'"st\\u0061rt": "2026-03-06T18:30:00Z"',
    ],
)
def test_what_is_odd_elsewhere_does_not_matter(extra: bytes) -> None:
    line = json.dumps(QUESTION).encode()[:-1] + b", " + extra + b"}"
    assert json.loads(answer(line)) == {"due": "2026-03-09T08:30:00Z"}


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b'{"calendar": {"timezone": "\xff", "hours": {}}}', "unknown time zone '\N{REPLACEMENT CHARACTER}'"),
        (b'{"calendar": {"timezone": NaN, "hours": {}}}', "NaN is not JSON"),
        (b'{"note": Infinity}', "Infinity is not JSON"),
        (b'{"calendar": {"timezone": "UTC", "hours": {"mon": ["9"]}}}', "a window is written HH:MM-HH:MM, not '9'"),
    ],
)
def test_bytes_are_refused_as_text_is(line: bytes, error: str) -> None:
    assert json.loads(answer(line)) == {"due": None, "error": error}
    assert answer(line) == answer(line.decode("utf-8", "replace"))


def test_each_calendar_is_its_own() -> None:
    found = {ask(calendar=OFFICE | {"timezone": f"Etc/GMT-{hour}"})["due"] for hour in range(1, 12)}
    assert len(found) == 11


@settings(deadline=None)
@given(pairs=st.dictionaries(st.sampled_from([*QUESTION, "count", "note"]), anything))
def test_bytes_and_text_have_one_answer(pairs: dict[str, object]) -> None:
    line = json.dumps(QUESTION | pairs, ensure_ascii=False)
    assert answer(line.encode("utf-8", "surrogatepass")) == answer(line) or any("\ud800" <= c <= "\udfff" for c in line)
