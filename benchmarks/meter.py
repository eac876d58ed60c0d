"""What a process and its children use, read from /proc (Linux)."""

import os
from collections.abc import Iterator
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> Iterator[int]:
    """The process and all its descendants."""
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            yield from tree(int(child))


def cpu_seconds(pid: int) -> float:
    """Processor time of the tree since it started, that of children already gone included."""
    return sum(_cpu_ticks(each) for each in tree(pid)) / _TICK


def peak_memory(pid: int) -> tuple[int, int]:
    """The most resident memory of the process itself and of any living child, in bytes."""
    own, *others = (_peak(each) for each in tree(pid))
    return own, max(others, default=0)


def memory(pid: int) -> int:
    """What the tree holds in memory now, in bytes; what its processes share counts once (PSS)."""
    return sum(_field(Path(f"/proc/{each}/smaps_rollup"), "Pss:") for each in tree(pid))


def _cpu_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15]))  # utime, stime, cutime, cstime: fields 14 to 17 of proc(5)


def _peak(pid: int) -> int:
    return _field(Path(f"/proc/{pid}/status"), "VmHWM:")


def _field(path: Path, name: str) -> int:
    lines = path.read_text().splitlines()
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(name)), 0)
