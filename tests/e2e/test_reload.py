"""The configuration of a running daemon changes under load: no mail is lost, each is decided under one version."""

import itertools
import json
import re
import signal

import pytest

from mailintake import config
from tests.e2e.conftest import NewDesk
from tests.e2e.harness import ACCOUNTS, DESK, MAILDIR, MANY_LETTERS, Desk, eventually
from tests.e2e.load import SENDER, Load, account_for
from tests.e2e.mails import a_mail, send

ADMIN = "root@desk.example"
WATCHED = 6
"""So many of the reloads, at regular distances, are not asked for: the daemon notices by itself."""
BROKEN = (
    ("rules", "rules: ["),
    ("rules", "rules: [{{name: broken-{n}, wen: {{subject: x}}, then: {{tags: x}}}}]\n"),
    ("rules", "rules: [{{name: broken-{n}, when: {{subject: {{regex: '('}}}}, then: {{tags: x}}}}]\n"),
    ("rules", "rules: [{{name: broken-{n}, then: {{acknowledge: nothing}}}}]\n"),
    ("rules", "tests: [{{mail: {{from: mia@mill.example}}, expect: {{tags: broken-{n}}}}}]\n"),
    ("desk", DESK.replace("{", "{{").replace("}", "}}") + "broken_{n}: yes\n"),
    ("accounts", ACCOUNTS.replace("{", "{{").replace("}", "}}").replace("plan: many", "plan: plenty-{n}")),
)


def rules(number: int) -> str:
    """A version whose every ticket shows under which it was decided: by a tag, and by its priority."""
    priority = ("high", "low")[number % 2]
    return f"rules: [{{name: version-{number}, then: {{tags: v{number}, priority: {priority}}}}}]\n"


def write(desk: Desk, name: str, text: str) -> None:
    """As careful editors do: beside it, then in its place."""
    new = desk.config / f".{name}.new"
    new.write_text(text)
    new.rename(desk.config / f"{name}.yaml")


def reload(desk: Desk, *, event: str, ask: bool = True) -> None:
    """Have what was written read, and wait for the line about it."""
    before = desk.said().count(f'event="{event}"')
    if ask:
        assert desk.process is not None
        desk.process.send_signal(signal.SIGHUP)
    eventually(lambda: desk.said().count(f'event="{event}"') > before, what=f"a line `{event}`")


