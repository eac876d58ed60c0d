"""Every sample letter, compared with the one we once read and found good.

After a wanted change, write them anew with `python tests/letters/test_letters.py` and read the difference.
"""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailintake.notices import samples
from mailintake.notices.compose import Composer

HERE = Path(__file__).parent
COMPOSER = Composer([HERE.parents[1] / "templates"])
DATE = datetime(2026, 3, 6, 20, 0, tzinfo=UTC)


def rendered(sample: samples.Sample) -> str:
    return COMPOSER.compose(sample.draft(), date=DATE).content.decode("ascii").replace("\r\n", "\n")


@pytest.mark.parametrize("sample", samples.SAMPLES, ids=lambda sample: sample.situation)
def test_a_letter_reads_as_before(sample: samples.Sample) -> None:
    assert rendered(sample) == (HERE / f"{sample.situation}.txt").read_text(encoding="ascii")


def test_no_letter_is_left_over() -> None:
    assert {path.stem for path in HERE.glob("*.txt")} == {sample.situation for sample in samples.SAMPLES}


if __name__ == "__main__":
    for each in samples.SAMPLES:
        (HERE / f"{each.situation}.txt").write_text(rendered(each), encoding="ascii")
