import shutil
from pathlib import Path

import pytest

from mailintake.config import FILES, load
from mailintake.domain.customer import NewSender
from mailintake.errors import ConfigError

STARTER = Path(__file__).parents[3] / "config"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    for name in FILES:
        shutil.copy(STARTER / name, tmp_path / name)
    return tmp_path


def test_the_starter_runs_as_it_stands() -> None:
    found = load(STARTER, environment={})
    assert found.warnings == ()
    assert [str(listener) for listener in found.host.listeners] == ["127.0.0.1:2525"]
    assert found.desk.senders.new_at_known_domain is NewSender.SEAT
    bakery = found.directory.accounts["bakery"]
    assert found.desk.plans[bakery.contract.plan].contacts == 2
    assert len(bakery.contacts) == 1
    assert found.directory.account_at("mill.example") is found.directory.accounts["mill"]
    assert [member.key for member in found.directory.teams["support"].members] == ["maria", "ivo"]


def test_rules_may_be_absent(directory: Path) -> None:
    (directory / "rules.yaml").unlink()
    assert load(directory, environment={}).rules == load(STARTER, environment={}).rules


def test_the_digest_changes_with_any_file(directory: Path) -> None:
    digests = {load(directory, environment={}).digest}
    for name in FILES:
        with (directory / name).open("a", encoding="utf-8") as file:
            file.write("# one more line\n")
        digests.add(load(directory, environment={}).digest)
    assert len(digests) == 1 + len(FILES)


def test_the_problems_of_all_files_are_told_at_once(directory: Path) -> None:
    (directory / "mailintake.yaml").write_text("workers: many\n", encoding="utf-8")
    (directory / "desk.yaml").write_text("desk: [\n", encoding="utf-8")
    (directory / "accounts.yaml").unlink()
    (directory / "rules.yaml").write_text("rules: none\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load(directory, environment={})
    assert [
        (Path(problem.file).name, problem.line, problem.column, problem.text) for problem in raised.value.problems
    ] == [
        ("mailintake.yaml", 1, 1, "`outgoing` is missing"),
        ("mailintake.yaml", 1, 10, "`many` is not a whole number from 1 to 256 in plain digits"),
        ("desk.yaml", 2, 1, "this is not YAML: expected the node content, but found '<stream end>'"),
        ("accounts.yaml", 1, 1, "there is no such file"),
        ("rules.yaml", 1, 8, "routing rules are not supported yet by this version: leave `rules: []`"),
    ]
    assert raised.value.exit_status == 78


def test_a_problem_names_the_file_as_it_was_given(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    monkeypatch.chdir(directory.parent)
    (directory / "rules.yaml").write_text("rulse: []\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load(Path(directory.name), environment={})
    assert str(raised.value) == f"{directory.name}/rules.yaml:1:1: unknown key `rulse`; did you mean `rules`?"
