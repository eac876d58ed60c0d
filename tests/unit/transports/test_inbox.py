"""Lines out of whatever the network makes of them."""

import asyncio

from mailintake.transports.inbox import Inbox


async def lines(*pieces: bytes, limit: int = 20) -> list[bytes]:
    inbox = Inbox(asyncio.get_running_loop())

    async def talk() -> None:
        for piece in pieces:
            inbox.feed(piece)
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        inbox.end()

    talking = asyncio.create_task(talk())
    found = []
    while (line := await inbox.line(limit=limit)) is not None:
        found.append(line)
    await talking
    return found


async def test_a_pipeline_is_several_lines() -> None:
    assert await lines(b"MAIL\r\nRCPT\r\nDATA\r\n") == [b"MAIL", b"RCPT", b"DATA"]


async def test_a_line_may_come_byte_by_byte() -> None:
    assert await lines(*(bytes([byte]) for byte in b"NOOP\r\nQUIT\n")) == [b"NOOP", b"QUIT"]


async def test_what_has_no_end_is_no_line() -> None:
    assert await lines(b"NOOP\r\nQUI") == [b"NOOP"]


async def test_an_endless_line_is_cut_and_the_next_one_is_whole() -> None:
    long, short = await lines(*([b"x" * 15] * 50), b"\r\nNOOP\r\n")
    assert 20 < len(long) < 100
    assert short == b"NOOP"


async def test_what_was_taken_is_gone() -> None:
    inbox = Inbox(asyncio.get_running_loop())
    inbox.feed(b"EHLO evil.example\r\n")
    assert inbox.has_line
    assert inbox.take() == b"EHLO evil.example\r\n"
    assert not inbox.has_line
