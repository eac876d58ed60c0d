"""What agents write for each other reaches nobody else, whatever the conversation (I8, SECURITY T37)."""

from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailintake.storage.engine import Database
from tests import clients
from tests.integration.intake.conversation import ANA, EVE, IVO, MARIA, Conversation

PROGRAMS = st.sampled_from([clients.outlook, clients.gmail, clients.apple])
ACTS = st.lists(
    st.tuples(
        st.sampled_from(["asks", "answers", "notes", "notes on one line", "orders", "a stranger"]),
        st.sampled_from([MARIA, IVO]),
        PROGRAMS,
    ),
    min_size=2,
    max_size=9,
)
SECRET = "secret{0} is what no customer may ever learn of us\nsecret{0} has a second line\nand secret{0} a third one"
_numbers = count(1)


class Acting(Conversation):
    """A conversation in which everybody may do something with the newest letter they have."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.notes: list[str] = []

    def act(self, what: str, agent: str, program: Any) -> None:
        """Somebody does it."""
        number = next(_numbers)
        if what in {"asks", "a stranger"}:
            letter = self.inbox["ana@bakery.example"][-1]  # the stranger has seen it
            self.says(ANA if what == "asks" else EVE, f"What about {number}?", program=program, answers=letter)
            return
        if what.startswith("notes"):
            self.notes.append(f"secret{number}")
        text = {
            "answers": f"Please try number {number}.",
            "notes": f"#note\n{SECRET.format(number)}",
            "notes on one line": f"#note secret{number} in short",
            "orders": "#take",
        }[what]
        self.says(agent, text, program=program)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
def test_no_internal_word_is_in_any_letter_to_somebody_outside_the_desk(database: Database, acts: list[Any]) -> None:
    told = Acting(database)
    for act in acts:
        told.act(*act)
    outside = told.outside()
    assert {letter.to for letter in outside} == {"ana@bakery.example"}
    for letter in outside:
        assert [note for note in told.notes if note in letter.everything] == []
        assert "Write your answer above" not in letter.everything
    answers = [letter for letter in outside if "Please try number" in letter.text]
    assert len(answers) == sum(what == "answers" for what, _, _ in acts)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(program=PROGRAMS)
def test_a_note_reaches_the_colleagues(database: Database, program: Any) -> None:
    told = Acting(database)
    told.act("notes", MARIA, program)
    assert told.notes[0] in told.inbox["ivo@desk.example"][-1].text
