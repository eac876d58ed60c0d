"""Reading mail: ParsedMessage with the new words apart, beside mail-parser alone; then `inspect` as a whole."""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import mailparser

from benchmarks import corpus, report
from mailintake.parsing.parser import parse

TARGETS = {"small": 2.5, "mixed": 1.0}
INSPECTED_PER_SECOND = 250
HEAD = ("mails", "mail-parser/s", "mailintake/s", "time ÷ mail-parser", "target")


def main(words: list[str]) -> None:
    """ParsedMessage with reply text, beside mail-parser alone; and `inspect` of mixed mails."""
    said = _options(words)
    rows = []
    for mix, count in (("small", said.mails), ("mixed", said.mixed)):
        raws = _raws(mix, count)
        theirs, ours = [], []
        for _ in range(said.rounds):
            theirs.append(_seconds(_mail_parser, raws))
            ours.append(_seconds(parse, raws))
        times = report.ratio(ours, theirs)
        rows.append(
            [
                mix,
                *(f"{report.Spread([count / each for each in taken]):.0f}" for taken in (theirs, ours)),
                f"{times:.2f}",
                report.verdict(times.middle, TARGETS[mix], at_most=True),
            ]
        )
    report.table(HEAD, rows)
    rate = _inspect(said.inspected)
    print(
        f"\ninspect: {said.inspected} mixed mails in one call, {rate:.0f} a second and core, start of the program"
        f" included; {report.verdict(rate, INSPECTED_PER_SECOND)}"
    )


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench parse", description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often the two take turns (5)")
    parser.add_argument("--mails", type=int, default=1000, help="small mails in a round (1000)")
    parser.add_argument("--mixed", type=int, default=100, help="mixed mails in a round (100)")
    parser.add_argument("--inspected", type=int, default=1000, help="mails for inspect (1000)")
    parser.add_argument("--quick", action="store_true", help="two short rounds: does it work at all?")
    said = parser.parse_args(words)
    if said.quick:
        said.rounds, said.mails, said.mixed, said.inspected = 2, 200, 40, 200
    return said


def _raws(mix: str, count: int) -> list[bytes]:
    return [b"".join(mail.pieces) for mail in corpus.mails(mix, seed=7, first=0, count=count)]


def _mail_parser(raw: bytes) -> None:
    """All that one would ask it for: it reads most fields only when asked."""
    mail = mailparser.parse_from_bytes(raw)
    for name in ("from_", "to", "cc", "reply_to", "subject", "date", "message_id", "text_plain", "text_html"):
        getattr(mail, name)
    len(mail.attachments)


def _seconds(read: Callable[[bytes], object], raws: Sequence[bytes]) -> float:
    """Processor time, so that neighbours on the machine do not count."""
    began = time.process_time()
    for raw in raws:
        read(raw)
    return time.process_time() - began


def _inspect(count: int) -> float:
    """Mails per second of processor time, in a process of its own that reads files."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for number, raw in enumerate(_raws("mixed", count)):
            path = Path(folder, f"{number:05}.eml")
            path.write_bytes(raw)
            paths.append(str(path))
        before = _spent()
        command = (sys.executable, "-m", "mailintake", "inspect", "--json", *paths)
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return count / (_spent() - before)


def _spent() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
