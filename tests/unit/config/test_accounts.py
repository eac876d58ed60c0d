from datetime import date

from mailintake.config import accounts, desk, source
from mailintake.config.accounts import Directory, Known
from mailintake.domain.agent import Agent, Team
from mailintake.domain.customer import Contact, Contract

DESK = """\
desk: {name: Desk, mailbox: support@desk.example, timezone: UTC}
plans: {basic: {contacts: 2}, open: {contacts: any}}
"""


def _read(text: str, *, desk_text: str = DESK) -> tuple[Directory, list[str]]:
    desk_root, root = (
        source.read(each.encode(), file=name) for each, name in ((desk_text, "desk.yaml"), (text, "accounts.yaml"))
    )
    known = Known(desk.names(desk_root, "plans"), desk.names(desk_root, "regions"), desk.read(desk_root))
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
        "accounts.yaml:5:7: warning: 3 contacts, but `basic` has 2 seats: those after the first 2 may not open tickets"
    ]


def test_a_contract_has_days_and_a_region() -> None:
    found, _ = _read(
        "accounts:\n  a:\n    domains: a.example\n"
        "    contract: {plan: basic, region: east, from: 2026-01-01, to: '2026-12-31'}\n",
        desk_text=DESK + "regions: {east: UTC+2}\n",
    )
    assert found.accounts["a"].contract == Contract("basic", date(2026, 1, 1), date(2026, 12, 31), "east")


def test_agents_form_teams_with_a_lead() -> None:
    found, _ = _read(
        "accounts:\nagents: {maria: Maria Horvat <maria@desk.example>, ivo: ivo@desk.example}\n"
        "teams: {support: {members: [ivo], lead: maria}}\n"
    )
    maria, ivo = Agent("maria", "maria@desk.example", "Maria Horvat"), Agent("ivo", "ivo@desk.example")
    assert found.agents == {"maria": maria, "ivo": ivo}
    assert found.teams == {"support": Team("support", (ivo,), maria)}
