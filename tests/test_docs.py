"""What the pages say is what the program does: commands, keys, letters, exit status, examples and links."""

import ast
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
import typer

from mailintake import cli, config, errors
from mailintake.config.limits import Limits, parse_size
from mailintake.config.shapes import Record
from mailintake.notices.samples import SAMPLES

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md")))
CONFIGURATION = (DOCS / "configuration.md").read_text()
COMMANDS = (DOCS / "commands.md").read_text()

FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
FILE_BLOCK = re.compile(r"^<!-- (\w+\.yaml)(?:: (\w+))? -->\n```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE_LINE = re.compile(r"^\$ (mailintake\b.*)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^()\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)

SAFE = {"check", "explain", "init", "inspect", "outbox list", "quarantine list", "quarantine show", "tickets list"}
SAFE |= {"mailbox status", "schema", "tickets show", "--version", "notices list", "notices preview"}
SAFE |= {"plans", "sla due", "sla explain", "sla recalculate --dry-run"}
SAFE |= {"accounts list", "accounts show", "accounts usage", "accounts export"}
SAFE |= {"rules test", "rules lint", "rules stats", "rules replay", "tickets why"}


def sections(page: str, heading: str = r"## ") -> dict[str, str]:
    """The text below each heading of this level, as far as the next of any level down to it."""
    parts = re.split(rf"^{heading}", page, flags=re.MULTILINE)[1:]
    return {part.partition("\n")[0]: re.split(r"^# ", part.partition("\n")[2], flags=re.MULTILINE)[0] for part in parts}


def rows(text: str) -> dict[str, list[str]]:
    """The rows of tables whose first cell is one code word: all cells by that word."""
    found = re.findall(r"^\| `([^`|]+)` \|(.*)\|$", text, re.MULTILINE)
    return {key: [cell.strip() for cell in rest.split(" |")] for key, rest in found}


def keys(text: str) -> dict[str, list[str]]:
    """The rows of tables of keys: type, default, example and meaning by key."""
    return {key: cells for key, cells in rows(text).items() if len(cells) == 4}


# Commands


def leaves(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every command that does something, with its full name."""
    if hasattr(command, "commands"):
        for name, below in command.commands.items():
            yield from leaves(below, f"{path} {name}")
    else:
        yield path, command


APP = dict(leaves(typer.main.get_command(cli.app), "mailintake"))


def test_every_command_has_its_heading_and_no_heading_lacks_its_command() -> None:
    documented = {heading.strip("`") for heading in sections(COMMANDS) if heading.startswith("`mailintake ")}
    assert documented == set(APP)


@pytest.mark.parametrize("name", APP)
def test_every_option_is_named(name: str) -> None:
    options = {long for each in APP[name].params for long in each.opts if long.startswith("--")} - {"--help"}
    text = sections(COMMANDS)[f"`{name}`"]
    assert {option for option in options if f"`{option}`" not in text} == set()
    assert set(re.findall(r"`(--[a-z-]+)`", text)) - options == set()


def test_every_exit_status_has_its_row() -> None:
    def tree(kind: type[errors.MailintakeError]) -> Iterator[int]:
        yield kind.exit_status
        for below in kind.__subclasses__():
            yield from tree(below)

    table = sections(COMMANDS)["Exit status"]
    assert set(map(int, re.findall(r"^\| (\d+) \|", table, re.MULTILINE))) == {0, 130} | set(
        tree(errors.MailintakeError)
    )


# Configuration


BLOCKS = [
    pytest.param(page, name, group, text, id=f"{page.stem}-{number}-{name}")
    for page in PAGES
    for number, (name, group, text) in enumerate(FILE_BLOCK.findall(page.read_text()))
]


def load(directory: Path, *blocks: tuple[str, str]) -> config.Configuration:
    """The starter with these files in place of its own, and all that they name."""
    home = directory / "config"
    shutil.copytree(ROOT / "config", home)
    (home / "templates").mkdir()
    for secret in (
        "relay.password",
        "mailbox.password",
        "oauth.secret",
        "google.json",
        "google.secret",
        "microsoft.secret",
        "database.password",
        "token.key",
        "former.key",
        "certificate.pem",
        "key.pem",
    ):
        (home / secret).write_text("x" * 32)
        (home / secret).chmod(0o600)
    for name, text in blocks:
        (home / name).write_text(text)
    return config.load(home, environment={})


def blocks_beside(page: Path, name: str, group: str, text: str) -> list[tuple[str, str]]:
    """The block, and those of the page that belong to the same group."""
    others = [(other, more) for other, also, more in FILE_BLOCK.findall(page.read_text()) if group and also == group]
    return [*others, (name, text)]


@pytest.mark.parametrize(("page", "name", "group", "text"), BLOCKS)
def test_an_example_loads_without_a_warning(page: Path, name: str, group: str, text: str, tmp_path: Path) -> None:
    assert load(tmp_path, *blocks_beside(page, name, group, text)).warnings == ()


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[frozenset[str], Record[Any]]:
    """The sections that the files may have, by their keys: all that reading the reference's own examples comes by."""
    seen: dict[frozenset[str], Record[Any]] = {}
    read: Callable[..., Any] = Record.__call__

    def watched(self: Record[Any], node: Any) -> Any:
        own = {key for key in self.fields if key != "certified-developer"}  # an attribute of the example's own
        seen[frozenset(own)] = self
        return read(self, node)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Record, "__call__", watched)
        for page, name, group, text in (block.values for block in BLOCKS):
            load(tmp_path_factory.mktemp("config"), *blocks_beside(page, name, group, text))  # type: ignore[arg-type]  # as put in
    return seen


