"""From files to a version that may run: all of it is tried before any of it counts."""

import secrets
from dataclasses import replace

from mailintake import config, resources
from mailintake.config import Configuration
from mailintake.domain.tag import Tagger
from mailintake.errors import ConfigError, Problem
from mailintake.intake.policy import Policy
from mailintake.notices.compose import Composer
from mailintake.runners.reloading import Version
from mailintake.runners.watching import Watched


def watched(configuration: Configuration) -> Watched:
    """The files that it was read from, and templates of the admin's own."""
    return Watched(configuration.path, configuration.host.templates)


def tried(configuration: Configuration) -> Composer:
    """What writes its letters, after a try of every template in the languages it writes in, and of its rules.

    Raises ConfigError with all that is wrong: templates that do not render, rules that name letters there are not,
    tests in rules.yaml that fail.
    """
    composer = Composer(resources.templates(configuration.host))
    problems = [each for each in composer.check(_languages(configuration)) if not each.is_warning]
    problems += _problems_of_rules(configuration, composer)
    if problems:
        raise ConfigError(tuple(problems))
    return composer


def successor(running: Version) -> Version:
    """What the files say now, on the host that runs. Raises ConfigError, also for a host that could not be started."""
    was = running.configuration
    found = config.load(was.path)
    needs_restart = found.host_file != was.host_file
    found = config.load(was.path, running=was) if needs_restart else replace(found, host=was.host)
    contents = watched(found).contents(found.digest)
    if contents.templates != running.contents.templates or not _languages(found) <= _languages(was):
        composer = tried(found)
    else:
        composer = running.composer  # most changes are of other things, and templates are dear to try
        if problems := _problems_of_rules(found, composer):
            raise ConfigError(problems)
    return Version(found, Policy.of(found, running.policy.tagger), composer, contents, needs_restart)


def _languages(configuration: Configuration) -> set[str]:
    """Those in which letters may leave."""
    accounts = configuration.directory.accounts.values()
    return {*configuration.desk.languages, *(each.language for each in accounts if each.language)}


def _problems_of_rules(configuration: Configuration, composer: Composer) -> tuple[Problem, ...]:
    if not configuration.trials and not configuration.templates_used:
        return ()
    from mailintake.intake import trials  # with the parser, for which a daemon without tests has no use

    policy = Policy.of(configuration, Tagger((secrets.token_bytes(32),)))  # tests write no letters
    letters = {name for _, name in composer.names()}
    return trials.problems(configuration, policy, configuration.path, letters=letters)
