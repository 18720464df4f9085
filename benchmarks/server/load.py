"""Load from this machine alone: so many connections, each asking again once it is answered, for so many seconds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

Request = Callable[[], bytes]


@dataclass(frozen=True)
class Rate:
    """Answers per second, and how long the slowest of a hundred took, in milliseconds."""

    per_second: float
    p50: float
    p99: float


def measure(port: int, request: Request, *, connections: int, seconds: float, status: bytes) -> Rate:
    """`request` makes the bytes of the next one. Raises AssertionError for an answer of another status."""
    return asyncio.run(_measure(port, request, connections, seconds, status))


async def _measure(port: int, request: Request, connections: int, seconds: float, status: bytes) -> Rate:
    took: list[float] = []
    began = time.perf_counter()
    until = began + seconds
    await asyncio.gather(*(_ask(port, request, until, status, took) for _ in range(connections)))
    took.sort()
    spent = time.perf_counter() - began
    return Rate(len(took) / spent, took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000)


async def _ask(port: int, request: Request, until: float, status: bytes, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
    while (began := time.perf_counter()) < until:
        writer.write(request())
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.split(b" ", 2)[1] == status, head
        length = _length(head)
        if length:
            await reader.readexactly(length)
        took.append(time.perf_counter() - began)
    writer.close()


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
