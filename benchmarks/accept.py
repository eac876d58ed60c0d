"""SMTP until the last 250: our door alone and the whole daemon, beside a stock aiosmtpd that throws mail away."""

from dataclasses import dataclass

from benchmarks import meter, report, stage
from benchmarks.client import Load, Sent


@dataclass(frozen=True, slots=True)
class Trial:
    """A kind of load, and how many times the reference's rate it shall reach."""

    name: str
    mix: str
    kept: bool
    target: float


TRIALS = (
    Trial("mixed, 10 kept connections", "mixed", kept=True, target=3.5),
    Trial("small, 10 kept connections", "small", kept=True, target=1.1),
    Trial("small, a connection each", "small", kept=False, target=0.8),
)
HEAD = ("mails", "sink/s", "door/s", "door ÷ sink", "target", "daemon/s", "daemon ÷ sink", "dot to 250: median / 99 %")


def main(words: list[str]) -> None:
    """SMTP → durable spool → 250, beside a stock aiosmtpd that throws mail away."""
    said = report.options(main.__doc__, words)
    with stage.helper("sink") as sink, stage.helper("door") as door, stage.daemon(workers=said.workers) as daemon:
        sent, rows = 0, []
        for trial in TRIALS:
            count = said.mixed if trial.mix == "mixed" else said.mails
            rates: dict[str, list[float]] = {"sink": [], "door": [], "daemon": []}
            waits = []
            for _ in range(said.rounds):
                load = Load(sink.port, trial.mix, first=sent, count=count, kept=trial.kept)
                for name, port in (("sink", sink.port), ("door", door.port)):
                    alone = stage.send(load.to(port))
                    rates[name].append(stage.rate(load, alone.began, alone.ended))
                whole = stage.through(daemon, load, mails_before=sent)
                rates["daemon"].append(whole.accepted)
                waits.append(whole.sent)
                sent += count
            rows.append(_row(trial, rates, waits))
        own, worker = meter.peak_memory(daemon.pid)
    report.table(HEAD, rows)
    print("\ndoor: our listener and the spool, nobody reads the mail; daemon: as it is, with intake and outbox at work")
    report.memory(own, worker)


def _row(trial: Trial, rates: dict[str, list[float]], waits: list[Sent]) -> list[str]:
    middle, slow = (report.Spread([getattr(each, name) * 1000 for each in waits]).middle for name in ("median", "slow"))
    door, whole = (report.ratio(rates[name], rates["sink"]) for name in ("door", "daemon"))
    return [
        trial.name,
        *(f"{report.Spread(rates[name]).middle:.0f}" for name in ("sink", "door")),
        f"{door:.2f}",
        report.verdict(door.middle, trial.target),
        f"{report.Spread(rates['daemon']).middle:.0f}",
        f"{whole:.2f}",
        f"{middle:.1f} / {slow:.0f} ms",
    ]
