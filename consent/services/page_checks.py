"""Having a page of the website read: who may ask for which page how often, and what is kept of what was found.

The page is read outside of any transaction and of the person's request: it may take seconds, and a visitor's answer
must not wait for it.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import connections, transaction
from django.utils import timezone

from consent.models import ComposedFile, PageCheck
from consent.outbound import NoAnswer, Outbound, Refused
from consent.page_check import Reading, is_page, read_page, wrong_status
from consent.page_remarks import Expected, KnownPartner, Remark, wrong
from consent.public_addresses import NotAnAddress, WebAddress, names_own_machine, read_address
from consent.services.publishing import draft_of, live_publication
from consent.services.sightings import see_page
from cookies.models import Site
from cookies.origins import origin_allowed
from cookies.partner_library import LibraryPartner, load_library

AN_HOUR = timedelta(hours=1)
MOST_IN_AN_HOUR = 20
# Longer than reading a page can take: whoever was to do it is gone.
GIVEN_UP = timedelta(seconds=45)
_turns = threading.BoundedSemaphore(2)


@transaction.atomic
def ask_for_check(*, site: Site, typed: str, by: str, now: datetime) -> PageCheck:
    """Note that somebody wants a page read. Raises ValidationError for an address that is not the website's, and for
    more than so many in an hour."""
    try:
        address = read_address(with_scheme(typed))
    except NotAnAddress as error:
        raise ValidationError({"address": str(error)}) from None
    if sentence := _objection(site, address)(address):
        raise ValidationError({"address": sentence})
    lately = PageCheck.objects.filter(asked_by=by, asked_at__gt=now - AN_HOUR)
    if lately.count() >= MOST_IN_AN_HOUR:
        raise ValidationError(f"You have had {MOST_IN_AN_HOUR} pages checked within an hour. Wait a little.")
    PageCheck.objects.filter(site=site, asked_at__lte=now - AN_HOUR).delete()
    return PageCheck.objects.create(site=site, address=str(address), asked_by=by, asked_at=now)


def run_check(*, check: PageCheck, outbound: Outbound, clock: Callable[[], datetime]) -> None:
    """Read the page and keep what was found. Whatever happens on the way is something found."""
    reading, origin = _reading(check.site, read_address(check.address), outbound, now=clock())
    PageCheck.objects.filter(pk=check.pk).update(
        found={"remarks": [asdict(remark) for remark in reading.remarks]}, finished_at=clock()
    )
    if reading.has_line:
        see_page(site_id=check.site_id, origin=origin, domains=check.site.domains, day=clock().date())


def outbound() -> Outbound:
    """How pages are asked for. A server that is itself reached by a loopback name only is a trial on one machine, and
    may look at websites on it."""
    return Outbound(
        user_agent=f"Sayso page check (+{settings.PUBLIC_URL})",
        own_machine=names_own_machine(urlsplit(settings.PUBLIC_URL).hostname or ""),
    )


def with_scheme(typed: str) -> str:
    """Most people leave out https://."""
    typed = typed.strip()
    if "://" in typed:
        return typed
    is_own = names_own_machine(urlsplit(f"//{typed}").hostname or "") if "[" not in typed else True
    return f"{'http' if is_own else 'https'}://{typed}"


def start_check(check_id: int) -> None:
    """Have a page read, in a thread of its own: whoever asked is answered at once, and looks again."""
    threading.Thread(target=_take_turn, args=(check_id,), name="page-check", daemon=True).start()


def _take_turn(check_id: int) -> None:
    with _turns:
        try:
            check = PageCheck.objects.select_related("site").get(pk=check_id)
            run_check(check=check, outbound=outbound(), clock=timezone.now)
        finally:
            connections.close_all()


def _reading(site: Site, address: WebAddress, outbound: Outbound, *, now: datetime) -> tuple[Reading, str]:
    """What was found, and the origin at which the page was in the end."""
    try:
        answer = outbound.get(address, accept="text/html", objection=_objection(site, address))
    except (Refused, NoAnswer) as error:
        return _only(wrong("not_read", str(error), "")), ""
    if answer.status >= 300:
        return _only(wrong_status(answer.status)), ""
    if not is_page(answer.headers.get("content-type", "")):
        return _only(wrong("not_a_page", "What is there is no HTML page.", "Give the address of a page.")), ""
    reading = read_page(
        answer.body,
        address=str(answer.address),
        headers=answer.headers,
        is_whole=answer.is_whole,
        expected=expected_of(site, now=now),
    )
    return reading, answer.address.origin


def _only(remark: Remark) -> Reading:
    return Reading(False, (remark,))


def _objection(site: Site, first: WebAddress) -> Callable[[WebAddress], str | None]:
    def objection(address: WebAddress) -> str | None:
        if origin_allowed(address.origin, site.domains):
            return None
        if address == first:
            return f"{address.origin} is not one of this website's addresses. They stand under Install."
        return (
            f"The page sends on to {address.origin}, which is not one of this website's addresses: answers from there "
            "would be refused. If it belongs to the website, add it under Install."
        )

    return objection


def expected_of(site: Site, *, now: datetime) -> Expected:
    """What a page of this website is compared with: its partners as they are in the draft, and what is live."""
    notice, policy = draft_of(site)
    publication = live_publication(site, now=now)
    files = ComposedFile.objects.filter(publication=publication, kind=ComposedFile.Kind.SNIPPET)
    declared, library = list(site.partners.in_use()), load_library()
    used = {partner.library for partner in declared}
    return Expected(
        key=site.key,
        platform=settings.PUBLIC_URL,
        domains=tuple(site.domains),
        languages=tuple(notice.languages),
        blocks=policy.auto_block,
        live_files=frozenset(files.values_list("digest", flat=True)) if publication else frozenset(),
        partners=(
            *(
                KnownPartner(
                    row.slug,
                    row.name,
                    tuple(row.hosts),
                    row.category,
                    row.load_mode,
                    is_declared=True,
                    scripts=_scripts(library.get(row.library)),
                )
                for row in declared
            ),
            *(
                KnownPartner(
                    slug,
                    template.name,
                    tuple(template.hosts),
                    template.category,
                    load_mode="",
                    is_declared=False,
                    scripts=_scripts(template),
                )
                for slug, template in library.items()
                if slug not in used
            ),
        ),
    )


def _scripts(template: LibraryPartner | None) -> tuple[str, ...]:
    """Where the scripts of a partner's loader begin, as far as that is the same for every website."""
    addresses = [str(step[1]) for step in template.loader if step[0] == "script"] if template else []
    plain = [re.split(r"[?{]", address.partition("://")[2])[0] for address in addresses]
    return tuple(address for address in plain if address.partition("/")[2])
