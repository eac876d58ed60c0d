"""Public holidays of countries, as the `holidays` package knows them."""

import warnings
from datetime import date

from mailintake.config.shapes import nearest
from mailintake.config.source import Scalar

# Fixed, so that the same file always means the same.
FIRST_YEAR = 2020
LAST_YEAR = 2045


def public_holidays(country: Scalar, region: Scalar | None) -> frozenset[date]:
    """The days when a country, or a region of it, is closed by law, from FIRST_YEAR to LAST_YEAR.

    They are named by ISO 3166 codes, such as `DE` and `BY`. A day that is observed in the place of one on a weekend is
    among them. Raises ConfigError for what is unknown, and warns of years about which nothing is known.
    """
    from holidays import country_holidays, list_supported_countries

    countries = list_supported_countries(include_aliases=False)
    code = country.text.upper()
    if code not in countries:
        raise country.wrong(f"unknown country `{country.text}`{_country_like(country.text)}")
    if region is not None and region.text not in countries[code]:
        raise region.wrong(_no_region(code, region.text, countries[code]))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what it does not know is said below, by file and line
        days = country_holidays(
            code,
            subdiv=region.text if region else None,
            years=range(FIRST_YEAR, LAST_YEAR + 1),
            observed=True,
            categories=("public",),
        )
    found = frozenset(days)
    if not found:
        raise country.wrong(f"no public holidays of `{code}` are known")
    if (last := max(found).year) < LAST_YEAR:
        country.warn(f"no public holidays of `{code}` after {last} are known: add those yourself")
    return found


def _no_region(code: str, word: str, known: list[str]) -> str:
    from holidays import country_holidays

    if not known:
        return f"no regions of `{code}` are known: all of it has the same public holidays"
    aliases = {name.casefold(): alias for name, alias in country_holidays(code).subdivisions_aliases.items()}
    found = aliases.get(word.casefold())
    hint = f"; did you mean `{found}`?" if found else nearest(word, known)
    return f"unknown region `{word}` of `{code}`{hint or '; it is written as in ISO 3166-2, without the country'}"


def _country_like(word: str) -> str:
    """The code of the country that somebody may have meant who wrote its name or another code of it."""
    from holidays.registry import COUNTRIES

    codes = {name.casefold(): names[1] for key, names in COUNTRIES.items() for name in (key.replace("_", " "), *names)}
    found = codes.get(word.casefold(), "")
    if not found and len(word) > 3 and (hint := nearest(word, codes, cutoff=0.75)):
        found = codes[hint.split("`")[1]]
    return f"; did you mean `{found}`?" if found else "; write its two letters, such as SI (ISO 3166-1)"
