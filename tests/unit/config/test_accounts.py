from datetime import date

import pytest

from mailintake.config import accounts, desk, source
from mailintake.config.accounts import Directory
from mailintake.config.contracts import Known
from mailintake.domain.agent import Agent, Team
from mailintake.domain.customer import Contact, Contract
from mailintake.domain.hours import Holidays
from mailintake.domain.quota import Limit, Period
from mailintake.domain.target import Metric, Traits, resolved, target_for, with_contract
from mailintake.errors import ConfigError

DESK = """\
desk: {name: Desk, mailbox: support@desk.example, timezone: UTC}
plans: {basic: {contacts: 2}, open: {contacts: any}}
"""
RICH_DESK = """\
desk: {name: Desk, mailbox: support@desk.example, timezone: UTC}
priorities: {high: Nothing works, low: A wish}
default_priority: low
levels: {SLA1: First line, SLA2: Second line, SLA3: Third line}
quotas: {credits: {spent_by: each new request}}
plans:
  basic: {contacts: 2, hours: Mon-Fri 09:00-18:00, first_response: 8h, quota: {credits: 1 per month}}
  sworn: {contacts: 2, hours: Mon-Fri 09:00-18:00, resolution: {high: by contract, low: 90h}}
  old: {like: basic, archived: yes}
"""
ACCOUNT = "accounts: {{a: {{domains: a.example, contract: {}}}}}\n"


def _read(text: str, *, desk_text: str = DESK) -> tuple[Directory, list[str]]:
    desk_root, root = (
        source.read(each.encode(), file=name) for each, name in ((desk_text, "desk.yaml"), (text, "accounts.yaml"))
    )
    plans, regions, levels = (desk.names(desk_root, kind) for kind in ("plans", "regions", "levels"))
    known = Known(plans, regions, levels, desk.read(desk_root))
    return accounts.read(root, known=known), [str(warning) for warning in root.warnings]


def test_contacts_are_found_by_the_key_of_each_of_their_addresses() -> None:
    found, warnings = _read(
        "accounts:\n  bakery:\n    domains: [bakery.example]\n    contract: {plan: basic}\n    contacts:\n"
        "      - Ana Baker <Ana+Work@bakery.example>\n"
        "      - {mail: bea@bakery.example, also: [bea@home.example],"
        " role: administrator, certified: yes, suspended: yes}\n"
    )
    bakery = found.accounts["bakery"]
    ana = Contact("Ana+Work@bakery.example", "Ana Baker")
    bea = Contact(
        "bea@bakery.example",
        also=("bea@home.example",),
        role="administrator",
        attributes={"certified": True},
        suspended=True,
    )
    assert bakery.contacts == (ana, bea)
    assert found.contact("ana@bakery.example") == (bakery, ana)
    assert found.contact("bea@home.example") == found.contact("bea@bakery.example") == (bakery, bea)
    assert found.contact("cid@bakery.example") is None
    assert warnings == []


def test_tags_tell_persons_apart_where_they_are_kept() -> None:
    found, _ = _read(
        "accounts: {a: {contract: {plan: basic}, contacts: [x+1@a.example, x+2@a.example]}}\n",
        desk_text=DESK + "senders: {plus_tags: keep}\n",
    )
    assert found.contact("x+2@a.example") == (found.accounts["a"], Contact("x+2@a.example"))


def test_an_account_is_found_by_its_domain_and_the_nearest_star() -> None:
    found, _ = _read(
        "accounts:\n"
        "  group: {domains: [group.example, '*.group.example'], contract: {plan: basic}}\n"
        "  mill: {domains: ['*.mill.group.example'], contract: {plan: basic}}\n"
    )
    assert found.account_at("group.example") is found.accounts["group"]
    assert found.account_at("a.b.group.example") is found.accounts["group"]
    assert found.account_at("mill.group.example") is found.accounts["group"]
    assert found.account_at("a.mill.group.example") is found.accounts["mill"]
    assert found.account_at("nogroup.example") is None
    assert found.account_at("example") is None


def test_a_plan_without_a_limit_lets_everybody_at_the_domains_write() -> None:
    found, _ = _read(
        "accounts:\n"
        "  a: {domains: [a.example], contract: {plan: open}}\n"
        "  b: {domains: [b.example], contract: {plan: open}, contacts: any}\n"
        "  c: {domains: [c.example], contract: {plan: open, contacts: 3}}\n"
        "  d: {domains: [d.example], contract: {plan: basic}}\n"
    )
    assert [account.everybody for account in found.accounts.values()] == [True, True, False, False]


