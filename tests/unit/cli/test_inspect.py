"""`mailintake inspect`: one object per file, whatever the files hold."""

import json
import os
from pathlib import Path

import pytest
import typer

from mailintake.cli.inspect import inspect


def test_each_file_gives_a_line_in_order_and_none_ends_the_others(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    good, empty, missing = (tmp_path / name for name in ("good.eml", "empty.eml", "missing.eml"))
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.eml"))
    good.write_bytes("From: Änn <ann@kunde.example>\n\nWörter".encode())
    empty.write_bytes(b"")
    odd.write_bytes(b"From: ann@kunde.example\n\nx")
    with pytest.raises(typer.Exit):  # two of them cannot be read
        inspect([good, missing, tmp_path, empty, odd], as_json=True)
    lines = capfdbinary.readouterr().out.decode("utf-8").splitlines()
    seen = [json.loads(line) for line in lines]
    assert [each["file"] for each in seen] == [str(path) for path in (good, missing, tmp_path, empty, odd)]
    assert [bool(each["error"]) for each in seen] == [False, True, True, False, False]
    assert seen[0]["text"] == "Wörter"
    assert seen[0]["from"] == {"address": "ann@kunde.example", "name": "Änn"}
