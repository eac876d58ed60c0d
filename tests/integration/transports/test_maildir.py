"""Letters laid into a Maildir."""

from dataclasses import replace
from pathlib import Path

import pytest

from mailintake.domain.letter import Letter
from mailintake.errors import LetterDeferred
from mailintake.transports.maildir import MaildirDelivery

LETTER = Letter("<1.a@desk.example>", "", "ann@client.example", b"Subject: hello\r\n\r\nfirst\r\n")


async def test_a_letter_lies_in_new(tmp_path: Path) -> None:
    maildir = MaildirDelivery(tmp_path / "mail")
    await maildir.send(LETTER)
    (file,) = (tmp_path / "mail" / "new").iterdir()
    assert file.read_bytes() == (b"Return-Path: <>\nDelivered-To: ann@client.example\nSubject: hello\n\nfirst\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert {part.name: part.stat().st_mode & 0o777 for part in (tmp_path / "mail").iterdir()} == dict.fromkeys(
        ("tmp", "new", "cur"), 0o700
    )
    assert list((tmp_path / "mail" / "tmp").iterdir()) == []


async def test_the_same_letter_again_replaces_its_first_copy(tmp_path: Path) -> None:
    maildir = MaildirDelivery(tmp_path)
    await maildir.send(LETTER)
    await maildir.send(LETTER)
    await maildir.send(replace(LETTER, recipient="bob@client.example"))
    await maildir.send(replace(LETTER, message_id="<2.b@desk.example>"))
    assert len(list((tmp_path / "new").iterdir())) == 3


async def test_a_disk_that_does_not_take_it_is_temporary(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LetterDeferred):
        await MaildirDelivery(tmp_path / "file").send(LETTER)
