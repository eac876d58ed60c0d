"""`mailintake rules`: try rules out before they count, and see what they do."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from mailintake.cli import rules_replay
from mailintake.cli.common import ConfigOption, JsonOption, load, print_json, print_table, reading
from mailintake.errors import ConfigError, Problem

if TYPE_CHECKING:
    from mailintake.intake.trials import Result

app = typer.Typer(help="Try rules out before they count, and see what they do.")
app.command("replay")(rules_replay.replay)

DaysOption = Annotated[int, typer.Option(help="How many days back to look.", min=1, max=3650)]


@app.command("test")
def try_(config: ConfigOption, as_json: JsonOption = False) -> None:
    """Run the tests that stand in rules.yaml.

    Exit status 78 if one does not pass.
    """
    from mailintake.cli.trying import policy_of
    from mailintake.intake import trials

    configuration = load(config)
    results = list(trials.of(configuration, policy_of(configuration), config))
    if as_json:
        print_json([_result(each) for each in results])
    else:
        passed = sum(not each.failures for each in results)
        print(f"{passed} of {len(results)} tests pass." if results else "There are no tests in rules.yaml.")
    if failures := trials.as_problems(results):
        raise ConfigError(failures)


@app.command()
def lint(config: ConfigOption, days: DaysOption = 90, as_json: JsonOption = False) -> None:
    """Say what is odd about rules.

    Some that no mail reaches, conditions that say nothing; and rules that have not matched for a while, which may be
    as it should. Exit status 1 for the former.
    """
    from mailintake import resources
    from mailintake.routing import lint as linting
    from mailintake.storage import past, rules

    since = resources.now() - timedelta(days=days)
    with reading(config) as (configuration, database), database.reading() as connection:
        has_mail = past.count(connection, since=since) > 0
        hits = rules.hits(connection, since=since.date())
    odd = linting.lint(configuration.rules)
    idle = linting.never_matched(configuration.rules, hits, days=days) if has_mail else ()
    found = sorted([*odd, *idle], key=lambda each: (each.line, each.column))
    if as_json:
        print_json([_problem(each) for each in found])
    else:
        print("\n".join(map(str, found)) or "Nothing is odd.")
        if configuration.rules.rules and not has_mail:
            print(f"No mail came in the last {days} days, so nothing is said of rules that never match.")
    if odd:
        raise typer.Exit(1)


@app.command()
def stats(config: ConfigOption, days: DaysOption = 30, as_json: JsonOption = False) -> None:
    """Show how many mails each rule has decided, or would have in its shadow, and when it did last.

    In the order of the file; below them rules that are no longer there.
    """
    from mailintake import resources
    from mailintake.storage import rules

    since = resources.now() - timedelta(days=days)
    with reading(config) as (configuration, database), database.reading() as connection:
        hits = rules.hits(connection, since=since.date())
    here = {rule.name: rule for rule in configuration.rules.rules}
    gone = sorted(hits.keys() - here.keys())
    rows = [
        {
            "rule": name,
            "standing": "gone" if name in gone else "in shadow" if here[name].shadow else "at work",
            "applied": int(hits.get(name, {}).get("applied", 0)),
            "shadow": int(hits.get(name, {}).get("shadow", 0)),
            "last": last.isoformat() if (last := hits.get(name, {}).get("last")) else None,
        }
        for name in (*here, *gone)
    ]
    if as_json:
        print_json(rows)
        return
    columns = ("rule", "standing", "applied", "shadow", "last")
    print_table(columns, ([row[name] for name in columns] for row in rows), empty="There are no rules.")


def _result(result: "Result") -> dict[str, object]:
    trial = result.trial
    return {
        "file": trial.place.file,
        "line": trial.place.line,
        "name": trial.name or None,
        "passed": not result.failures,
        "failures": list(result.failures),
    }


def _problem(problem: Problem) -> dict[str, object]:
    return {"file": problem.file, "line": problem.line, "column": problem.column, "text": problem.text}
