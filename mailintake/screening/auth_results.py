"""What a mail server wrote into an Authentication-Results field (RFC 8601, section 2.2)."""

from dataclasses import dataclass

from mailintake.screening.incoming import ascii_lower

MOST_RESULTS = 100
MOST_TOKENS = 1500


@dataclass(frozen=True, slots=True)
class Result:
    """One verdict: `dmarc=pass header.from=example.com`.

    Method, verdict and the names of properties are in lower case, values as written. `is_clear` says that nothing in
    it could be read in another way.
    """

    method: str
    verdict: str
    properties: tuple[tuple[str, str], ...] = ()
    is_clear: bool = True

    def value(self, name: str) -> str:
        """The value of a property such as `header.from`, or ""."""
        return next((value for known, value in self.properties if known == name), "")


@dataclass(frozen=True, slots=True)
class Statement:
    """All results of one field, and who claims to have written it.

    `is_whole` is false where a comment or a quoted string has no end, where the version is unknown, or where there are
    more results or words than anybody writes: then no more may be believed than that something is wrong.
    """

    authserv_id: str
    results: tuple[Result, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class _Token:
    """A word, a quoted string or an equals sign; `glued` where nothing stands between it and the one before."""

    text: str
    glued: bool
    is_equals: bool = False
    is_quoted: bool = False


def parse(value: str) -> Statement | None:
    """The field's value (unfolded), read in one pass; None where no authserv-id can be made out. Never raises."""
    segments, is_whole = _scan(value)
    authserv_id, version = _head(segments[0])
    if not authserv_id:
        return None
    found = segments[1 : MOST_RESULTS + 1]
    is_whole = is_whole and version in {"", "1"} and len(segments) <= MOST_RESULTS + 1
    results = tuple(result for segment in found if (result := _result(segment)))
    return Statement(authserv_id, results, is_whole)


def _scan(value: str) -> tuple[list[list[_Token]], bool]:
    """The tokens between the semicolons, and whether every comment and string had its end."""
    segments: list[list[_Token]] = [[]]
    position, size, glued, is_whole, left = 0, len(value), False, True, MOST_TOKENS
    while position < size:
        if left == 0:
            return segments, False
        char = value[position]
        start = position
        if char in " \t":
            position, glued = position + 1, False
            continue
        if char == "(":
            position, ended = _after_comment(value, position)
            is_whole, glued = is_whole and ended, False
            continue
        if char == ";":
            segments.append([])
            position, glued, left = position + 1, False, left - 1
            continue
        if char == "=":
            position += 1
            token = _Token("=", glued, is_equals=True)
        elif char == '"':
            text, position, ended = _quoted(value, position)
            is_whole = is_whole and ended
            token = _Token(text, glued, is_quoted=True)
        else:
            while position < size and value[position] not in ' \t(;="':
                position += 1
            token = _Token(value[start:position], glued)
            is_whole = is_whole and ")" not in token.text
        segments[-1].append(token)
        glued, left = True, left - 1
    return segments, is_whole


def _after_comment(value: str, position: int) -> tuple[int, bool]:
    depth = 0
    while position < len(value):
        char = value[position]
        position += 2 if char == "\\" else 1
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return position, True
    return len(value), False


def _quoted(value: str, position: int) -> tuple[str, int, bool]:
    text: list[str] = []
    position += 1
    while position < len(value):
        char = value[position]
        if char == '"':
            return "".join(text), position + 1, True
        if char == "\\":
            position += 1
            char = value[position : position + 1]
        text.append(char)
        position += 1
    return "".join(text), len(value), False


def _head(tokens: list[_Token]) -> tuple[str, str]:
    """The authserv-id and the version, both "" where the field begins otherwise."""
    if not tokens or len(tokens) > 2 or any(token.is_equals for token in tokens):
        return "", ""
    if len(tokens) == 1:
        return tokens[0].text, ""
    return ("", "") if tokens[1].glued else (tokens[0].text, tokens[1].text)


def _result(tokens: list[_Token]) -> Result | None:
    """One result; None for an empty segment and for `none`."""
    if not tokens or (len(tokens) == 1 and ascii_lower(tokens[0].text) == "none"):
        return None
    pairs, is_clear = _pairs(tokens)
    if not pairs:
        return Result("", "", is_clear=False)
    (method, verdict), *properties = pairs
    method, _, version = method.partition("/")
    names = [name for name, _ in properties]
    is_clear = is_clear and version in {"", "1"} and len(names) == len(set(names))
    return Result(method, ascii_lower(verdict), tuple(properties), is_clear)


def _pairs(tokens: list[_Token]) -> tuple[list[tuple[str, str]], bool]:
    """`name=value` as often as it stands there, and whether there was nothing else."""
    pairs: list[tuple[str, str]] = []
    is_clear, position = True, 0
    while position < len(tokens):
        name, position = _name(tokens, position)
        if not name or position >= len(tokens) or not tokens[position].is_equals:
            is_clear = False
            position += not name
            continue
        position += 1
        if position >= len(tokens) or (tokens[position].is_equals and not tokens[position].glued):
            is_clear = False
            continue
        value = [tokens[position].text]
        is_clear = is_clear and not tokens[position].is_equals
        position += 1
        # what stands together is one value: base64 with its `=`, or "a local part"@domain
        while position < len(tokens) and tokens[position].glued:
            value.append(tokens[position].text)
            position += 1
        pairs.append((ascii_lower(name), "".join(value)))
    return pairs, is_clear


def _name(tokens: list[_Token], position: int) -> tuple[str, int]:
    """A name before an equals sign; its dot or slash may have white space and comments around it."""
    name = ""
    while position < len(tokens):
        token = tokens[position]
        if token.is_equals or token.is_quoted:
            break
        if name and not (name[-1] in "./" or token.text[0] in "./"):
            break
        name += token.text
        position += 1
    return name, position