def test_the_examples_come_by_every_section(records: dict[frozenset[str], Record[Any]]) -> None:
    trees = [ast.parse(path.read_text()) for path in (ROOT / "mailintake" / "config").glob("*.py")]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]
    assert len(records) == sum(isinstance(call.func, ast.Name) and call.func.id == "Record" for call in calls)


def test_every_section_has_a_table_of_exactly_its_keys(records: dict[frozenset[str], Record[Any]]) -> None:
    rules = CONFIGURATION.rpartition("\n# rules.yaml\n")[2].partition("\n## ")[0]
    documented = [sorted(keys(text)) for text in (*sections(CONFIGURATION).values(), rules) if keys(text)]
    assert sorted(documented) == sorted(map(sorted, records))


def test_what_is_not_kept_yet_is_said(records: dict[frozenset[str], Record[Any]]) -> None:
    for text in sections(CONFIGURATION).values():
        record = records.get(frozenset(keys(text)))
        if record and record.later:
            assert set(re.findall(r"`([a-z_]+)`", text.partition("Not yet:")[2])) >= set(record.later)


def test_needed_keys_are_marked(records: dict[frozenset[str], Record[Any]]) -> None:
    for text in sections(CONFIGURATION).values():
        table = keys(text)
        record = records.get(frozenset(table))
        if record:
            needed = {key for key, cells in table.items() if cells[1] == "— (needed)"}
            assert set(record.required) - {"region"} <= needed


@pytest.mark.parametrize(("key", "cells"), keys(sections(CONFIGURATION)["limits"]).items())
def test_a_limit_s_default_is_the_true_one(key: str, cells: list[str]) -> None:
    written = cells[1].strip("`")
    assert (parse_size(written) if written.endswith("B") else int(written)) == getattr(Limits(), key)


# Configuration of mail servers, which the tests of these servers read from the pages


