"""Addresses with names, and domains of customers."""

import re

from mailintake.config.shapes import Parsed
from mailintake.domain.mail import Address
from mailintake.entitlement import identity

# fmt: off
FREE_MAIL = frozenset({
    "126.com", "163.com", "aol.com", "bk.ru", "fastmail.com", "free.fr", "gmail.com", "gmx.at", "gmx.ch", "gmx.com",
    "gmx.de", "gmx.net", "googlemail.com", "hey.com", "hotmail.co.uk", "hotmail.com", "hotmail.de", "hotmail.fr",
    "i.ua", "icloud.com", "inbox.lv", "inbox.ru", "laposte.net", "libero.it", "list.ru", "live.com", "mac.com",
    "mail.com", "mail.de", "mail.ru", "me.com", "msn.com", "naver.com", "o2.pl", "orange.fr", "outlook.com",
    "outlook.de", "outlook.fr", "pm.me", "proton.me", "protonmail.com", "qq.com", "rambler.ru", "seznam.cz",
    "siol.net", "t-online.de", "tutanota.com", "tuta.com", "ukr.net", "wanadoo.fr", "web.de", "wp.pl", "ya.ru",
    "yahoo.co.jp", "yahoo.co.uk", "yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.it", "yandex.com", "yandex.ru",
    "yeah.net", "ymail.com", "zoho.com",
})
# fmt: on
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")


def parse_person(text: str) -> Address:
    """`Ana Baker <ana@bakery.example>` or the address alone. Raises ValueError."""
    found = _NAMED.fullmatch(text)
    name, address = (found[1].strip().strip('"'), found[2].strip()) if found else ("", text)
    if identity.key(address) is None:
        raise ValueError(f"`{text}` is no mail address such as `Ana Baker <ana@bakery.example>`")
    return Address(address, name)


def parse_domain(text: str) -> str:
    """A customer's domain in its compared form, `*.` before it for everything below. Raises ValueError."""
    star, plain = ("*.", text[2:]) if text.startswith("*.") else ("", text)
    key = identity.domain_key(plain)
    if key is None or "." not in key:
        raise ValueError(f"`{text}` is no domain such as bakery.example")
    if key in FREE_MAIL:
        raise ValueError(f"anybody can have an address at {key}: list persons under `contacts` instead")
    return star + key


person = Parsed(parse_person, "an address such as `Ana Baker <ana@bakery.example>`")
domain = Parsed(parse_domain, "a domain")
