"""The cage with real processes: whatever a mail does to its reader, other mails and the keeper do not notice."""

import ast
import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
import uvloop

from mailintake.errors import TemporaryError, Unreadable
from mailintake.runners.cage import MEBIBYTE, Cage, Poison

HERE = Path(__file__).parent
MEMORY = 256 * MEBIBYTE


@pytest.fixture(params=[uvloop.new_event_loop])
def run(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., None]]:
    """Run a scene with a cage of its own, and find no process left behind."""
    before = children()
    monkeypatch.syspath_prepend(HERE)

    def run(
        scene: Callable[[Cage], Awaitable[None]],
        *,
        workers: int = 1,
        seconds: float = 30,
        mails_per_worker: int = 2_000,
    ) -> None:
        async def play() -> None:
            cage = Cage(
                workers=workers, seconds=seconds, memory=MEMORY, mails_per_worker=mails_per_worker, parser="wild_parser"
            )
            await cage.start()
            try:
                await scene(cage)
            finally:
                await cage.close()

        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(play())

    yield run
    assert children() == before


def children() -> list[str]:
    """The ids of the processes started by this one, zombies among them."""
    return Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()


def is_gone(process: str) -> bool:
    """Whether it has ended, be it a zombie still."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


async def read(cage: Cage, mail: bytes, *, headers_only: bool = False) -> str:
    return (await cage.parse([mail], size=len(mail), headers_only=headers_only)).text


async def poisoned(cage: Cage, mail: bytes) -> str:
    with pytest.raises(Poison) as caught:
        await read(cage, mail)
    return str(caught.value)


def seen(mail: bytes) -> str:
    return f"{len(mail)} {sha256(mail).hexdigest()}"


def test_a_message_comes_back_as_the_parser_made_it(run: Callable[..., None]) -> None:
    async def scene(cage: Cage) -> None:
        message = await cage.parse([b"hello"], size=5)
        assert message.text == seen(b"hello")
        assert message.from_ is not None
        assert message.from_.name == "Änna"
        assert message.authors == (message.from_,)
        assert message.headers == (("subject", "x"),)
        assert message.date is not None
        assert message.date.utcoffset() == timedelta(hours=5, minutes=30)

    run(scene)


def test_a_large_mail_goes_in_slices(run: Callable[..., None]) -> None:
    slices = [bytes([number]) * MEBIBYTE for number in range(25)]

    async def scene(cage: Cage) -> None:
        message = await cage.parse(iter(slices), size=25 * MEBIBYTE)
        assert message.text == seen(b"".join(slices))

    run(scene)


@pytest.mark.parametrize("run", [asyncio.new_event_loop], indirect=True)
def test_plain_asyncio_does_as_well(run: Callable[..., None]) -> None:
    slices = [bytes([number]) * MEBIBYTE for number in range(5)]

    async def scene(cage: Cage) -> None:
        assert await poisoned(cage, b"signal 9") == "killed the parser (signal 9)"
        assert await poisoned(cage, b"sleep") == "took longer than 0.5 s"
        assert (await cage.parse(slices, size=5 * MEBIBYTE)).text == seen(b"".join(slices))

    run(scene, seconds=0.5)


def test_an_empty_mail_is_a_mail(run: Callable[..., None]) -> None:
    async def scene(cage: Cage) -> None:
        assert (await cage.parse([], size=0)).text == seen(b"")

    run(scene)


def test_headers_only_is_the_other_function_of_the_parser(run: Callable[..., None]) -> None:
    async def scene(cage: Cage) -> None:
        assert await read(cage, b"sleep", headers_only=True) == "headers only"

    run(scene)


@pytest.mark.parametrize(
    ("mail", "reason"),
    [
        (b"eat", "needed more than 256 MB"),
        (b"signal 9", "killed the parser (signal 9)"),
        (b"crash", "killed the parser (signal 11)"),
        (b"exit 3", "ended the parser (status 3)"),
        (b"long 17000000", "answered more than 16 MB"),
        (b"nonsense", "made the parser talk nonsense"),
        (b"babble", "made the parser talk nonsense"),
        (b"surrogate", "broke the parser (UnicodeEncodeError at cage_worker.py:"),
        (b"recurse", "broke the parser (RecursionError at wild_parser.py:"),
    ],
)
def test_poison_says_what_it_did_and_the_next_mail_is_read(run: Callable[..., None], mail: bytes, reason: str) -> None:
    async def scene(cage: Cage) -> None:
        assert (await poisoned(cage, mail)).startswith(reason)
        assert await read(cage, b"hello") == seen(b"hello")

    run(scene)


@pytest.mark.parametrize("mail", [b"sleep", b"spin"])
def test_a_mail_that_never_ends_is_given_up(run: Callable[..., None], mail: bytes) -> None:
    async def scene(cage: Cage) -> None:
        assert await poisoned(cage, mail) == "took longer than 0.5 s"

    run(scene, seconds=0.5)


def test_a_defect_of_the_parser_never_quotes_the_mail(run: Callable[..., None]) -> None:
    async def scene(cage: Cage) -> None:
        reason = await poisoned(cage, b"break a-secret-of-the-customer")
        assert reason.startswith("broke the parser (LookupError at wild_parser.py:")
        assert "secret" not in reason

    run(scene)


def test_what_the_parser_cannot_read_is_unreadable_not_poison(run: Callable[..., None]) -> None:
    async def scene(cage: Cage) -> None:
        before = (await cage.parse([b"x"], size=1)).subject
        with pytest.raises(Unreadable, match="it has no beginning"):
            await read(cage, b"unreadable")
        assert (await cage.parse([b"x"], size=1)).subject == before, "the worker stays"

    run(scene)


def test_other_mails_go_on_while_one_hangs(run: Callable[..., None], tmp_path: Path) -> None:
    signal_to_go_on = tmp_path / "go"
    hanging_mail = b"wait " + bytes(signal_to_go_on)

    async def scene(cage: Cage) -> None:
        hanging = asyncio.ensure_future(read(cage, hanging_mail))
        await asyncio.sleep(0)
        mails = [b"mail %d" % number for number in range(100)]
        assert await asyncio.gather(*(read(cage, mail) for mail in mails)) == [seen(mail) for mail in mails]
        assert not hanging.done()
        signal_to_go_on.touch()
        assert await hanging == seen(hanging_mail)

    run(scene, workers=2)


def test_many_poisons_at_once_leave_a_full_house(run: Callable[..., None], tmp_path: Path) -> None:
    async def scene(cage: Cage) -> None:
        mails = [b"signal 9", b"eat", b"hello", b"crash"] * 3
        outcomes = await asyncio.gather(*(read(cage, mail) for mail in mails), return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [Poison, Poison, str, Poison] * 3
        meeting = b"meet " + bytes(tmp_path)
        await asyncio.gather(*(read(cage, meeting) for _ in range(3)))

    run(scene, workers=3)


def test_a_worker_that_died_in_its_sleep_costs_no_mail(run: Callable[..., None]) -> None:
    async def scene(cage: Cage) -> None:
        worker = (await cage.parse([b"x"], size=1)).subject
        os.kill(int(worker), signal.SIGKILL)
        while not is_gone(worker):
            pass
        assert await read(cage, b"hello") == seen(b"hello")

    run(scene)


def test_a_worker_hands_over_after_its_share_of_mails(run: Callable[..., None]) -> None:
    async def scene(cage: Cage) -> None:
        first = (await cage.parse([b"x"], size=1)).subject
        while (await cage.parse([b"x"], size=1)).subject == first:
            pass
        while not is_gone(first):
            pass

    run(scene, mails_per_worker=3)


def test_a_caller_who_gives_up_does_not_get_his_answer_mixed_with_the_next(run: Callable[..., None]) -> None:
    async def scene(cage: Cage) -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(read(cage, b"sleep"), 0.2)
        assert await read(cage, b"hello") == seen(b"hello")

    run(scene)


@pytest.mark.parametrize("trouble", [ConnectionResetError("database"), TimeoutError("database"), OSError("disk")])
def test_trouble_in_fetching_the_mail_is_not_the_fault_of_the_mail(run: Callable[..., None], trouble: OSError) -> None:
    def slices() -> Iterator[bytes]:
        yield b"half of "
        raise trouble

    async def scene(cage: Cage) -> None:
        with pytest.raises(type(trouble)) as caught:
            await cage.parse(slices(), size=20)
        assert caught.value is trouble
        assert await read(cage, b"hello") == seen(b"hello")

    run(scene)


@pytest.mark.parametrize("size", [4, 6])
def test_slices_of_another_size_are_refused(run: Callable[..., None], size: int) -> None:
    async def scene(cage: Cage) -> None:
        with pytest.raises(ValueError, match="came as 5"):
            await cage.parse([b"hello"], size=size)
        assert await read(cage, b"hello") == seen(b"hello")

    run(scene)


def test_closing_ends_the_mails_in_hand_without_calling_them_poison(run: Callable[..., None]) -> None:
    before = children()

    async def scene(cage: Cage) -> None:
        workers = [process for process in children() if process not in before]
        assert len(workers) == 2
        reading = [asyncio.ensure_future(read(cage, b"sleep")) for _ in range(5)]
        await asyncio.sleep(0.2)
        await cage.close()
        outcomes = await asyncio.gather(*reading, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [TemporaryError] * 5
        assert children() == before
        with pytest.raises(TemporaryError):
            await read(cage, b"hello")

    run(scene, workers=2)


def test_a_worker_has_little_and_inherits_nothing(run: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILINTAKE_PASSWORD", "secret")

    async def scene(cage: Cage) -> None:
        rights = ast.literal_eval(await read(cage, b"rights"))
        assert rights == {
            "descriptors": ["/dev/null", "socket"],
            "environment": ["LC_ALL"],
            "ignores signals": True,
            "core": (0, 0),
            "files written": (0, 0),
            "address space": (MEMORY, MEMORY),
            "nice": 5,
        }

    with (HERE / "wild_parser.py").open() as secret:
        os.set_inheritable(secret.fileno(), True)
        run(scene)


def test_a_parser_that_cannot_be_imported_stops_the_start() -> None:
    async def scene() -> None:
        with pytest.raises(TemporaryError, match=r"the parser does not start: ModuleNotFoundError: .*no_such_parser"):
            await Cage(workers=2, parser="no_such_parser").start()

    before = children()
    asyncio.run(scene())
    assert children() == before


def test_workers_die_with_a_keeper_that_is_killed() -> None:
    keeper = f"""
import asyncio, sys
sys.path.insert(0, {str(HERE)!r})
from mailintake.runners.cage import Cage
async def main():
    cage = Cage(workers=1, parser="wild_parser")
    await cage.start()
    print((await cage.parse([b"x"], size=1)).subject, flush=True)
    await cage.parse([b"sleep"], size=5)
asyncio.run(main())
"""
    with subprocess.Popen([sys.executable, "-c", keeper], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        worker = process.stdout.readline().strip()
        assert not is_gone(worker)
        process.kill()
    while not is_gone(worker):
        pass  # the test's own time limit ends this where the worker lives on
