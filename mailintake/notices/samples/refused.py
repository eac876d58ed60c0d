"""Letters to somebody whose mail opened no ticket."""

from collections.abc import Mapping

from mailintake.notices.samples.sample import SUBJECT, answer

REFUSED: Mapping[str, object] = {"desk": "Desk Support", "subject": SUBJECT}
_NOT_COVERED: Mapping[str, object] = {**REFUSED, "case": "plan", "topic": "", "attribute": "", "to": "", "note": ""}

SAMPLES = (
    answer("unknown_sender", "unknown-sender", REFUSED),
    answer("unknown_sender_without_a_subject", "unknown-sender", {**REFUSED, "subject": ""}),
    answer("redirect", "redirect", {**REFUSED, "to": "our chat, or a messenger on https://desk.example/help"}),
    answer("not_authorised", "not-authorised", REFUSED),
    answer("over_limit", "over-limit", REFUSED),
    answer("contract_expired", "contract-expired", {**REFUSED, "ended": "2026-02-28"}),
    answer("not_started", "not-started", {**REFUSED, "begins": "2026-04-01"}),
    answer("not_covered_administrators_only", "not-covered", {**_NOT_COVERED, "case": "administrators"}),
    answer(
        "not_covered_attribute_only",
        "not-covered",
        {**_NOT_COVERED, "case": "attribute", "topic": "Development advice", "attribute": "certified developers"},
    ),
    answer("not_covered_by_the_plan", "not-covered", {**_NOT_COVERED, "topic": "Development advice"}),
    answer(
        "not_covered_but_elsewhere",
        "not-covered",
        {
            **_NOT_COVERED,
            "case": "elsewhere",
            "topic": "Products of the marketplace",
            "to": "the product's own page, https://marketplace.example/support",
        },
    ),
    answer(
        "not_covered_but_quoted",
        "not-covered",
        {
            **_NOT_COVERED,
            "case": "quoted",
            "topic": "Development",
            "note": "Changes beyond support go to the development service at list price",
        },
    ),
    answer("not_covered_refused", "not-covered", {**_NOT_COVERED, "case": "refused", "topic": "Modified packages"}),
)