SERVER_BLOCK = re.compile(r"^<!-- ([\w.-]+): (\w+) -->\n```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_box_of_the_page_on_postfix_is_one_that_a_postfix_was_started_with() -> None:
    page = (DOCS / "howto" / "postfix.md").read_text()
    tests = ast.parse((ROOT / "tests" / "e2e" / "test_postfix.py").read_text())
    words = {node.value for node in ast.walk(tests) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    boxes = SERVER_BLOCK.findall(page)
    assert {(name, group) for name, group, _ in boxes} == {
        ("main.cf", "lmtp"),
        ("master.cf", "lmtp"),
        ("main.cf", "table"),
        ("transport", "table"),
        ("main.cf", "pipe"),
        ("master.cf", "pipe"),
    }
    assert {group for _, group, _ in boxes} <= words
    assert len(FENCED.findall(page)) == len(boxes) + len(FILE_BLOCK.findall(page))


# Letters


def test_every_letter_has_its_row_with_its_words() -> None:
    words: dict[str, set[str]] = {}
    for sample in SAMPLES:
        words.setdefault(sample.template, set()).update(sample.context)
    table = rows((DOCS / "howto" / "letters.md").read_text())
    assert {name: set(re.findall(r"`(\w+)`", cells[1])) for name, cells in table.items()} == words
    shipped = (ROOT / "templates" / "en").glob("[!_]*.txt.j2")
    assert set(table) == {path.name.removesuffix(".txt.j2") for path in shipped}


# Commands that a reader may try


@contextmanager
def starter(home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The starter at work in a directory, where it has taken the mail that it offers, which opened ticket 1."""
    shutil.copytree(ROOT / "config", home / "config")
    host = home / "config" / "mailintake.yaml"
    host.write_text(host.read_text().replace("port: 2525", "port: 0").replace("# workers: 2", "workers: 1"))
    command = [sys.executable, "-m", "mailintake", "serve"]
    there: dict[str, Any] = {"cwd": home, "env": {**os.environ, "PYTHONPATH": str(ROOT)}}
    with (home / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log, **there) as daemon:
        try:
            said = found(home / "log", r"(?m)^ +python3 (-c .*)$", daemon)
            subprocess.run([sys.executable, *shlex.split(said)], check=True)
            found(home / "log", r"event=opened mail=1 (.*)", daemon)
            yield daemon
        finally:
            daemon.terminate()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory where the starter has run, with a mail to try things with."""
    home = tmp_path_factory.mktemp("place")
    (home / "mail.eml").write_bytes((ROOT / "tests" / "mails" / "plain_question.eml").read_bytes())
    with starter(home):
        pass
    return home


def test_the_agent_s_answer_of_the_quickstart_reaches_the_customer(tmp_path: Path) -> None:
    (script,) = re.findall(r"^```python\n(.*?)^```$", (DOCS / "quickstart.md").read_text(), re.MULTILINE | re.DOTALL)
    with starter(tmp_path) as daemon:
        (port,) = re.findall(r'"127\.0\.0\.1", (\d+)', found(tmp_path / "log", r"(?m)^ +python3 (-c .*)$", daemon))
        letters_in(tmp_path, 3)  # an acknowledgement, and one for each agent
        subprocess.run([sys.executable, "-c", script.replace("2525", port)], cwd=tmp_path, check=True)
        answer, receipt = letters_in(tmp_path, 5)[3:]
    if answer["To"].startswith("Maria"):
        answer, receipt = receipt, answer
    assert (answer["To"], str(answer["From"])) == (
        "ana@bakery.example",
        '"Maria Horvat (Example Desk)" <support@desk.example>',
    )
    assert "please look at fuse 7" in answer.as_string()
    assert "#take" not in answer.as_string()
    assert "#take" in receipt.as_string()


def letters_in(home: Path, number: int) -> list[Message]:
    """The first letters of the starter, once there are so many, the oldest first."""
    for _ in range(600):
        paths = list((home / "var" / "outgoing" / "new").glob("*"))
        if len(paths) >= number:
            paths.sort(key=lambda path: path.stat().st_mtime_ns)
            return [message_from_bytes(path.read_bytes()) for path in paths]
        time.sleep(0.05)
    raise AssertionError(f"{len(paths)} letters, not {number}")


def found(log: Path, pattern: str, daemon: "subprocess.Popen[bytes]") -> str:
    """What the daemon's log says, once it does."""
    for _ in range(600):
        if match := re.search(pattern, log.read_text()):
            return match[1]
        assert daemon.poll() is None, log.read_text()
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def test_the_first_mail_is_the_one_that_the_daemon_offers(place: Path) -> None:
    offered = re.search(r"(?m)^ +(python3 -c .*)$", (place / "log").read_text())
    assert offered
    assert "$ " + re.sub(r'(?<="127.0.0.1", )\d+', "2525", offered[1]) in (ROOT / "README.md").read_text().splitlines()


def test_the_list_of_tickets_looks_as_it_is_printed(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert status_of("mailintake tickets list", place, monkeypatch) == 0
    heading, ticket = (re.split(" {2,}", line.strip()) for line in capsys.readouterr().out.splitlines())
    printed = [re.split(" {2,}", line) for line in (ROOT / "README.md").read_text().splitlines()]
    assert heading in printed
    assert ticket[:6] in [words[:6] for words in printed]


def is_safe(line: str) -> bool:
    words = shlex.split(line)[1:]
    return any(" ".join(words[:count]) in SAFE for count in (1, 2, 3))


PRINTED = [line for page in PAGES for line in CONSOLE_LINE.findall(page.read_text())]


def test_every_command_on_a_prompt_is_one_that_can_be_tried() -> None:
    assert [line for line in PRINTED if not is_safe(line)] == []


@pytest.mark.parametrize("line", dict.fromkeys(line for line in PRINTED if "mydesk" not in line))
def test_a_printed_command_succeeds(line: str, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert status_of(line, place, monkeypatch) == 0


def test_the_commands_for_a_desk_of_one_s_own_succeed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = list(dict.fromkeys(line for line in PRINTED if "mydesk" in line))
    assert [status_of(line, tmp_path, monkeypatch) for line in lines] == [0] * len(lines)


def status_of(line: str, directory: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(directory)
    monkeypatch.delenv("MAILINTAKE_CONFIG", raising=False)
    monkeypatch.setattr(sys, "argv", shlex.split(line))
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code


# Links


def slug(heading: str) -> str:
    """The anchor that Markdown pages get for a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_within_these_pages_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCED.sub("", page.read_text())):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        goal = (page.parent / path).resolve() if path else page
        assert goal.exists(), target
        if anchor:
            assert anchor in map(slug, HEADING.findall(FENCED.sub("", goal.read_text()))), target
