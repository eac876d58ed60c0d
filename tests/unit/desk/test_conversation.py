from hypothesis import given
from hypothesis import strategies as st

from mailintake.desk.conversation import Answer, Circle, Internal, Note, Public, Question, ToAgent, ToCustomer, copies
from mailintake.domain.agent import Agent
from mailintake.domain.mail import Address

ANA, EVA = Address("ana@bakery.example", "Ana"), Address("eva@bakery.example")
MARIA = Agent("maria", "maria@desk.example", also=("m@home.example",))
JAN, IVO = Agent("jan", "jan@desk.example"), Agent("ivo", "ivo@desk.example")
TEAM = (JAN, MARIA, IVO)
OPEN, SECRET = Public("It comes on Monday."), Internal("She is always angry.")


def test_an_answer_goes_to_the_requester_and_to_whoever_watches() -> None:
    circle = Circle(ANA, watchers=(EVA,), assignee=JAN, team=TEAM)
    assert copies(Answer(MARIA, OPEN), circle) == (ToCustomer(ANA, OPEN), ToCustomer(EVA, OPEN))


def test_nobody_gets_an_answer_twice_nor_their_own() -> None:
    watchers = (Address("ANA@Bakery.example"), Address("M@home.example"), EVA, EVA)
    assert copies(Answer(MARIA, OPEN), Circle(ANA, watchers)) == (ToCustomer(ANA, OPEN), ToCustomer(EVA, OPEN))


def test_an_address_with_a_letter_that_only_looks_alike_is_another() -> None:
    kelvin = Address("\u212aim@bakery.example")
    kim = Address("kim@bakery.example")
    assert len(copies(Answer(MARIA, OPEN), Circle(kim, watchers=(kelvin,)))) == 2


def test_a_note_goes_to_the_assignee_and_the_team_but_not_to_its_author() -> None:
    circle = Circle(ANA, watchers=(EVA,), assignee=IVO, team=TEAM)
    assert copies(Note(MARIA, SECRET), circle) == (ToAgent(IVO, SECRET), ToAgent(JAN, SECRET))
    assert copies(Note(IVO, SECRET), Circle(ANA, assignee=IVO)) == ()


def test_what_a_customer_writes_goes_to_the_assignee_or_else_to_the_team_and_never_outside() -> None:
    circle = Circle(ANA, watchers=(EVA,), assignee=MARIA, team=TEAM)
    assert copies(Question(ANA, OPEN), circle) == (ToAgent(MARIA, OPEN),)
    circle = Circle(ANA, watchers=(EVA,), team=TEAM)
    assert copies(Question(EVA, OPEN), circle) == tuple(ToAgent(agent, OPEN) for agent in TEAM)
    assert copies(Question(ANA, OPEN), Circle(ANA)) == ()


agents = st.builds(
    Agent, key=st.sampled_from("abcd"), address=st.sampled_from(["a@desk.example", "b@desk.example", "ana@x.example"])
)
people = st.builds(Address, st.sampled_from(["ana@x.example", "EVA@x.example", "eva@x.example", "a@desk.example"]))
circles = st.builds(
    Circle,
    requester=people,
    watchers=st.lists(people, max_size=4).map(tuple),
    assignee=st.none() | agents,
    team=st.lists(agents, max_size=4).map(tuple),
)
remarks = (
    st.builds(Answer, author=agents, words=st.builds(Public, st.text(max_size=9)))
    | st.builds(Note, author=agents, words=st.builds(Internal, st.text(max_size=9)))
    | st.builds(Question, author=people, words=st.builds(Public, st.text(max_size=9)))
)


@given(st.lists(remarks, max_size=8), circles)
def test_no_internal_word_is_ever_in_a_copy_that_leaves_the_desk(
    said: list[Answer | Note | Question], circle: Circle
) -> None:
    known = {circle.assignee, *circle.team}
    for remark in said:
        for copy in copies(remark, circle):
            assert copy.words is remark.words
            if isinstance(remark, Note):
                assert isinstance(copy, ToAgent)
                assert copy.recipient in known
            if isinstance(copy, ToCustomer):
                assert isinstance(copy.words, Public)
                assert isinstance(remark, Answer)
                assert copy.recipient in (circle.requester, *circle.watchers)


@given(remarks, circles)
def test_nobody_gets_two_copies_nor_their_own_words(said: Answer | Note | Question, circle: Circle) -> None:
    addresses = [copy.recipient.address.lower() for copy in copies(said, circle)]
    assert len(addresses) == len(set(addresses))
    assert said.author.address.lower() not in addresses
