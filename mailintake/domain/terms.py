"""What one contract promises, as it was when a ticket was opened: the ticket keeps it (DOMAIN S13)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from mailintake.domain.target import Metric, Target, Traits, target_for


@dataclass(frozen=True, slots=True)
class ClockRules:
    """How a desk's clocks behave. The defaults are DOMAIN's.

    `from_start`: a change of priority always counts from the beginning (S12). `internal_stops`, `external_stops`: the
    clock stands while a ticket is on hold for a team of our own, or for somebody else's (S10). `restarts`: an
    escalated ticket has a clock of its new level (S17).
    """

    from_start: bool = False
    internal_stops: bool = False
    external_stops: bool = True
    restarts: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """The targets of one contract by metric, in the order in which they are looked through, and the desk's rules."""

    plan: str
    targets: Mapping[Metric, tuple[Target, ...]] = field(hash=False)
    rules: ClockRules = ClockRules()

    def promises(self, metric: Metric) -> bool:
        """Whether a ticket could ever have a clock of this metric, whatever it is sorted by."""
        return any(target.minutes is not None for target in self._of(metric))

    def target(self, metric: Metric, traits: Traits) -> Target | None:
        """What is promised to a ticket with these traits; None is nothing."""
        return target_for(self._of(metric), traits)

    def _of(self, metric: Metric) -> tuple[Target, ...]:
        # A level's own time is what the plan says of first responses at that level (S17).
        named = Metric.FIRST_RESPONSE if metric is Metric.LEVEL_RESPONSE else metric
        return self.targets.get(named, ())
