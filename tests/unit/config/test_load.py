import shutil
from pathlib import Path

import pytest

from mailintake.config import FILES, digest, load, load_desk, load_host
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
    assert found.desk.plans[bakery.contracts[0].plan].contacts == 2
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
        ("rules.yaml", 1, 8, "one value stands here; wanted: a list of rules"),
    ]
    assert raised.value.exit_status == 78


def test_a_problem_names_the_file_as_it_was_given(monkeypatch: pytest.MonkeyPatch, directory: Path) -> None:
    monkeypatch.chdir(directory.parent)
    (directory / "rules.yaml").write_text("rulse: []\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load(Path(directory.name), environment={})
    assert str(raised.value) == f"{directory.name}/rules.yaml:1:1: unknown key `rulse`; did you mean `rules`?"


IN_ONE_FILE = """\
desk: {name: Desk, mailbox: support@desk.example, timezone: UTC}
plans: {basic: {contacts: 2}}
accounts: {bakery: {domains: [bakery.example], contract: {plan: basic}}}
agents: {maria: maria@desk.example}
teams: {support: {members: [maria]}}
"""


def test_customers_and_agents_may_stand_in_the_desk_file(directory: Path) -> None:
    (directory / "desk.yaml").write_text(IN_ONE_FILE, encoding="utf-8")
    (directory / "accounts.yaml").unlink()
    found = load(directory, environment={})
    assert list(found.directory.accounts) == ["bakery"]
    assert [member.key for member in found.directory.teams["support"].members] == ["maria"]


def test_agents_may_stand_in_one_file_and_customers_in_the_other(directory: Path) -> None:
    agents = "agents: {maria: maria@desk.example}\n"
    (directory / "desk.yaml").write_text(IN_ONE_FILE.replace(agents, ""), encoding="utf-8")
    (directory / "accounts.yaml").write_text(agents, encoding="utf-8")
    assert [agent.address for agent in load(directory, environment={}).directory.agents.values()] == [
        "maria@desk.example"
    ]


def test_what_stands_in_both_files_is_refused_in_each_case(directory: Path) -> None:
    (directory / "desk.yaml").write_text(IN_ONE_FILE, encoding="utf-8")
    (directory / "accounts.yaml").write_text("agents: {}\nteams: {}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as raised:
        load(directory, environment={})
    assert [problem.text for problem in raised.value.problems] == [
        "`agents` stands in line 4 of desk.yaml as well: keep one of the two",
        "`teams` stands in line 5 of desk.yaml as well: keep one of the two",
    ]


def test_a_desk_is_read_without_a_host(directory: Path) -> None:
    whole = load(directory, environment={})
    for name in ("mailintake.yaml", "rules.yaml"):
        (directory / name).unlink()
    found = load_desk(directory)
    assert (found.desk, found.directory, found.warnings) == (whole.desk, whole.directory, ())


def test_a_desk_is_read_without_customers(directory: Path) -> None:
    (directory / "accounts.yaml").unlink()
    assert load_desk(directory).directory is None
    assert load_desk(directory / "desk.yaml").desk == load_desk(directory).desk


def test_one_file_of_any_name_holds_a_desk_with_its_customers(tmp_path: Path) -> None:
    file = tmp_path / "prices.yaml"
    file.write_text(IN_ONE_FILE + "regions: {east: Etc/GMT-2}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"prices\.yaml:3:58: `region` is missing"):
        load_desk(file)
    file.write_text(IN_ONE_FILE.replace("UTC", "Etc/GMT-2"), encoding="utf-8")
    found = load_desk(file)
    assert found.directory is not None
    assert list(found.directory.accounts) == ["bakery"]
    assert [warning.line for warning in found.warnings] == [1]


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_a_desk_that_is_not_there_is_said_to_be_missing(name: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load_desk(tmp_path / name)
    assert [problem.text for problem in raised.value.problems] == ["there is no such file"]


@pytest.mark.parametrize("absent", [(), ("rules.yaml",)])
def test_the_digest_is_known_before_anything_is_read(directory: Path, absent: tuple[str, ...]) -> None:
    for name in absent:
        (directory / name).unlink()
    assert digest(directory) == load(directory, environment={}).digest


def test_what_is_broken_has_a_digest_too(directory: Path) -> None:
    digests = {digest(directory)}
    (directory / "desk.yaml").write_text("desk: [\n", encoding="utf-8")
    digests.add(digest(directory))
    (directory / "desk.yaml").unlink()
    digests.add(digest(directory))
    assert len(digests) == 3


def test_a_running_host_stays_while_all_else_is_new(directory: Path) -> None:
    running = load(directory, environment={})
    with (directory / "mailintake.yaml").open("a", encoding="utf-8") as file:
        file.write("# for the next start\n")
    assert load(directory, environment={}, running=running) == running
    with (directory / "rules.yaml").open("a", encoding="utf-8") as file:
        file.write("# from now on\n")
    found = load(directory, environment={}, running=running)
    assert found.host is running.host
    assert found.digest not in {running.digest, load(directory, environment={}).digest}


def test_a_host_is_read_whatever_the_other_files_say(directory: Path) -> None:
    (directory / "desk.yaml").write_text("desk: [\n", encoding="utf-8")
    assert load_host(directory, environment={}).listeners == load(STARTER, environment={}).host.listeners
