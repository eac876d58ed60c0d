"""A decision, and what each rule found on the way to it."""

from dataclasses import dataclass

from mailintake.domain.decision import Decision, Facts, Outcome
from mailintake.domain.routing import RuleTrace
from mailintake.intake import ruling
from mailintake.intake.case import Case
from mailintake.intake.decide import STEPS, decide
from mailintake.intake.policy import Policy
from mailintake.routing import rules

_BEFORE_RULES = STEPS[: STEPS.index(ruling.rules)]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is decided; and rule by rule what became of it, None where rules are not asked about such a mail."""

    decision: Decision
    rules: tuple[RuleTrace, ...] | None


def explain(facts: Facts, policy: Policy, *, is_promoted: bool = False) -> Explanation:
    """The decision that `decide` takes, in full. Pure: asked again with the same facts, it says the same."""
    decision = decide(facts, policy, is_promoted=is_promoted)
    case = Case(facts, policy, decision.screening, is_promoted)
    for step in _BEFORE_RULES:
        ended = step(case)
        if ended is not None and not (ended.outcome is Outcome.REFUSED and case.overrule(ended, since=0)):
            return Explanation(decision, None)
    _, found = rules.explain(policy.rules, ruling.subject(case))
    return Explanation(decision, found)
