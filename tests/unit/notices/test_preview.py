"""`mailintake notices`: the letters and their previews on the command line."""

import sys
from pathlib import Path

import pytest

from mailintake import cli
from mailintake.notices import samples


def status_of(monkeypatch: pytest.MonkeyPatch, directory: Path, *words: str) -> object:
    monkeypatch.chdir(directory)
    monkeypatch.setattr(sys, "argv", ["mailintake", "notices", *words, "--config", str(directory / "none")])
    with pytest.raises(SystemExit) as end:
        cli.main()
    return end.value.code


def test_a_letter_is_shown_in_its_language_and_its_twin_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    words = ("preview", "acknowledged", "--language", "ru", "--html", "twin.html")
    assert status_of(monkeypatch, tmp_path, *words) == 0
    shown = capfdbinary.readouterr().out.decode()
    assert shown.startswith("Subject: Re: The orders of today are missing\n\nЗдравствуйте, Ana Novak!\n\n")
    assert '<html lang="ru">' in (tmp_path / "twin.html").read_text(encoding="utf-8")


def test_a_situation_is_shown_like_a_letter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert status_of(monkeypatch, tmp_path, "preview", "breach_repeated") == 0
    assert b"by 2 hours 5 minutes" in capfdbinary.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("acknowleged",), "there is no letter 'acknowleged'; did you mean 'acknowledged'?"),
        (("solved", "--language", "slo"), "there is no language 'slo'; did you mean 'sl'?"),
        (("solved", "--html", "no/such/place.html"), "cannot write no/such/place.html: No such file or directory"),
    ],
)
def test_a_wrong_word_is_one_line_with_the_nearest(
    words: tuple[str, ...],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert status_of(monkeypatch, tmp_path, "preview", *words) == 2
    assert capsys.readouterr().err == f"mailintake: {said}\n"


def test_every_letter_is_listed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert status_of(monkeypatch, tmp_path, "list") == 0
    listed = {line.split()[0] for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")}
    assert listed == {"letter", *samples.TEMPLATES}
