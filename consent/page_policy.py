"""Whether a page's Content-Security-Policy lets the embed line run and report. Pure.

Of the header's language (CSP 3, §6.7) as much as says yes or no to one address. Nonces are not checked: they change
with each answer, and a line that carries one was given it by the website.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from consent.embed_lines import Line
from consent.page_remarks import Remark, wrong
from cookies.origins import origin_of

FOR_SCRIPTS = ("script-src-elem", "script-src", "default-src")
FOR_REPORTS = ("connect-src", "default-src")


def policy_remarks(written: Sequence[str], line: Line, address: str) -> list[Remark]:
    """All policies of the header and of the page hold at once, so each has to allow it."""
    policies = [_directives(policy) for header in written for policy in header.split(",") if policy.strip()]
    own, sources = origin_of(address) or "", f"script-src {line.origin}; connect-src {line.origin};"
    found = []
    if not all(_runs(policy, line, own) for policy in policies):
        sentence = "The page's Content-Security-Policy does not let the line run."
        found.append(wrong("policy_script", sentence, f"Add to it: {sources}", "install"))
    elif not all(_allows(_first(policy, FOR_REPORTS), line.origin, own) for policy in policies):
        sentence = "The page's Content-Security-Policy does not let answers be sent: they would be lost."
        found.append(wrong("policy_connect", sentence, f"Add to it: {sources}", "install"))
    return found


def _directives(policy: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for directive in policy.split(";"):
        name, *sources = directive.split() or [""]
        found.setdefault(name.lower(), sources)
    return found


def _first(policy: Mapping[str, list[str]], names: Sequence[str]) -> list[str] | None:
    return next((policy[name] for name in names if name in policy), None)


def _runs(policy: Mapping[str, list[str]], line: Line, own: str) -> bool:
    sources = _first(policy, FOR_SCRIPTS)
    if sources is None:
        return True
    given = line.element.attributes
    if given.get("nonce") and any(source.lower().startswith("'nonce-") for source in sources):
        return True
    if "'strict-dynamic'" in map(str.lower, sources):
        return f"'{given.get('integrity')}'" in sources
    return _allows(sources, line.origin, own)


def _allows(sources: Sequence[str] | None, origin: str, own: str) -> bool:
    return sources is None or any(_fits(source.lower(), origin, own) for source in sources)


def _fits(source: str, origin: str, own: str) -> bool:
    scheme, host = origin.split("://")
    own_scheme = own.partition("://")[0]
    if source == "*" or source == f"{scheme}:" or (source == "'self'" and origin == own):
        return True
    try:
        named = urlsplit(source if "://" in source else f"{own_scheme}://{source}")
    except ValueError:
        return False
    if named.scheme != scheme and (named.scheme, scheme) != ("http", "https"):
        return False
    wanted = named.netloc.removesuffix(":*").removesuffix(":443" if named.scheme == "https" else ":80")
    fits_any_port = named.netloc.endswith(":*")
    found = host.rpartition(":")[0] or host if fits_any_port and ":" in host else host
    return found == wanted or (wanted.startswith("*.") and found.endswith(wanted[1:]))
