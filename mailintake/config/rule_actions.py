"""What stands under `then:` of a rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from mailintake.config.desk import vocabulary
from mailintake.config.durations import parse_duration
from mailintake.config.promises import promise_readers, spread, take_targets
from mailintake.config.rule_conditions import FIELD
from mailintake.config.rule_names import NONE, Known, place, some
from mailintake.config.rule_texts import pattern
from mailintake.config.shapes import Choice, ListOf, Parsed, Reader, Record, Text, parse_key, scalar
from mailintake.config.source import Node, Scalar, Section
from mailintake.config.targets import parse_amount
from mailintake.domain.routing import NO_LETTER, Assign, Assigning, Sla
from mailintake.routing.actions import ENDS, LinkBy, Then

_IN_TURN = (Assigning.ROUND_ROBIN, Assigning.LEAST_BUSY)
_SCALES: Mapping[str, Callable[..., object]] = {
    "priority": lambda desk: (each.key for each in desk.priorities),
    "category": lambda desk: (each.key for each in desk.categories),
    "topic": lambda desk: desk.topics,
    "level": lambda desk: (each.key for each in desk.levels),
    "language": lambda desk: desk.languages,
}


@dataclass(frozen=True)
class Actions:
    """Reads the actions of one rule, of which at least one must be there."""

    known: Known
    rule: str

    def __call__(self, node: Node) -> Then:
        return Record(self._then, self.readers, wanted="a section of actions")(node)

    def _then(self, **said: object) -> Then:
        if not said:
            raise ValueError("no action stands here: what shall become of the mail?")
        if len(ends := sorted(ENDS & said.keys())) > 1:
            raise ValueError(f"a mail ends in one way, not by `{ends[0]}` and `{ends[1]}`")
        return Then(**said)  # type: ignore[arg-type]  # each was read as its field's type

    @property
    def readers(self) -> dict[str, Reader[object]]:
        """A reader for every word."""
        known = self.known
        scales = {word: known.of_desk(word, names) for word, names in _SCALES.items()}  # type: ignore[arg-type]  # keys of a desk
        return {
            "queue": known.queue,
            "team": known.of_people("team", lambda directory: directory.teams),
            "assign": self._assign,
            **scales,
            "tags": some(Parsed(parse_key, "a tag"), "a tag, or a list of them"),
            "acknowledge": self._letter,
            "notify": some(partial(known.person, teams=True), "agents, teams and addresses"),
            "reply": self._template,
            "redirect": Text("where the sender should turn"),
            "ignore": self._why,
            "quarantine": self._why,
            "link": _link,
            "watchers": some(known.person, "agents and addresses"),
            "sla": self._sla,
        }

    def _assign(self, node: Node) -> Assign:
        if isinstance(node, Section):
            agents = some(self.known.agent, "an agent, or a list of them")
            return Record(
                Assign, {"how": lambda how: Assigning(Choice(_IN_TURN)(how)), "among": agents}, ("how",), _AMONG
            )(node)
        if isinstance(node, Scalar) and node.text in _IN_TURN:
            return Assign(Assigning(node.text))
        wanted = "an agent, `round-robin` or `least-busy`"
        return Assign(Assigning.PERSON, ListOf(self.known.agent, wanted, least=1, or_one=True)(node))

    def _letter(self, node: Node) -> str:
        if isinstance(node, Scalar) and node.text == NONE:
            return NO_LETTER
        return self._template(node)

    def _template(self, node: Node) -> str:
        name = Parsed(parse_key, "the name of a letter")(node)
        self.known.templates.setdefault(name, place(node))
        return name

    def _why(self, node: Node) -> str:
        text = Text("`yes`, or the reason why")(node)
        word = text.lower() if not scalar(node, "").quoted else ""
        if word in {"no", "false", "off"}:
            raise node.wrong("`no` says nothing here: leave the word out")
        return f"rule {self.rule}" if word in {"yes", "true", "on"} else text

    def _sla(self, node: Node) -> Sla:
        desk = self.known.desk
        if not isinstance(node, Section):
            return Sla(plan=self.known.of_desk("plan", lambda each: each.plans)(node))
        if desk is None:
            return Sla()
        table = spread(node)
        readers = promise_readers(table, vocabulary(desk))
        del readers["quota"]
        found = Record(lambda **said: Sla(targets=take_targets(said)), readers)(table)
        if not found.targets:
            raise node.wrong("nothing is promised here; wanted: the name of a plan, or such as `first_response: 30m`")
        return found


def _link(node: Node) -> LinkBy:
    return Record(
        _linked,
        {
            "by": Choice(("subject", "text", "sender")),
            "header": Parsed(_parse_field, "the name of a header field"),
            "find": pattern,
            "within": Parsed(_parse_within, "a length of time such as `4h`"),
        },
        ("within",),
    )(node)


def _linked(*, within: timedelta, by: str = "", header: str = "", **said: object) -> LinkBy:
    if bool(by) == bool(header):
        raise ValueError("mails are linked either `by` a part of theirs or by a `header`")
    return LinkBy(by or "header", within, header, **said)  # type: ignore[arg-type]  # `find` was read as a pattern


def _parse_field(text: str) -> str:
    if not FIELD.fullmatch(text):
        raise ValueError(f"`{text}` is no name of a header field such as X-Event-Id")
    return text.lower()


def _parse_within(text: str) -> timedelta:
    try:
        return timedelta(minutes=parse_amount(text))
    except ValueError:
        return parse_duration(text)


_AMONG = {"among": "agents"}
