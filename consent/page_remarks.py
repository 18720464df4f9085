"""What a check of a page is told, and what it says: one remark a fact, in plain words, with what to do. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class KnownPartner:
    """A partner of the website, or one from the library that it does not have. `hosts` may begin with `*`.

    `scripts`: how the addresses of its own scripts begin, without the scheme. They tell apart who shares a host.
    """

    slug: str
    name: str
    hosts: tuple[str, ...]
    category: str
    load_mode: str
    is_declared: bool
    scripts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expected:
    """What the server knows of the website. `platform` is this server's origin, `live_files` the digests of the files
    that visitors get; `blocks`: it holds partners back automatically."""

    key: str
    platform: str
    domains: tuple[str, ...]
    languages: tuple[str, ...]
    blocks: bool
    live_files: frozenset[str]
    partners: tuple[KnownPartner, ...]


@dataclass(frozen=True)
class Remark:
    """`tone` is good, wrong or hint. `page` is the page of the website in the admin where it is mended."""

    code: str
    tone: str
    sentence: str
    cure: str = ""
    page: str = ""
    detail: str = ""


def good(code: str, sentence: str) -> Remark:
    return Remark(code, "good", sentence)


def wrong(code: str, sentence: str, cure: str, page: str = "") -> Remark:
    return Remark(code, "wrong", sentence, cure, page)


def hint(code: str, sentence: str, cure: str, page: str = "") -> Remark:
    return Remark(code, "hint", sentence, cure, page)