def test_more_contacts_than_seats_are_worth_a_warning() -> None:
    _, warnings = _read(
        "accounts:\n  a:\n    contract: {plan: basic}\n    contacts:\n"
        "      - a@a.example\n      - {mail: b@a.example, suspended: yes}\n      - c@a.example\n      - d@a.example\n"
    )
    assert warnings == [
        "accounts.yaml:5:7: warning: 3 contacts, but `basic` has seats for 2: the last listed may not open tickets"
    ]


def test_seats_are_counted_under_the_last_contract() -> None:
    _, warnings = _read(
        "accounts:\n  a:\n    contracts:\n      - {plan: open, to: 2026-06-30}\n"
        "      - {plan: basic, from: 2026-07-01, contacts: 1}\n    contacts: [a@a.example, b@a.example]\n"
    )
    assert warnings == [
        "accounts.yaml:6:15: warning: 2 contacts, but `basic` has seats for 1: the last listed may not open tickets"
    ]


def test_everybody_may_write_only_where_no_contract_counts_seats() -> None:
    found, _ = _read(
        "accounts:\n"
        "  a: {domains: a.example, contracts: [{plan: open, to: 2026-06-30}, {plan: basic, from: 2026-07-01}]}\n"
        "  b: {domains: b.example, contracts: [{plan: open, to: 2026-06-30}, {plan: open, from: 2026-07-01}]}\n"
    )
    assert [account.everybody for account in found.accounts.values()] == [False, True]


def test_an_account_in_which_nobody_can_write_is_worth_a_warning() -> None:
    _, (warning,) = _read(
        "accounts:\n  a: {contract: {plan: basic}, contacts: [{mail: a@a.example, state: removed}]}\n"
        "  b: {domains: b.example, contract: {plan: basic}, contacts: [{mail: b@b.example, suspended: yes}]}\n"
    )
    assert warning.startswith("accounts.yaml:2:42: warning: nobody of this account can ever write: ")


@pytest.mark.parametrize(
    ("said", "suspended", "removed"),
    [
        ("", False, False),
        ("state: active", False, False),
        ("state: suspended", True, False),
        ("state: removed", True, True),
    ],
)
def test_only_active_contacts_hold_a_seat(said: str, suspended: bool, removed: bool) -> None:
    found, _ = _read(
        "accounts: {a: {domains: a.example, contract: {plan: basic},"
        f" contacts: [{{mail: a@a.example, since: 2026-01-01, {said}}}]}}}}\n"
    )
    (contact,) = found.accounts["a"].contacts
    assert contact == Contact("a@a.example", suspended=suspended, removed=removed, since=date(2026, 1, 1))


CONSULTANT = """\
accounts:
  bakery:
    contract: {plan: basic}
    contacts: [iris@advice.example]
  mill:
    contract: {plan: basic}
    contacts: [{mail: i.lee@advice.example, also: [Iris@advice.example], prefer: yes}]
  inn:
    contract: {plan: basic}
    contacts: [iris+inn@advice.example]
"""


def test_a_consultant_is_found_at_every_customer_and_first_at_the_preferred_one() -> None:
    found, warnings = _read(CONSULTANT)
    listed = found.contacts("iris@advice.example")
    assert [account.key for account, _ in listed] == ["mill", "bakery", "inn"]
    assert found.contact("iris@advice.example") == listed[0]
    assert found.contacts("i.lee@advice.example") == (found.contact("i.lee@advice.example"),)
    assert found.contacts("nobody@advice.example") == ()
    assert warnings == []


def test_a_consultant_without_a_preferred_customer_is_refused() -> None:
    with pytest.raises(ConfigError, match="listed by another account too, in line 4: say `prefer: yes`"):
        _read(CONSULTANT.replace("prefer: yes", "prefer: no"))


def test_a_needless_preference_is_worth_a_warning() -> None:
    _, warnings = _read(
        "accounts: {a: {contract: {plan: basic}, contacts: [{mail: a@a.example, also: b@a.example, prefer: yes}]}}\n"
    )
    assert warnings == ["accounts.yaml:1:52: warning: `prefer` decides nothing: no other account lists this person"]


def test_a_contract_has_days_and_a_region() -> None:
    found, _ = _read(
        "accounts:\n  a:\n    domains: a.example\n"
        "    contract: {plan: basic, region: east, from: 2026-01-01, to: '2026-12-31', grace: 14 days}\n",
        desk_text=DESK + "regions: {east: UTC+2}\n",
    )
    assert found.accounts["a"].contracts == (
        Contract("basic", date(2026, 1, 1), date(2026, 12, 31), "east", grace_days=14),
    )


