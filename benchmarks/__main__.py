"""`python -m benchmarks NAME …`: run one of the benchmarks."""

import sys

from benchmarks import accept, imap, intake, parse, route, sweep

BENCHMARKS = {
    "accept": accept.main,
    "imap": imap.main,
    "intake": intake.main,
    "parse": parse.main,
    "route": route.main,
    "sweep": sweep.main,
}


def main(words: list[str]) -> int:
    """Run what the first word names; the rest are its options. The exit status: 0, or 2 for an unknown name."""
    if not words or words[0] not in BENCHMARKS:
        print("usage: ./dev bench NAME [--help]\n")
        for name, run in BENCHMARKS.items():
            print(f"    {name:10} {(run.__doc__ or '').splitlines()[0]}")
        return 0 if words and words[0] in {"-h", "--help"} else 2
    BENCHMARKS[words[0]](words[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
