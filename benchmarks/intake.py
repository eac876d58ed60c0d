"""The whole daemon, from SMTP to the letter handed to the relay, beside a stock aiosmtpd that throws mail away."""

from dataclasses import dataclass

from benchmarks import meter, report, stage
from benchmarks.client import Load


@dataclass(frozen=True, slots=True)
class Trial:
    """A kind of load; how many times the reference's rate it shall reach, and at most how many ms of processor time."""

    mix: str
    target: float
    cpu: float | None = None


TRIALS = (Trial("mixed", 2.0), Trial("small", 0.25, cpu=2.5))
HEAD = ("mails", "sink/s", "its CPU per mail", "letters/s", "ratio", "target", "250s/s", "CPU per mail", "target")


def main(words: list[str]) -> None:
    """SMTP → ticket → letter handed over, the whole daemon, beside a stock aiosmtpd that throws mail away."""
    said = report.options(main.__doc__, words)
    with stage.helper("sink") as sink, stage.daemon(workers=said.workers) as daemon:
        sent, rows = 0, []
        for trial in TRIALS:
            count = said.mixed if trial.mix == "mixed" else said.mails
            reference, rounds, before = [], [], meter.cpu_seconds(sink.process.pid)
            for _ in range(said.rounds):
                load = Load(sink.port, trial.mix, first=sent, count=count)
                alone = stage.send(load)
                reference.append(stage.rate(load, alone.began, alone.ended))
                rounds.append(stage.through(daemon, load, mails_before=sent))
                sent += count
            its_cpu = (meter.cpu_seconds(sink.process.pid) - before) / (said.rounds * count)
            rows.append(_row(trial, reference, its_cpu, rounds))
        own, worker = meter.peak_memory(daemon.pid)
    report.table(HEAD, rows)
    report.memory(own, worker)


def _row(trial: Trial, reference: list[float], its_cpu: float, rounds: list[stage.Round]) -> list[str]:
    ratio = report.ratio([each.handed_over for each in rounds], reference)
    cpu = report.Spread([each.cpu * 1000 for each in rounds])
    return [
        f"{trial.mix}, 10 kept connections",
        f"{report.Spread(reference).middle:.0f}",
        f"{its_cpu * 1000:.2f} ms",
        f"{report.Spread([each.handed_over for each in rounds]):.0f}",
        f"{ratio:.2f}",
        report.verdict(ratio.middle, trial.target),
        f"{report.Spread([each.accepted for each in rounds]).middle:.0f}",
        f"{cpu:.2f} ms",
        report.verdict(cpu.middle, trial.cpu, at_most=True) if trial.cpu else "",
    ]
