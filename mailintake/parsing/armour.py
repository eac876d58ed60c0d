"""Clear-signed text (RFC 9580, 7): the signed words, and what the armour put around and into them."""

_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END = "-----END PGP SIGNATURE-----"
_ESCAPE = "- "
_HEADERS = 12


def spans(lines: list[str]) -> list[tuple[int, int]]:
    """Where the armour of the first clear-signed text stands: its headers, then its signature; [] if it is not whole.

    Each is its first line and the line after its last.
    """
    if _BEGIN not in map(str.rstrip, lines):
        return []
    marks = [line.rstrip() for line in lines]
    begin = marks.index(_BEGIN)
    words = next((index + 1 for index in range(begin + 1, min(len(marks), begin + _HEADERS)) if not marks[index]), 0)
    try:
        signature = marks.index(_SIGNATURE, words or len(marks))
        return [(begin, words), (signature, marks.index(_END, signature) + 1)]
    except ValueError:
        return []


def unescaped(lines: list[str]) -> tuple[list[str], str]:
    """The signed lines without dash escapes, and what was taken off (RFC 9580, 7.2)."""
    escaped = [line.startswith(_ESCAPE) for line in lines]
    words = [line.removeprefix(_ESCAPE) for line in lines]
    return words, " ".join("-" for each in escaped if each)
