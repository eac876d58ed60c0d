"""How a desk sorts requests: by priority, category, topic and level."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from mailintake.config.desk import Desk
from mailintake.config.shapes import nearest
from mailintake.domain.target import Traits
from mailintake.errors import UsageError


class Sorting:
    """What follows from a desk's own words for its requests."""

    desk: Desk

    def meaning_of(self, priority: str) -> str:
        """What a priority means in the desk's own words."""
        return next((each.meaning for each in self.desk.priorities if each.key == priority), "")

    def label_of(self, level: str) -> str:
        """What the desk calls a level."""
        return next((each.label for each in self.desk.levels if each.key == level), "")

    def first_traits(self) -> Traits:
        """How a request is sorted when nobody has looked yet: the desk's defaults, the bottom rung of its ladder."""
        desk = self.desk
        topic = desk.topics.get(desk.default_topic)
        bottom = desk.levels[0].key if desk.levels else ""
        return Traits(
            priority=(topic.priority if topic else "") or desk.default_priority,
            category=desk.default_category,
            topic=desk.default_topic,
            level=(topic.level if topic else "") or bottom,
        )

    def sorted(self, traits: Traits, said: Mapping[str, str]) -> Traits:
        """These traits with what is `said` of them. UsageError for a word the desk does not know.

        A topic brings its level and its priority along, and a category keeps the priority within its own (DOMAIN
        section 8), unless `said` names them too.
        """
        self._refuse_unknown(said)
        found = replace(traits, **said)
        topic = self.desk.topics.get(said.get("topic", ""))
        if topic is not None:
            found = replace(
                found,
                level=said.get("level") or topic.level or found.level,
                priority=said.get("priority") or topic.priority or found.priority,
            )
        if "category" in said and "priority" not in said:
            found = replace(found, priority=self.clamped(found.priority, found.category))
        return found

    def clamped(self, priority: str, category: str) -> str:
        """The nearest priority that tickets of this category may have (BS13)."""
        allowed = next((each.priorities for each in self.desk.categories if each.key == category), ())
        if not allowed or priority in allowed:
            return priority
        scale = [each.key for each in self.desk.priorities]
        return min(allowed, key=lambda each: abs(scale.index(each) - scale.index(priority)))

    def level_above(self, level: str) -> str:
        """The next rung of the ladder; "" on the top one, and where there is none."""
        keys = [each.key for each in self.desk.levels]
        return next(iter(keys[keys.index(level) + 1 :] if level in keys else keys), "")

    def _refuse_unknown(self, said: Mapping[str, str]) -> None:
        desk = self.desk
        known: dict[str, Iterable[str]] = {
            "priority": (each.key for each in desk.priorities),
            "category": (each.key for each in desk.categories),
            "topic": desk.topics,
            "level": (each.key for each in desk.levels),
        }
        for trait, word in said.items():
            words = tuple(known[trait])
            if word not in words:
                hint = nearest(word, words) or f"; known: {', '.join(words) or 'none'}"
                raise UsageError(f"the desk has no {trait} `{word}`{hint}")
