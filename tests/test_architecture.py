"""The shape of the program, held: who may import whom, who may touch the world, and how long a module gets."""

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mailintake"

# From the bottom up. An import points to a lower row or into the same package; neighbours do not know each other.
ROWS = (
    {"errors"},
    {"domain"},
    {"parsing", "screening", "entitlement", "routing", "desk", "notices"},
    {"storage", "config"},
    {"intake"},
    {"transports", "runners", "web"},
    {"resources"},
    {"daemon"},
    {"cli"},
    {"__main__"},
)
ROW = {name: number for number, row in enumerate(ROWS) for name in row}

# What has no say in the outside world: given the same values, the same comes out, today and tomorrow.
PURE = ("errors", "domain", *ROWS[2], "intake.case", "intake.decide")

OUTSIDE_WORLD = {
    "aiosmtpd",
    "aiosmtplib",
    "alembic",
    "apscheduler",
    "asyncio",
    "concurrent",
    "ftplib",
    "http",
    "imapclient",
    "imaplib",
    "multiprocessing",
    "psycopg",
    "random",
    "secrets",
    "select",
    "selectors",
    "smtplib",
    "socket",
    "sqlalchemy",
    "sqlite3",
    "ssl",
    "starlette",
    "subprocess",
    "threading",
    "urllib.request",
    "uvicorn",
    "uvloop",
}

# One library, one place: a module, or a package where several of its modules share the work.
LIBRARIES = {
    "aiosmtpd": ("transports",),
    "aiosmtplib": ("transports.submission",),
    "alembic": ("storage",),
    "apscheduler": ("runners.sweep",),
    "babel": ("notices",),
    "dkim": ("transports.evaluation_dkim",),
    "dns": ("transports.dns",),
    "google": ("transports.oauth_google",),
    "imapclient": ("transports.imap_client",),
    "idna": ("entitlement.identity", "notices.headers"),
    "jinja2": ("notices",),
    "mailparser": ("parsing.parser",),
    "msal": ("transports.oauth_microsoft",),
    "holidays": ("config.public_holidays",),
    "msgspec": ("domain.due_line", "storage", "runners.cage", "runners.cage_worker"),
    "nh3": ("parsing.html_clean",),
    "pybase64": ("parsing.transfer",),
    "re2": ("routing.regex",),
    "rich": ("cli",),
    "ruamel": ("config.source",),
    "selectolax": ("parsing",),
    "spf": ("transports.evaluation_spf",),
    # above the storage only for its Connection, which is handed on and not looked into
    "sqlalchemy": ("storage", "resources", "intake", "runners", "transports.acceptance", "daemon", "cli"),
    "starlette": ("web",),
    "structlog": ("runners", "web", "daemon", "cli"),
    "typer": ("cli",),
    "uvicorn": ("web",),
    "uvloop": ("daemon", "cli"),
    "webencodings": ("parsing.charsets",),
}

# Packages where a file is a unit, the table that must name each, and the files that are none.
REGISTERS: dict[str, tuple[str, set[str]]] = {
    "routing.conditions": ("CONDITIONS", {"addresses", "condition", "one_of", "texts_of", "yes_no"}),
    "screening": (
        "STEPS",
        {"auth_arc", "auth_domains", "auth_results", "auth_tags", "authentication", "incoming", "subjects"},
    ),
}

LONGEST = 300
LONGER: dict[str, str] = {}

MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path != PACKAGE / "__init__.py"
}


def within(module: str, places: tuple[str, ...]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def parsed(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_text())


def imports(module: str) -> Iterator[str]:
    """Every name this module imports, also inside functions: `from a import b` gives "a.b"."""
    here = MODULES[module].parent.relative_to(PACKAGE.parent).parts
    for node in ast.walk(parsed(module)):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(here[: len(here) - node.level + 1]) if node.level else ""
            source = ".".join(filter(None, (base, node.module)))
            yield from (f"{source}.{name.name}" for name in node.names)


def of_ours(module: str) -> set[str]:
    """The parts of mailintake a module imports, by their name in ROWS."""
    ours = (name.split(".") for name in imports(module) if name.startswith("mailintake."))
    return {parts[1] for parts in ours if parts[1] != "__version__"}


def test_every_part_has_its_row() -> None:
    assert {module.partition(".")[0] for module in MODULES} <= set(ROW)


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_downwards(module: str) -> None:
    part = module.partition(".")[0]
    assert {other for other in of_ours(module) if other != part and ROW[other] >= ROW[part]} == set()


@pytest.mark.parametrize("module", [module for module in MODULES if within(module, PURE)])
def test_the_middle_does_not_touch_the_world(module: str) -> None:
    assert {name for name in imports(module) if within(name, tuple(OUTSIDE_WORLD))} == set()


@pytest.mark.parametrize("module", [module for module in MODULES if within(module, PURE)])
def test_time_is_an_argument(module: str) -> None:
    clocks = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today")}
    calls = {
        (node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", ""), node.attr)
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.Attribute)
    }
    assert calls & clocks == set()
    assert {name for name in imports(module) if name.split(".")[0] == "time"} == set()


@pytest.mark.parametrize("module", MODULES)
def test_a_library_stays_in_its_place(module: str) -> None:
    names = {name.split(".")[0] for name in imports(module)} - set(sys.stdlib_module_names) - {"mailintake"}
    assert names <= set(LIBRARIES), "a library without a place: give it one in LIBRARIES"
    assert {name for name in names if not within(module, LIBRARIES[name])} == set()


def test_every_place_for_a_library_is_taken() -> None:
    used = {name.split(".")[0] for module in MODULES for name in imports(module)}
    assert set(LIBRARIES) - used == set()


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_read_in_one_sitting(module: str) -> None:
    length = len(MODULES[module].read_text().splitlines())
    assert length <= LONGEST or module in LONGER
    assert length > LONGEST or module not in LONGER, "short enough now: take it off the list"


@pytest.mark.parametrize("module", [module for module, path in MODULES.items() if path.read_text().strip()])
def test_a_module_opens_with_a_sentence(module: str) -> None:
    text = ast.get_docstring(parsed(module))
    assert text
    assert text.splitlines()[0].rstrip().endswith((".", ":", "!", "?"))


@pytest.mark.parametrize("package", REGISTERS)
def test_every_unit_is_registered(package: str) -> None:
    table, helpers = REGISTERS[package]
    register = getattr(importlib.import_module(f"mailintake.{package}"), table)
    units = register.values() if isinstance(register, dict) else register
    registered = {unit.__module__.removeprefix(f"mailintake.{package}.") for unit in units}
    files = {module.removeprefix(f"{package}.") for module in MODULES if module.startswith(f"{package}.")}
    assert files - registered == helpers
