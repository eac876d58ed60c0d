"""What senders declare, what they meant, and what to try when they declared nothing."""

import codecs
import re
from functools import lru_cache

from mailintake.parsing import iso_2022_jp

# Labels that the WHATWG table lacks or maps to something that cannot be decoded, and codecs that are supersets of
# what was declared: people write GBK and call it gb2312.
_LABELS = {
    "utf-7": "utf-7",
    "unicode-1-1-utf-7": "utf-7",
    "utf7": "utf-7",
    "hz-gb-2312": "hz",
    "hz": "hz",
    "iso-2022-kr": "iso2022_kr",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-2022-jp-1": "iso2022_jp_ext",
    "iso-2022-jp-2": "iso2022_jp_2",
    "iso-2022-jp-3": "iso2022_jp_3",
    "iso-2022-jp-ext": "iso2022_jp_ext",
    "csiso2022jp": "iso2022_jp_ext",
    "gb2312": "gb18030",
    "gb_2312-80": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "cp936": "gb18030",
    "euc-cn": "gb18030",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "ms_kanji": "cp932",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "cp950": "cp950",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "ansi_x3.4-1968": "ascii",
    "iso-8859-8-i": "iso8859_8",
    "iso-8859-8": "iso8859_8",
    "windows-874": "cp874",
    "x-mac-cyrillic": "mac_cyrillic",
    "macintosh": "mac_roman",
    "x-mac-roman": "mac_roman",
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "utf8mb4": "utf-8",
    "cp-850": "cp850",
    "utf-16": "utf-16",
    "utf-32": "utf-32",
}
_CODEPAGES = {
    936: "gb18030",
    950: "big5hkscs",
    1361: "johab",
    10000: "mac_roman",
    20127: "ascii",
    20866: "koi8-r",
    20932: "euc-jp",
    21866: "koi8-u",
    50220: "iso-2022-jp",
    51932: "euc-jp",
    51936: "gb18030",
    51949: "cp949",
    54936: "gb18030",
}
_SILENT = frozenset({"ascii", "x-unknown", "unknown-8bit", "unknown", "default", "default_charset", "8bit", "binary"})
# Codecs of Python that are no charsets, or that loop and expand.
_NO_CHARSETS = frozenset({"undefined", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})
_SINGLE_BYTE = ("cp125", "cp874", "iso8859", "koi8", "mac")
_LABEL = re.compile(r"[a-z0-9][a-z0-9_.:+-]{0,39}")
_ISO_2022_JP = re.compile(rb"\x1b(?:\$[@B]|\([BJ]|\$\([DQ])")
# Leftover escape sequences and undefined bytes of a wrong guess.
_IMPOSSIBLE = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f-\x84\x86-\x9f\ufffd]")


@lru_cache(maxsize=256)
def codec(label: str) -> str | None:
    """The Python codec for a declared charset, or None if nobody knows the label."""
    label = label.strip("\"' \t").lower()
    if not _LABEL.fullmatch(label):
        return None
    known = _LABELS.get(label)
    if known:
        return known
    from webencodings import lookup  # type: ignore[import-untyped]  # it ships no types

    encoding = lookup(label)
    if encoding is not None:
        return _LABELS.get(encoding.name) or str(encoding.codec_info.name)
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return None
    text = getattr(info, "_is_text_encoding", True)
    return info.name if text and info.name.replace("-", "_") not in _NO_CHARSETS else None


def of_codepage(number: int) -> str | None:
    """The Python codec for a number by which Windows names a charset, or None if nobody knows it."""
    if 28591 <= number <= 28606:
        return codec(f"iso8859-{number - 28590}")
    return codec(_CODEPAGES.get(number, f"cp{number}"))


def decode(
    data: bytes, declared: str | None, *, fallback: str | None = None, beside: bytes = b""
) -> tuple[str, str | None]:
    """Text, and the defect word if the declaration could not be followed.

    `fallback` is what other parts of the same mail declare; `beside` are bytes of the same mail that are not in what
    they are declared to be, which help to tell the charset. Never raises; every byte string gives some text.
    """
    label = (declared or "").strip().lower()
    name = codec(label) if label else None
    if label and name is None and label not in _SILENT:
        text, _ = decode(data, None, fallback=fallback, beside=beside)
        return text, "unknown-charset"
    if name is not None and name != "ascii":
        if name.startswith(_SINGLE_BYTE) and (unicode := _as_utf8(data)) is not None:
            return unicode, "wrong-charset"
        try:
            return _plain(data.decode(name)), None
        except (UnicodeError, ValueError, LookupError):
            if name.startswith("iso2022_jp") and b"\x1b" in data:
                return iso_2022_jp.decode(data), None
        return _repair(data, name, fallback, beside), "wrong-charset"
    if data.isascii() and b"\x1b" not in data:
        return data.decode("ascii"), None
    return _guess(data, fallback, beside), "undeclared-charset" if label in _SILENT or not label else "wrong-charset"


def _as_utf8(data: bytes) -> str | None:
    """The text if the bytes are UTF-8 beyond ASCII, which no text in a single-byte charset is by chance."""
    if data.isascii():
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _plain(text: str) -> str:
    """Lone surrogates, which some codecs let through, replaced."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    return text


def is_foreign(data: bytes, declared: str | None) -> bool:
    """Whether bytes beyond ASCII are neither UTF-8 nor in the charset they are declared to be in."""
    if data.isascii() or _as_utf8(data) is not None:
        return False
    name = codec(declared) if declared else None
    if name is None or name == "ascii":
        return True
    return name == "utf-8" and not _is_damaged_utf8(data)


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether bytes that do not decode as UTF-8 were that once: most characters are whole, or only the last is cut."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(text) - len(text.encode("ascii", "ignore")) - broken
    if not whole and broken == 1:
        return _is_cut(data)
    return whole >= broken


def _is_cut(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.reason == "unexpected end of data"
    return False


def _repair(data: bytes, name: str, fallback: str | None, beside: bytes) -> str:
    """The declared charset does not fit every byte: another that fits, else the declared one with replacements."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    replaced = _plain(data.decode(name, "replace"))
    # a cut character or one foreign byte does not make the declaration wrong
    sound = name != "utf-8" or _is_damaged_utf8(data)
    if sound and replaced.count("\ufffd") * 20 <= len(replaced) + 20:
        return replaced
    return _guess(data, fallback, beside)


def _guess(data: bytes, fallback: str | None, beside: bytes) -> str:
    try:
        return data.decode("utf-8") if b"\x1b" not in data else _escaped(data)
    except (UnicodeError, ValueError):
        pass
    name = codec(fallback) if fallback else None
    if name and name not in ("ascii", "utf-8"):
        try:
            text = data.decode(name)
        except (UnicodeError, ValueError):
            pass
        else:
            if not _IMPOSSIBLE.search(text):
                return _plain(text)
    from mailintake.parsing.charset_guess import guess

    return _plain(data.decode(guess(data, beside), "replace"))


def _escaped(data: bytes) -> str:
    if _ISO_2022_JP.search(data) and data.isascii():
        return iso_2022_jp.decode(data)
    return data.decode("utf-8")
