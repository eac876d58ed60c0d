"""What a benchmark prints: a row for each load, medians with the range of all rounds, and which targets are met."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

MEBIBYTE = 1 << 20


def options(description: str | None, words: list[str]) -> argparse.Namespace:
    """The options all benchmarks have: `rounds`, `mails` and `mixed` (how many of each a round sends), `workers`."""
    parser = argparse.ArgumentParser(prog="./dev bench", description=description)
    parser.add_argument("--rounds", type=int, default=5, help="how often reference and daemon take turns (5)")
    parser.add_argument("--mails", type=int, default=2000, help="small mails in a round (2000)")
    parser.add_argument("--mixed", type=int, default=300, help="mixed mails in a round (300)")
    parser.add_argument("--workers", type=int, default=2, help="parser processes of the daemon (2)")
    parser.add_argument("--quick", action="store_true", help="two short rounds: does it work at all?")
    said = parser.parse_args(words)
    if said.quick:
        said.rounds, said.mails, said.mixed = 2, 300, 60
    return said


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure of each round."""

    figures: Sequence[float]

    @property
    def middle(self) -> float:
        """The median."""
        return median(self.figures)

    def __format__(self, spec: str) -> str:
        return f"{self.middle:{spec}} ({min(self.figures):{spec}}–{max(self.figures):{spec}})"


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Round by round: what disturbs the machine disturbs both."""
    return Spread([mine / other for mine, other in zip(ours, theirs, strict=True)])


def verdict(found: float, target: float, *, at_most: bool = False) -> str:
    """A target, and whether it was met."""
    met = found <= target if at_most else found >= target
    return f"{'≤' if at_most else '≥'} {target:g} {'met' if met else 'MISSED'}"


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print columns as wide as their longest cell; the first is set to the left, all others to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    for row in (head, ["-" * width for width in widths], *rows):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        print("  ".join((row[0].ljust(widths[0]), *cells)))


def memory(own: int, worker: int) -> None:
    """Print the peaks."""
    print(f"\npeak memory: daemon {own / MEBIBYTE:.0f} MB, its largest worker {worker / MEBIBYTE:.0f} MB")