def test_contracts_are_put_in_the_order_of_time() -> None:
    found, warnings = _read(
        "accounts:\n  a:\n    domains: a.example\n    contracts:\n"
        "      - {plan: open, from: 2027-01-01}\n"
        "      - {plan: basic, to: 2026-06-30}\n"
        "      - {plan: basic, from: 2026-07-01, to: 2026-12-31, contacts: 9}\n"
    )
    assert found.accounts["a"].contracts == (
        Contract("basic", ends=date(2026, 6, 30)),
        Contract("basic", date(2026, 7, 1), date(2026, 12, 31), contacts=9),
        Contract("open", date(2027, 1, 1)),
    )
    assert warnings == []


def test_what_a_contract_promises_counts_in_the_hours_of_its_plan() -> None:
    found, _ = _read(ACCOUNT.format("{plan: basic, response: 2h, quota: {credits: 5 per year}}"), desk_text=RICH_DESK)
    (contract,) = found.accounts["a"].contracts
    assert set(contract.targets) == {Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE}
    (row,) = contract.targets[Metric.NEXT_RESPONSE]
    assert (row.minutes, row.hours.text) == (120, "Mon-Fri 09:00-18:00")
    assert contract.quota == {"credits": (Limit(5, Period.YEAR),)}


def test_what_a_contract_promises_may_count_in_hours_of_its_own() -> None:
    found, _ = _read(
        ACCOUNT.format("{plan: basic, hours: Mon-Sun 08:00-20:00, first_response: {high: 1h, else: 2h in 24/7}}"),
        desk_text=RICH_DESK,
    )
    (contract,) = found.accounts["a"].contracts
    rows = contract.targets[Metric.FIRST_RESPONSE]
    assert [(row.minutes, row.hours.text) for row in rows] == [(60, "Mon-Sun 08:00-20:00"), (120, "24/7")]


def test_a_figure_stands_where_the_plan_says_by_contract() -> None:
    text = ACCOUNT.format("{plan: sworn, resolution: {high: 20h, low: 1h}}")
    found, _ = _read(text, desk_text=RICH_DESK)
    (contract,) = found.accounts["a"].contracts
    plan = desk.read(source.read(RICH_DESK.encode(), file="desk.yaml")).plans["sworn"]
    rows = with_contract(plan.targets[Metric.RESOLUTION], contract.targets[Metric.RESOLUTION])
    targets = [resolved(row, timezone="UTC", holidays=Holidays()) for row in rows]
    agreed = [target_for(targets, Traits(priority)) for priority in ("high", "low")]
    assert [target and target.minutes for target in agreed] == [20 * 60, 90 * 60]


@pytest.mark.parametrize(("since", "expected"), [("", 1), (", from: 2020-01-01", 0)])
def test_a_contract_with_an_archived_plan_says_since_when(since: str, expected: int) -> None:
    _, warnings = _read(ACCOUNT.format(f"{{plan: old{since}}}"), desk_text=RICH_DESK)
    assert (
        warnings
        == [
            "accounts.yaml:1:53: warning: `old` is no longer sold: say with `from` since when this customer has had it"
        ][:expected]
    )


def test_a_broken_desk_says_nothing_false_about_contracts() -> None:
    text = ACCOUNT.format("{plan: basic, response: 2h, first_response: 1h, quota: {credits: 1 per year}, hours: none}")
    found = accounts.read(
        source.read(text.encode(), file="accounts.yaml"), known=Known(("basic",), (), (), None)
    ).accounts["a"]
    assert found.contracts[0].plan == "basic"


def test_agents_form_teams_with_a_lead() -> None:
    found, _ = _read(
        "accounts:\nagents: {maria: Maria Horvat <maria@desk.example>, ivo: ivo@desk.example}\n"
        "teams: {support: {members: [ivo], lead: maria}}\n"
    )
    maria, ivo = Agent("maria", "maria@desk.example", "Maria Horvat"), Agent("ivo", "ivo@desk.example")
    assert found.agents == {"maria": maria, "ivo": ivo}
    assert found.teams == {"support": Team("support", (ivo,), maria)}


def test_a_team_may_be_for_certain_levels() -> None:
    found, _ = _read(
        "accounts:\nagents: {ivo: ivo@desk.example}\n"
        "teams: {one: {members: [ivo], level: SLA1}, rest: {members: [ivo], levels: [SLA2, SLA3, SLA2]}}\n",
        desk_text=RICH_DESK,
    )
    assert [team.levels for team in found.teams.values()] == [("SLA1",), ("SLA2", "SLA3")]
