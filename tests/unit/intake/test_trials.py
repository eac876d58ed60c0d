"""The tests inside the rules file say what would become of a mail in truth, not only what rules would say."""

import os
import re
import shutil
from pathlib import Path

import pytest

from mailintake import config
from mailintake.domain.tag import Tagger
from mailintake.errors import Problem
from mailintake.intake import trials
from mailintake.intake.policy import Policy
from tests.builders import a_mail
from tests.subjects import a_file, known

ROOT = Path(__file__).parents[3]
GUIDES = ROOT / "docs" / "howto"
BLOCK = re.compile(r"^<!-- (\w+\.yaml): desk -->\n```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
RULES = """
rules:
  - {name: programs, when: {attachment: {name: "*.exe"}}, then: {quarantine: a program}}
  - {name: news, when: {body: unsubscribe}, then: {ignore: news}}
  - {name: old-desk, when: {recipient: "billing@desk.example"}, then: {redirect: money@desk.example}}
  - {name: outage, when: {says: "nothing works"}, then: {priority: P1, tags: [loud]}}
  - {name: again, when: {reply: yes}, then: {tags: again}}
  - {name: night, when: {time: {outside: office}}, then: {team: oncall}}
  - {name: money, when: {priority: P3}, then: {queue: accounting}}
tests:
"""


def policy_with(rules: object) -> Policy:
    said = known()
    assert said.desk is not None
    assert said.directory is not None
    return Policy(
        desk=said.desk,
        directory=said.directory,
        tagger=Tagger((b"k" * 32,)),
        mailboxes={each.address: each for each in said.desk.mailboxes},
        letters_per_address_hour=5,
        digest="d" * 64,
        rules=rules,  # type: ignore[arg-type]  # as read
    )


def failures(tests: str, directory: Path = Path(), *, largest: int = 1_000_000) -> list[tuple[str, ...]]:
    """What each of these tests finds wrong; a line of YAML for each."""
    file = a_file(RULES + "".join(f"  - {{{line}}}\n" for line in tests.splitlines()))
    found = trials.results(file.trials, policy_with(file.rules), directory, largest=largest)
    return [result.failures for result in found]


@pytest.mark.parametrize(
    "line",
    [
        "mail: {from: ana@bakery.example, subject: Nothing works}, expect: {outcome: opened, rule: outage, tags: loud}",
        "mail: {from: x@elsewhere.example, subject: Nothing works}, expect: {outcome: refused, rule: outage}",
        "mail: {from: x@elsewhere.example, subject: Hello}, expect: {outcome: refused, rule: none}",
        "mail: {from: x@elsewhere.example, attachments: [game.exe]}, expect: {outcome: quarantined, rule: programs}",
        "mail: {from: ana@bakery.example, body: To unsubscribe click}, expect: {outcome: ignored, ignore: news}",
        "mail: {from: ana@bakery.example, to: billing@desk.example}, expect: {outcome: refused, redirect: yes}",
        "mail: {from: ana@bakery.example, reply: yes}, expect: {outcome: opened, rule: again}",
        "mail: {from: ana@bakery.example, at: 2026-03-09 18:00}, expect: {rule: night, team: oncall}",
        "mail: {from: ana@bakery.example, priority: P3}, expect: {rule: money, queue: accounting}",
        "mail: {from: ana@bakery.example, kind: auto_reply}, expect: {outcome: ignored, rule: none}",
        "mail: {from: ana@bakery.example, kind: calendar}, expect: {outcome: opened}",
        "mail: {from: ana@bakery.example, headers: {Auto-Submitted: auto-replied}}, expect: {outcome: ignored}",
        "mail: {from: ana@bakery.example, authentication: fail}, expect: {outcome: held, rule: none}",
        "mail: {from: maria@desk.example, subject: Nothing works}, expect: {outcome: held, rule: none}",
    ],
)
def test_a_described_mail_goes_the_whole_way(line: str) -> None:
    assert failures(line) == [()]


def test_what_is_not_as_wanted_is_told_word_by_word() -> None:
    (found,) = failures(
        "mail: {from: ana@bakery.example, subject: Nothing works}, expect: {outcome: ignored, priority: P2}"
    )
    assert found == (
        "outcome: wanted `ignored`, found `opened`",
        "priority: wanted `P2`, found `P1`; rules applied: outage",
    )


def test_a_test_about_mail_that_never_reaches_rules_is_told_so() -> None:
    (found,) = failures(
        "mail: {from: ana@bakery.example, kind: bounce, subject: Nothing works}, expect: {rule: outage}"
    )
    assert found[-1] == "rules are not asked about this mail: it ends before them, at `screening`: bounce"


def test_a_mail_in_a_file_is_read_as_it_comes(tmp_path: Path) -> None:
    (tmp_path / "mails").mkdir()
    content = a_mail(subject="Nothing works", Date="Mon, 9 Mar 2026 18:30:00 +0100")
    (tmp_path / "mails" / "outage.eml").write_bytes(content)
    late = a_mail(subject="Hello", Date="Mon, 9 Mar 2026 18:30:00 +0100", To="billing@desk.example")
    (tmp_path / "late.eml").write_bytes(late.replace(b"billing@", b"support@"))
    (tmp_path / "money.eml").write_bytes(late)
    assert failures(
        "file: mails/outage.eml, expect: {outcome: opened, rule: outage}\n"
        "file: late.eml, expect: {outcome: opened, rule: night}\n"
        "file: money.eml, expect: {outcome: refused, rule: old-desk}",
        tmp_path,
    ) == [(), (), ()]


def test_a_mail_without_a_date_comes_in_office_hours(tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(a_mail())
    assert failures("file: mail.eml, expect: {outcome: opened, rule: none}", tmp_path) == [()]


def test_a_file_that_cannot_be_read_fails_its_test_and_no_other(tmp_path: Path) -> None:
    (tmp_path / "large.eml").write_bytes(a_mail(text="x" * 2000))
    os.mkfifo(tmp_path / "pipe.eml")
    found = failures(
        "file: missing.eml, expect: {outcome: opened}\n"
        "file: pipe.eml, expect: {outcome: opened}\n"
        "file: large.eml, expect: {outcome: opened}\n"
        "mail: {from: ana@bakery.example}, expect: {outcome: opened}",
        tmp_path,
        largest=1000,
    )
    assert found == [
        ("file: cannot read missing.eml: there is no such file",),
        ("file: cannot read pipe.eml: there is no such file",),
        ("file: cannot read large.eml: it is larger than 1,000 bytes",),
        (),
    ]


def test_a_failure_is_a_problem_of_the_file_at_the_place_of_the_test() -> None:
    file = a_file(RULES + "  - {mail: {from: ana@bakery.example}, expect: {rule: outage}}\n")
    found = trials.as_problems(trials.results(file.trials, policy_with(file.rules), Path(), largest=1000))
    assert found == (Problem("rules.yaml", 11, 5, "rule: wanted `outage`, found nothing; rules applied: none"),)


@pytest.mark.parametrize("page", ["routing.md", "routing-recipes.md", "../routing-words.md"])
def test_every_example_of_the_pages_is_true_of_the_whole_way(page: str, tmp_path: Path) -> None:
    def files(name: str) -> dict[str, str]:
        """The desk of a page, which is that of the guide where it has none of its own."""
        return {file: text for file, text in BLOCK.findall((GUIDES / name).read_text()) if file != "rules.yaml"}

    place = tmp_path / "config"
    shutil.copytree(ROOT / "config", place, ignore=shutil.ignore_patterns("examples"))
    for file, text in (files("routing.md") | files(page)).items():
        (place / file).write_text(text)
    examples = [text for file, text in BLOCK.findall((GUIDES / page).read_text()) if file == "rules.yaml"]
    assert examples
    for text in examples:
        (place / "rules.yaml").write_text(text)
        configuration = config.load(place, environment={})
        policy = Policy.of(configuration, Tagger((b"k" * 32,)))
        assert trials.run_all(configuration, policy, place) == ()
