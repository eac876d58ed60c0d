"""May this person ask this: the plan's roles, the topic's conditions, and how far the topic is supported (DOMAIN E1.7).

A topic that only the sender named is a claim. Where a topic is `refused` the desk may want an agent to have the last
word (BS16); here is said what holds, not who says it.
"""

from dataclasses import dataclass
from enum import StrEnum

from mailintake.domain.customer import Contact, Plan
from mailintake.domain.sorting import Support, Topic


class Why(StrEnum):
    """Why a request is not covered. The plan does not answer this role; the topic is for holders of an attribute, or
    comes with other plans; or it is paid work, somebody else's, or not supported at all. NONE where it is covered.
    """

    NONE = ""
    ROLE = "role"
    ATTRIBUTE = "attribute"
    PLAN = "plan"
    QUOTED = "quoted"
    ELSEWHERE = "elsewhere"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Scope:
    """Whether a request is covered, else why not. `note` is the topic's, where the letter has need of it."""

    why: Why = Why.NONE
    note: str = ""

    @property
    def covered(self) -> bool:
        """Whether the request may be taken in."""
        return self.why is Why.NONE


_BY_SUPPORT = {
    Support.FULL: Why.NONE,
    Support.ADVICE: Why.NONE,
    Support.QUOTED: Why.QUOTED,
    Support.ELSEWHERE: Why.ELSEWHERE,
    Support.REFUSED: Why.REFUSED,
}


def scope(plan: Plan, contact: Contact | None, topic: Topic | None) -> Scope:
    """What the plan covers for this contact: of the role, the attribute, the plans and the support, the first "no".

    `contact` is None for somebody who is not listed, with the role and attributes of a new contact: `user`, and none.
    `topic` is None where the desk has no topics or the request has none. Full support needs no note.
    """
    if plan.answers is not None and _role(contact) not in {role.casefold() for role in plan.answers}:
        return Scope(Why.ROLE)
    if topic is None:
        return Scope()
    if topic.only_for and not (contact is not None and contact.attributes.get(topic.only_for, False)):
        return Scope(Why.ATTRIBUTE, topic.note)
    if topic.plans is not None and plan.key not in topic.plans:
        return Scope(Why.PLAN, topic.note)
    return Scope() if topic.support is Support.FULL else Scope(_BY_SUPPORT[topic.support], topic.note)


def survives(topic: Topic | None) -> bool:
    """Whether a known contact may still ask this after the contract has ended (BS9)."""
    return topic is not None and topic.after_contract_end


def _role(contact: Contact | None) -> str:
    return ((contact.role if contact else "") or "user").casefold()
