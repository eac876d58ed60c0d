"""Whom we may write to of our own accord, and when we had better not (RFC 3834, 2; DOMAIN E1)."""

from mailintake.domain.mail import Address, Envelope, Kind, Screening

_ANSWERABLE = frozenset({Kind.MESSAGE, Kind.CALENDAR})
_NOBODY = frozenset({"mailer-daemon", "listserv", "majordomo", "nobody"})
_NOBODY_BEGINS = ("owner-",)
_NOBODY_ENDS = ("-owner", "-request", "-bounces", "-bounce")
_NO_REPLY = ("noreply", "donotreply")
_NO_MARKS = str.maketrans("", "", "-_.")


def withhold(
    *,
    screening: Screening,
    envelope: Envelope,
    recipient: Address,
    is_verified: bool,
    answer_unverified: bool,
    letters_last_hour: int,
    limit_per_hour: int,
    is_refusal: bool,
    refused_today: bool,
    own_addresses: frozenset[str],
) -> str | None:
    """Why this letter must not leave, or None if it may.

    `screening`, `envelope` and `is_verified` are those of the mail that gives rise to it. `own_addresses` are the
    desk's, in lower case. `letters_last_hour` counts letters to this recipient before this one.
    """
    if screening.kind not in _ANSWERABLE or not screening.may_be_answered:
        return f"not a mail to answer: {screening.reason or screening.kind}"
    if not envelope.return_path.strip("<> "):
        return "the null return path asks for no answer"
    for address in (envelope.return_path, recipient.address):
        if _is_own(address, own_addresses):
            return "this address is our own"
        if _is_nobodys(address):
            return "nobody reads mail to this address"
    if not is_verified and not answer_unverified:
        return "the sender is not verified"
    if letters_last_hour >= limit_per_hour:
        return f"this address had {letters_last_hour} letters within the hour"
    if is_refusal and refused_today:
        return "this address was told within the day"
    return None


def _is_own(address: str, own_addresses: frozenset[str]) -> bool:
    local, domain = _parts(address)
    return f"{local}@{domain}" in own_addresses or f"{local.partition('+')[0]}@{domain}" in own_addresses


def _is_nobodys(address: str) -> bool:
    """Whether the local part is a robot's. Behind a plus stands detail, such as a list's note of the subscriber."""
    local = _parts(address)[0].partition("+")[0]
    bare = local.translate(_NO_MARKS)
    return (
        local in _NOBODY
        or local.startswith(_NOBODY_BEGINS)
        or local.endswith(_NOBODY_ENDS)
        or bare.startswith(_NO_REPLY)
        or bare.endswith(_NO_REPLY)
    )


def _parts(address: str) -> tuple[str, str]:
    local, _, domain = address.strip("<> ").lower().rpartition("@")
    return (local, domain) if local else (domain, "")
