"""Load with a memory: many clients that send like an MTA, and the journal that tells whether anything was lost."""

import hashlib
import random
import smtplib
import threading
import time
from collections import Counter
from dataclasses import dataclass

from tests.e2e.harness import Desk, eventually
from tests.e2e.mails import Answer, a_mail, say

SENDER = "mia@mill.example"
PARAGRAPH = "The stone turns slowly when the water is low, and today it does not turn at all."


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A mail that was answered 250."""

    subject: str
    digest: str
    spool_id: int
    tries: int


class Load:
    """So many connections, each sending one mail after the other and repeating each until it is answered 250.

    The journal is kept here, outside the daemon. `pause` is the longest wait between two mails of a connection in
    seconds, `big` how many in a hundred are megabytes.
    """

    def __init__(self, desk: Desk, *, connections: int = 20, seed: int, pause: float = 0.3, big: int = 2) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.unexpected: list[Answer] = []
        self._desk = desk
        self._pause = pause
        self._big = big
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._send, args=(number, random.Random(seed + number)), daemon=True)
            for number in range(connections)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def wait_for(self, count: int) -> None:
        """Wait until so many mails are answered 250."""
        eventually(lambda: len(self.acknowledged) >= count, what=f"{count} mails are answered 250")

    def finish(self, *, within: float = 120) -> None:
        """Begin no more mails, and wait until those begun are answered 250."""
        self._stopping.set()
        until = time.monotonic() + within
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
            assert not thread.is_alive(), "a mail could not be handed over"

    def _send(self, number: int, rng: random.Random) -> None:
        client, count = None, 0
        while not self._stopping.is_set():
            count += 1
            subject = f"Load {number}.{count}"
            size = rng.randrange(1_000_000, 3_000_000) if rng.randrange(100) < self._big else rng.randrange(5_000)
            raw = a_mail(subject, sender=SENDER, text=f"{subject}\n" + f"{PARAGRAPH}\n" * (size // 80))
            tries, answer = 0, None
            while answer is None:
                tries += 1
                try:
                    client = client or self._connect()
                    answer = self._one(client, raw)
                except (OSError, smtplib.SMTPException):
                    answer = None
                if answer is None:
                    if client is not None:
                        client.close()
                    client = None
                    time.sleep(0.05)
            digest = hashlib.sha256(raw).hexdigest()
            self.acknowledged.append(Acknowledged(subject, digest, answer.spool_id, tries))
            time.sleep(rng.uniform(0, self._pause))
        if client is not None:
            client.close()

    def _connect(self) -> smtplib.SMTP:
        client = smtplib.SMTP("127.0.0.1", self._desk.port, local_hostname="client.example", timeout=30)
        client.ehlo()
        return client

    def _one(self, client: smtplib.SMTP, raw: bytes) -> Answer | None:
        answer = say(client, raw, sender=SENDER)
        if answer.code == 250:
            return answer
        if answer.code // 100 != 4:
            self.unexpected.append(answer)
        return None


def account_for(desk: Desk, load: Load) -> str:
    """Check the promises I1, I2 and I3 against the journal; the sentence for people. The daemon must be running."""
    desk.wait_until_idle(within=180)
    assert load.unexpected == []
    ours = {one.digest: one for one in load.acknowledged}
    assert len(ours) == len(load.acknowledged), "two mails of the load are the same"

    stored = dict(desk.rows("SELECT digest, id FROM spool"))
    assert lost(desk, load) == []
    assert desk.value("SELECT count(*) FROM spool") == len(stored), "a mail is there twice"
    assert stored == {one.digest: one.spool_id for one in load.acknowledged}

    subjects = Counter(subject for (subject,) in desk.rows("SELECT subject FROM ticket"))
    assert subjects == Counter(one.subject for one in load.acknowledged), "a ticket is missing or double"
    assert desk.rows("SELECT 1 FROM spool WHERE outcome <> 'opened'") == []
    assert desk.value("SELECT count(*) FROM message") == len(ours)

    letters = desk.rows("SELECT ticket_id, message_id, state, template FROM outbox")
    assert {letter[2:] for letter in letters} == {("sent", "acknowledged"), ("sent", "new-ticket")}
    for kind in ("acknowledged", "new-ticket"):  # the customer's, and the agent's
        about = [ticket for ticket, _, _, template in letters if template == kind]
        assert len(about) == len(set(about)) == len(ours), "a letter is missing or double"
    left = Counter(letter["Message-ID"] for letter in eventually(desk.letters, what="letters"))
    assert left == Counter(message_id for _, message_id, *_ in letters)

    assert desk.value("PRAGMA integrity_check") == "ok"
    assert desk.rows("PRAGMA foreign_key_check") == []
    repeated = sum(one.tries > 1 for one in load.acknowledged)
    return f"{len(ours)} mails acknowledged, 0 lost, 0 double, {desk.starts - 1} restarts, {repeated} sent again"


def lost(desk: Desk, load: Load) -> list[str]:
    """The subjects of the mails answered 250 whose bytes are not there, every one of them (I1)."""
    return [one.subject for one in load.acknowledged if kept_bytes(desk, one.digest) != one.digest]


def kept_bytes(desk: Desk, digest: str) -> str:
    """SHA-256 of the bytes that the database holds under this digest."""
    found = hashlib.sha256()
    for (data,) in desk.rows("SELECT data FROM raw WHERE digest = :digest ORDER BY part", digest=digest):
        found.update(data)
    return found.hexdigest()
