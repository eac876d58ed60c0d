"""`mailintake check`: is the configuration right, and what does it say."""

import sys
from typing import TYPE_CHECKING

from mailintake.cli.common import ConfigOption, load, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mailintake.config.fetch import Fetch
    from mailintake.config.outgoing import Outgoing


def check(config: ConfigOption) -> None:
    """Check the configuration, the templates, and the rules by their tests.

    Prints what they say, or all that is wrong with them (exit status 78).
    """
    from mailintake import resources
    from mailintake.cli.trying import policy_of
    from mailintake.errors import ConfigError
    from mailintake.intake import trials
    from mailintake.notices.compose import Composer
    from mailintake.routing.lint import lint

    configuration = load(config)
    composer = Composer(resources.templates(configuration.host))
    letters = {name for _, name in composer.names()}
    tried = trials.problems(configuration, policy_of(configuration), config, letters=letters)
    problems = (*composer.check(), *tried)
    if any(not problem.is_warning for problem in problems):
        raise ConfigError(problems)
    for warning in (*configuration.warnings, *problems, *lint(configuration.rules)):
        print(warning, file=sys.stderr)
    host, desk, directory = configuration.host, configuration.desk, configuration.directory
    people = sum(len(account.contacts) for account in directory.accounts.values())
    print_table(
        ["", ""],
        [
            ("desk", desk.name),
            ("mailboxes", ", ".join(mailbox.address for mailbox in desk.mailboxes)),
            ("plans", ", ".join(desk.plans)),
            ("accounts", f"{len(directory.accounts)}, with {people} authorised contacts"),
            ("agents", ", ".join(directory.agents) or "none"),
            ("rules", f"{len(configuration.rules.rules)}, with {len(configuration.trials)} tests"),
            ("listeners", ", ".join(map(str, host.listeners)) or "none"),
            *(("fetch" if first else "", line) for first, line in _fetched(host.fetch)),
            ("outgoing", _where(host.outgoing)),
            ("database", host.database.path or host.database.url),
            ("state", host.state),
            ("digest", configuration.digest[:12]),
        ],
        empty="",
    )
    print("The configuration is right.")


def _fetched(fetches: "Sequence[Fetch]") -> "list[tuple[bool, str]]":
    """A line for each mailbox that mail is fetched from."""
    lines = [
        f"{each.name}: {each.user} at {each.host}:{each.port}, {', '.join(each.folders)}, then {each.then}, "
        f"for {each.mailbox}"
        for each in fetches
    ]
    return [(number == 0, line) for number, line in enumerate(lines or ["no mailbox"])]


def _where(outgoing: "Outgoing") -> str:
    if outgoing.maildir is not None:
        return f"maildir {outgoing.maildir}"
    relay = outgoing.relay
    return f"relay {relay.host}:{relay.port}, TLS {relay.tls}" if relay else "nowhere"
