"""Where a hosted page stands towards a website, and how a choice made on it gets back there. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from consent.consent_cookie import exceptions, letters
from cookies.origins import origin_allowed, origin_of

LONGEST_ADDRESS = 2_000

Kind = Literal["own", "return", "elsewhere"]


@dataclass(frozen=True)
class Situation:
    """own: the page is under the website's own domain and can keep the choice itself. return: the choice goes back
    to `return_url`. elsewhere: the page can change nothing. `ignored_return`: an address was given that is not the
    website's."""

    kind: Kind
    return_url: str | None = None
    return_origin: str | None = None
    ignored_return: bool = False


def find_situation(
    *, own_origin: str, platform_origin: str, domains: Iterable[str], return_url: str | None
) -> Situation:
    """`own_origin` is the one under which the page was asked for; `return_url` whatever the address carried."""
    domains = tuple(domains)
    target = allowed_return(return_url, domains) if return_url else None
    target_origin = origin_of(target) if target else None
    is_own = own_origin != platform_origin and origin_allowed(own_origin, domains)
    ignored = bool(return_url) and target is None
    if is_own and target_origin in (None, own_origin):
        return Situation("own", target, target_origin, ignored)
    if target:
        return Situation("return", target, target_origin)
    return Situation("elsewhere", ignored_return=ignored)


def allowed_return(url: str, domains: Iterable[str]) -> str | None:
    """The address to go back to, or None where it is not on one of the website's domains."""
    if len(url) > LONGEST_ADDRESS:
        return None
    origin = origin_of(url)
    return url if origin and origin_allowed(origin, domains) else None


def with_choice(url: str, *, categories: Mapping[str, bool], partners: Mapping[str, bool]) -> str:
    """The address with the choice in its fragment, which no server sees: `#sayso=pf.*video~!ads`.
    The snippet reads it (static/snippet/fragment.js) and asks before it applies it."""
    written = ".".join(filter(None, (letters(categories), exceptions(partners))))
    return f"{url.partition('#')[0]}#sayso={written}"
