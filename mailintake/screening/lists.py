"""Mail to many: mailing lists and newsletters (RFC 2369, RFC 2919)."""

from mailintake.domain.mail import Kind, Screening
from mailintake.screening.incoming import Incoming, ascii_lower, machine, mark

_LIST_FIELDS = (
    "list-id",
    "list-post",
    "list-owner",
    "list-archive",
    "list-subscribe",
    "x-mailing-list",
    "x-mailman-version",
)
_BULK_FIELDS = (
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-help",
    "x-campaign-id",
    "x-mc-user",
    "x-csa-complaints",
)
_PRECEDENCES = {"list": Kind.LIST, "bulk": Kind.BULK, "junk": Kind.BULK}


def lists(incoming: Incoming) -> Screening | None:
    """List fields, then a bulk Precedence, then the sender names list software uses.

    Feedback-ID alone is no mark: mail services write it into letters of people too.
    """
    for kind, names in ((Kind.LIST, _LIST_FIELDS), (Kind.BULK, _BULK_FIELDS)):
        for name in names:
            value = incoming.header(name)
            if value is not None and not _is_our_group(incoming):
                return machine(kind, mark(name.title().replace("-Id", "-ID"), value))
    for value in incoming.values("precedence"):
        known = _PRECEDENCES.get(value.strip().lower())
        if known is not None and not _is_our_group(incoming):
            return machine(known, mark("Precedence", value))
    local = ascii_lower(incoming.envelope.return_path).partition("@")[0]
    if local.startswith("owner-") or local.endswith(("-request", "-owner", "-bounces")) or "-bounces+" in local:
        return machine(Kind.LIST, mark("return path", incoming.envelope.return_path))
    return None


def _is_our_group(incoming: Incoming) -> bool:
    """Whether the list is our own mailbox: a desk may be a group at its provider, and all its mail so marked."""
    lists_ = {ascii_lower(value.rpartition("<")[2].strip("<> ")) for value in incoming.values("list-id")}
    return bool(lists_) and lists_ <= {address.replace("@", ".") for address in incoming.own_addresses}