def reload_often(desk: Desk, times: int) -> dict[str, int]:
    """As often, every second time to a broken configuration; the versions that ran, by their digests."""
    versions = {config.digest(desk.config): 0}
    kinds = itertools.cycle(BROKEN)
    by_itself = set(range(0, times, max(1, times // WATCHED)))
    for number in range(1, times // 2 + 1):
        name, text = next(kinds)
        sound = (desk.config / f"{name}.yaml").read_text()
        write(desk, name, text.format(n=number))
        reload(desk, event="configuration broken", ask=2 * number - 2 not in by_itself)
        write(desk, name, sound)
        write(desk, "rules", rules(number))
        versions[config.digest(desk.config)] = number
        reload(desk, event="configuration taken over", ask=2 * number - 1 not in by_itself)
    return versions


def check_decisions(desk: Desk, versions: dict[str, int]) -> set[int]:
    """Each decision names the version it was made under, and is what that version says; the versions that decided."""
    rows = desk.rows(
        "SELECT journal.detail, ticket.priority, ticket.tags FROM journal JOIN ticket ON ticket.id = journal.ticket_id "
        "WHERE journal.event = 'opened'"
    )
    assert len(rows) == desk.value("SELECT count(*) FROM ticket")
    for detail, priority, tags in rows:
        number = versions[json.loads(detail)["policy"]]
        assert json.loads(detail)["rules"] == [f"version-{number}"]
        assert (priority, json.loads(tags)) == (("high", "low")[number % 2], [f"v{number}"])
    return {versions[json.loads(detail)["policy"]] for detail, *_ in rows}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("times", [12, pytest.param(100, marks=pytest.mark.long)])
def test_no_mail_is_lost_and_each_is_decided_under_one_version(new_desk: NewDesk, times: int) -> None:
    desk = new_desk(host=MAILDIR + MANY_LETTERS)
    write(desk, "rules", rules(0))
    desk.start()
    load = Load(desk, connections=5, seed=times, pause=0.1, big=1)
    load.start()
    versions = reload_often(desk, times)
    load.wait_for(5 * times)
    load.finish()
    print(account_for(desk, load))
    assert len(versions) == times // 2 + 1
    decided = check_decisions(desk, versions)
    print(f"{times} reloads, {times // 2} of them broken; {len(decided)} versions decided")
    assert len(decided) > times // 4
    assert desk.said().count('event="configuration broken"') == times // 2


def test_a_broken_one_is_told_to_the_admin_once_and_shown(new_desk: NewDesk) -> None:
    desk = new_desk(host=MAILDIR + f"admin: {ADMIN}\n")
    desk.start()
    running = desk.ask("status")
    assert running["status"] == "ok"
    assert running["config"] == config.digest(desk.config)
    assert running["last_reload"] is None

    write(desk, "rules", "rules: [{name: a, wen: {subject: x}, then: {tags: x}}]\n")
    reload(desk, event="configuration broken")
    reload(desk, event="configuration broken")
    letter = desk.one_letter_to(ADMIN)
    assert "rules.yaml:1:" in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    shown = desk.ask("status")
    assert (shown["config"], shown["status"]) == (running["config"], "ok")
    assert shown["last_reload"]["ok"] is False
    assert re.search(r"rules\.yaml:1:\d+: ", shown["last_reload"]["problem"])
    assert desk.run("check").returncode == 78
    answer = send(desk.port, a_mail("Under the old one", sender=SENDER), sender=SENDER)
    assert answer.code == 250
    desk.wait_until_idle()
    assert desk.value("SELECT count(*) FROM ticket") == 1

    write(desk, "rules", rules(1))
    write(desk, "mailintake", (desk.config / "mailintake.yaml").read_text() + "workers: 1\n")
    reload(desk, event="configuration taken over")
    repaired = desk.ask("status")
    assert repaired["last_reload"]["ok"] is repaired["needs_restart"] is True
    table = desk.run("status").stdout.decode()
    assert re.search(r"needs a restart +yes", table)
    assert re.search(rf"configuration +{repaired['config'][:12]}", table)
    desk.stop()
    asked = desk.run("status")
    assert (asked.returncode, asked.stdout) == (1, b"")
    assert len(asked.stderr.splitlines()) == 1
    desk.start()
    fresh = desk.ask("status")
    assert (fresh["needs_restart"], fresh["config"]) == (False, config.digest(desk.config))
    assert len(desk.letters_to(ADMIN)) == 1


def test_templates_of_one_s_own_take_effect_without_a_restart(new_desk: NewDesk) -> None:
    desk = new_desk(host=MAILDIR + "templates: letters\n")
    own = desk.config / "letters" / "en"
    own.mkdir(parents=True)
    desk.start()
    (own / "acknowledged.txt.j2").write_text("Subject: We have it\n\nYou will hear from the mill.\n")
    reload(desk, event="templates taken over")
    send(desk.port, a_mail(sender=SENDER), sender=SENDER)
    letter = desk.one_letter_to(SENDER)
    assert "You will hear from the mill." in letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]


@pytest.mark.parametrize(("name", "text"), [BROKEN[3], BROKEN[4]], ids=["letter", "test"])
def test_what_a_reload_refuses_a_start_refuses(new_desk: NewDesk, name: str, text: str) -> None:
    desk = new_desk()
    write(desk, name, text.format(n=1))
    ran = desk.run("serve")
    assert (ran.returncode, ran.stdout) == (78, b"")
    assert re.match(rf".*/{name}\.yaml:1:\d+: ", ran.stderr.decode())
    assert not desk.state.exists()
