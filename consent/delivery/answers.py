"""What a composed file is answered with: encoding, validator, headers. A file and two headers decide; nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from consent.delivery.live import LiveFile

FRESH = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"
JAVASCRIPT = "text/javascript; charset=utf-8"
SHARED = (("Access-Control-Allow-Origin", "*"), ("Cross-Origin-Resource-Policy", "cross-origin"))
REFUSED = ("q=0", "q=0.0", "q=0.00", "q=0.000")


@dataclass(frozen=True)
class Answer:
    """`body` is None where the browser has it already (304)."""

    headers: list[tuple[str, str]]
    body: bytes | None


def answer_with(file: LiveFile, caching: str, *, accepted: str, known: str) -> Answer:
    """`accepted`: the request's Accept-Encoding. `known`: its If-None-Match."""
    encoding, body = _encoded(accepted, file)
    # A strong validator names bytes, so each encoding has its own.
    etag = f'"{file.etag[:32]}{"-" + encoding if encoding else ""}"'
    headers = [("ETag", etag), ("Cache-Control", caching), ("Vary", "Accept-Encoding"), *SHARED]
    if known and etag in [tag.strip() for tag in known.split(",")]:
        return Answer(headers, None)
    headers.append(("Content-Type", JAVASCRIPT))
    if encoding:
        headers.append(("Content-Encoding", encoding))
    return Answer(headers, body)


def _encoded(accepted: str, file: LiveFile) -> tuple[str, bytes]:
    offered = {part.partition(";")[0].strip(): part.partition(";")[2].replace(" ", "") for part in accepted.split(",")}
    for encoding, token, body in (("br", "br", file.brotli), ("gzip", "gzip", file.gzip)):
        if token in offered and offered[token] not in REFUSED:
            return encoding, body
    return "", file.body
