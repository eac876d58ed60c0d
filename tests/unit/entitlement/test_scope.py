import pytest

from mailintake.domain.customer import Contact, Plan
from mailintake.domain.sorting import Support, Topic
from mailintake.entitlement.scope import Scope, Why, scope, survives

EVERYBODY = Plan("premium", contacts=15)
ADMINISTRATORS = Plan("basic", contacts=2, answers=("Administrator", "owner"))


def a_contact(role: str = "user", *, certified: bool = False) -> Contact:
    return Contact("ana@bakery.example", role=role, attributes={"certified-developer": certified})


@pytest.mark.parametrize(
    ("plan", "contact", "covered"),
    [
        (EVERYBODY, a_contact("user"), True),
        (EVERYBODY, None, True),
        (ADMINISTRATORS, a_contact("administrator"), True),
        (ADMINISTRATORS, a_contact("ADMINISTRATOR"), True),
        (ADMINISTRATORS, a_contact("owner"), True),
        (ADMINISTRATORS, a_contact("user"), False),
        (ADMINISTRATORS, a_contact("administrators"), False),
        (ADMINISTRATORS, None, False),
        (Plan("team", contacts=2, answers=("User",)), None, True),
        (Plan("team", contacts=2, answers=("user",)), a_contact(""), True),
        (Plan("nobody", contacts=2, answers=()), a_contact("administrator"), False),
    ],
)
def test_a_plan_answers_the_roles_it_names(plan: Plan, contact: Contact | None, covered: bool) -> None:
    found = scope(plan, contact, None)
    assert found.covered is covered
    assert found.why is (Why.NONE if covered else Why.ROLE)


@pytest.mark.parametrize(
    ("support", "expected"),
    [
        (Support.FULL, Scope()),
        (Support.ADVICE, Scope(Why.NONE, "See the price list")),
        (Support.QUOTED, Scope(Why.QUOTED, "See the price list")),
        (Support.ELSEWHERE, Scope(Why.ELSEWHERE, "See the price list")),
        (Support.REFUSED, Scope(Why.REFUSED, "See the price list")),
    ],
)
def test_a_topic_is_covered_as_far_as_it_is_supported(support: Support, expected: Scope) -> None:
    topic = Topic("processes", support=support, note="See the price list")
    assert scope(EVERYBODY, a_contact(), topic) == expected


def test_a_topic_may_be_for_holders_of_an_attribute() -> None:
    topic = Topic("development", only_for="certified-developer", note="For certified developers")
    assert scope(EVERYBODY, a_contact(certified=True), topic).covered
    for contact in (a_contact(), Contact("ana@bakery.example"), None):
        assert scope(EVERYBODY, contact, topic) == Scope(Why.ATTRIBUTE, "For certified developers")


def test_a_topic_may_come_with_some_plans_only() -> None:
    topic = Topic("development", plans=frozenset({"premium"}))
    assert scope(EVERYBODY, a_contact(), topic).covered
    assert scope(Plan("basic", contacts=2), a_contact(), topic).why is Why.PLAN


def test_who_may_not_ask_at_all_is_told_nothing_of_the_topic() -> None:
    topic = Topic("development", only_for="certified-developer", plans=frozenset(), support=Support.QUOTED, note="Ask")
    assert scope(ADMINISTRATORS, a_contact(), topic) == Scope(Why.ROLE)


def test_some_topics_survive_the_contract() -> None:
    assert survives(Topic("licence-expired", after_contract_end=True))
    assert not survives(Topic("licence-expired"))
    assert not survives(None)
