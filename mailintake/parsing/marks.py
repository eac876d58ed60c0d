"""What a mail's own HTML says of the lines of its text."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Marks:
    """Lines by their number from 0.

    At `cut` a quote of an earlier mail begins (None: nowhere known). Each of `signatures` is the first line of a
    signature the writer's program put there, and the line after its last; they are in order and do not overlap.
    """

    cut: int | None = None
    signatures: tuple[tuple[int, int], ...] = ()


NONE = Marks()
