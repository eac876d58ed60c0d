"""A DNS server on the loopback that answers from a table, by UDP and TCP, and misbehaves where it is told to."""

import contextlib
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

Zone = Mapping[tuple[str, str], Sequence[str]]
"""Records in zone-file notation by name (without a final dot) and type."""


@dataclass
class DnsServer:
    """`silent` names get no answer at all, `broken` ones SERVFAIL; `asked` is what came in, in order."""

    zone: dict[tuple[str, str], Sequence[str]]
    port: int = 0
    silent: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)

    @property
    def nameserver(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    def answer(self, wire: bytes, *, room: int) -> bytes | None:
        """The answer to a query, cut short with TC where it does not fit into `room` bytes."""
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        response = dns.message.make_response(query)
        if name in self.broken:
            response.set_rcode(dns.rcode.SERVFAIL)
            return response.to_wire()
        for _ in range(20):
            if target := self.zone.get((name, "CNAME")):
                response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", "CNAME", *target))
                name = target[0].removesuffix(".")
                continue
            if records := self.zone.get((name, kind)):
                response.answer.append(dns.rrset.from_text(f"{name}.", 60, "IN", kind, *records))
            elif not any(known == name for known, _ in self.zone):
                response.set_rcode(dns.rcode.NXDOMAIN)
            break
        whole = response.to_wire(max_size=65_535)
        if len(whole) <= room:
            return whole
        response.answer.clear()
        response.flags |= dns.flags.TC
        return response.to_wire()


def text(value: str | bytes) -> str:
    """A TXT record of any length in zone-file notation."""
    value = value.decode("latin-1") if isinstance(value, bytes) else value
    pieces = [value[start : start + 250] for start in range(0, len(value), 250)]
    return " ".join('"' + piece.replace("\\", "\\\\").replace('"', '\\"') + '"' for piece in pieces)


@contextlib.contextmanager
def serving(zone: Zone) -> Iterator[DnsServer]:
    """A server of these records on a free port, gone at the end."""
    server = DnsServer(dict(zone))
    with _sockets() as (datagrams, streams):
        server.port = datagrams.getsockname()[1]
        stopping = threading.Event()
        threads = [
            threading.Thread(target=_by_udp, args=(server, datagrams, stopping)),
            threading.Thread(target=_by_tcp, args=(server, streams, stopping)),
        ]
        for thread in threads:
            thread.start()
        try:
            yield server
        finally:
            stopping.set()
            for thread in threads:
                thread.join()


@contextlib.contextmanager
def _sockets() -> Iterator[tuple[socket.socket, socket.socket]]:
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
        socket.socket(socket.AF_INET, socket.SOCK_STREAM) as streams,
    ):
        streams.bind(("127.0.0.1", 0))
        datagrams.bind(streams.getsockname())
        streams.listen()
        for each in (datagrams, streams):
            each.settimeout(0.05)
        yield datagrams, streams


def _by_udp(server: DnsServer, here: socket.socket, stopping: threading.Event) -> None:
    while not stopping.is_set():
        with contextlib.suppress(TimeoutError):
            wire, there = here.recvfrom(65_535)
            if answer := server.answer(wire, room=1232):
                here.sendto(answer, there)


def _by_tcp(server: DnsServer, here: socket.socket, stopping: threading.Event) -> None:
    while not stopping.is_set():
        with contextlib.suppress(TimeoutError, ConnectionError):
            connection, _ = here.accept()
            with connection, connection.makefile("rwb") as stream:
                connection.settimeout(1)
                wire = stream.read(int.from_bytes(stream.read(2), "big"))
                if answer := server.answer(wire, room=65_535):
                    stream.write(len(answer).to_bytes(2, "big") + answer)
                    stream.flush()
