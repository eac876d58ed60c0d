"""Made-up words for every kind of letter: what a template may count on, and how it is tried at start-up."""

from collections.abc import Mapping
from functools import lru_cache

from mailintake.notices.samples import agents, conversation, course, opened, owner, refused, team
from mailintake.notices.samples.sample import Sample

__all__ = ["SAMPLES", "TEMPLATES", "Sample", "blanks", "of"]

SAMPLES = (
    *opened.SAMPLES,
    *refused.SAMPLES,
    *course.SAMPLES,
    *owner.SAMPLES,
    *team.SAMPLES,
    *conversation.SAMPLES,
    *agents.SAMPLES,
)

TEMPLATES = tuple(dict.fromkeys(sample.template for sample in SAMPLES))


def of(template: str) -> tuple[Sample, ...]:
    """The samples for a template; one of the admin's own is tried with the words of an acknowledgement."""
    return tuple(sample for sample in SAMPLES if sample.template == template) or SAMPLES[:1]


@lru_cache(maxsize=256)
def blanks(template: str) -> Mapping[str, None]:
    """All words of a kind of letter, each without a value."""
    return dict.fromkeys(word for sample in of(template) for word in sample.context)
