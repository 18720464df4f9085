"""/p/KEY/: the hosted preference centre, a plain form that needs no JavaScript."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from consent import consent_cookie
from consent.api.seen import seen_by_server
from consent.api.throttling import seconds_to_wait
from consent.consent_cookie import StoredChoice
from consent.decisions import OPTIONAL_CATEGORIES, DecidingRegime, Decision, cookie_age, decide, remembered_choice
from consent.geography import place_of
from consent.grant_proof import proof_rules
from consent.pages.addresses import is_from_own_page, own_origin, page_address, platform_origin
from consent.pages.answers import page, problem
from consent.pages.choice import (
    Choice,
    Submitted,
    UnknownChoice,
    read_choice,
    signal_note,
    stored_choice,
)
from consent.pages.contents import CategoryPart, category_parts, opt_out_links
from consent.pages.published import Published, asked_language, find_published, language_links
from consent.pages.situation import Situation, find_situation, with_choice
from consent.pages.wordings import day_words
from consent.payload import loads_early
from consent.places import regime_of
from consent.privacy_signals import Signals, read_signals
from consent.services.recording import ReportedEvent, record_event
from consent.wellknown.tk import tell_update
from consent.wording import disregard_words
from cookies.origins import within


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest, key: str) -> HttpResponse:
    published = find_published(request, key)
    if isinstance(published, HttpResponse):
        return published
    situation = find_situation(
        own_origin=own_origin(request),
        platform_origin=platform_origin(),
        domains=published.site.domains,
        return_url=request.GET.get("return"),
    )
    if request.method == "POST":
        return _decided(request, published, situation)
    return _form(request, published, situation)


# --- Showing ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Standing:
    """Where the visitor stands: what the cookie says while it counts, and what follows from it."""

    stored: StoredChoice | None
    decision: Decision
    note: str | None


def _standing(request: HttpRequest, published: Published, situation: Situation, now: datetime) -> _Standing:
    # Another domain's cookie is not the website's, whatever it is called.
    stored = _cookie_choice(request) if situation.kind == "own" else None
    signals = read_signals(request.headers)
    regime = _row(published, regime_of(place_of(request), _codes(published), on=now.date()))
    dnt_policy, seconds = published.payload["policy"]["dnt"], int(now.timestamp())
    decision = decide(
        regime=regime,
        dnt_policy=dnt_policy,
        signals=signals,
        stored=stored,
        version=published.deciding,
        now=seconds,
    )
    remembered = remembered_choice(regime=regime, stored=stored, now=seconds)
    note = signal_note(signals=signals, dnt_policy=dnt_policy, regime=regime, reason=decision.reason, stored=remembered)
    return _Standing(remembered, decision, note)


def _form(request: HttpRequest, published: Published, situation: Situation) -> HttpResponse:
    standing = _standing(request, published, situation, timezone.now())
    query = {"language": asked_language(request, published), "return": situation.return_url}
    key, texts = published.site.key, published.texts
    context = {
        "texts": texts,
        "site": published.payload["site"],
        "situation": situation,
        "elsewhere": texts["page_elsewhere_early" if _has_early(published) else "page_elsewhere"],
        "action_url": page_address("page-preferences", key, **query),
        "categories": [
            _category(part, standing) for part in category_parts(published.payload, texts, published.language)
        ],
        "note": _note(published, standing, read_signals(request.headers)),
        "saved": _saved(request, published, standing) if situation.kind == "own" else None,
        "standing": _standing_words(published, standing) if situation.kind == "own" else None,
        "opt_out_links": opt_out_links(published.payload, published.language),
        "declaration_url": page_address("page-declaration", key, language=query["language"]),
        "languages": language_links(published, "page-preferences", **query),
    }
    targets = [situation.return_origin] if situation.return_origin else []
    return page(request, "consent/preferences.html", context, language=published.language, form_targets=targets)


def _note(published: Published, standing: _Standing, signals: Signals) -> str:
    """What the browser's signal has answered; where that is an opt-out of sale, with the status that the law wants seen
    (CCR, title 11, § 7025(c)(6))."""
    texts = published.texts
    if not standing.note:
        return ""
    if standing.note == "signal_disregarded":
        return disregard_words(published.payload, texts)
    note = texts[standing.note].replace("{signal}", "Global Privacy Control" if signals.gpc else "Do Not Track")
    return f"{texts['signal_status']}. {note}" if standing.note == "signal_sale" else note


def _category(part: CategoryPart, standing: _Standing) -> dict[str, Any]:
    is_on = standing.decision.categories[part.code]
    return {
        "part": part,
        "is_on": is_on,
        # What differs from its category must not hide behind it.
        "has_exception": any(standing.decision.partners[partner.slug] != is_on for partner in part.partners),
        "partners": _switches(part, standing),
    }


def _switches(part: CategoryPart, standing: _Standing) -> list[dict[str, Any]]:
    """Each partner with its two boxes (see choice.Submitted): the one that is not seen says `like the category`."""
    category_on = standing.decision.categories[part.code]
    return [
        {
            "part": partner,
            "kept": standing.decision.partners[partner.slug] if category_on else True,
            "allowed": standing.decision.partners[partner.slug] if not category_on else False,
        }
        for partner in part.partners
    ]


def _standing_words(published: Published, standing: _Standing) -> dict[str, str]:
    if standing.stored is None:
        return {"last": published.texts["no_decision"]}
    day = datetime.fromtimestamp(standing.stored.decided_at, UTC).date()
    return {
        "last": published.texts["last_decision"].replace("{date}", day_words(day, published.language)),
        "consent_id": standing.stored.consent_id,
        "record_url": _record_url(published, standing.stored.consent_id),
    }


def _record_url(published: Published, consent_id: str) -> str:
    # The fragment is not sent: the consent id reaches the record's page, and no server's log.
    return f"{settings.PUBLIC_URL}{page_address('page-record', published.site.key)}#{consent_id}"


def _saved(request: HttpRequest, published: Published, standing: _Standing) -> dict[str, str] | None:
    if "saved" not in request.GET:
        return None
    if standing.stored is None:
        # Where the law lets things run until they are refused, the refusal that was not kept stops none of them.
        runs = _has_early(published) or any(standing.decision.categories[code] for code in OPTIONAL_CATEGORIES)
        name = "page_not_kept_early" if runs else "page_not_kept"
        return {"kind": "warning", "text": published.texts[name]}
    nothing = "" if standing.stored.grants_something else " " + published.texts["page_saved_nothing"]
    return {"kind": "good", "text": published.texts["page_saved"] + nothing}


def _has_early(published: Published) -> bool:
    """Whether a tag is on the pages whatever a visitor says: then it isn't true that nothing optional runs."""
    return any(map(loads_early, published.payload["partners"]))


# --- Deciding --------------------------------------------------------------------------------------


def _decided(request: HttpRequest, published: Published, situation: Situation) -> HttpResponse:
    # Elsewhere the page has no form: who sends one all the same is not told that anything was kept.
    if not is_from_own_page(request) or situation.kind == "elsewhere":
        return problem(request, 403, "foreign_form")
    if wait := seconds_to_wait(request):
        return problem(request, 429, "busy", retry_after=math.ceil(wait))
    try:
        choice = read_choice(_submitted(request), published.payload)
    except UnknownChoice:
        return problem(request, 400, "unknown_choice")
    if situation.return_url and situation.kind == "return":
        return _see_other(with_choice(situation.return_url, categories=choice.categories, partners=choice.partners))
    try:
        stored = _record(request, published, choice, timezone.now())
    except DatabaseError:
        return problem(request, 503, "not_saved", retry_after=5)
    return _kept(request, published, situation, stored)


def _submitted(request: HttpRequest) -> Submitted:
    form = request.POST
    return Submitted(
        action=form.get("action", ""),
        categories=form.getlist("category"),
        kept=form.getlist("kept"),
        allowed=form.getlist("allowed"),
    )


def _record(request: HttpRequest, published: Published, choice: Choice, now: datetime) -> StoredChoice:
    """Evidence first: a choice that could not be recorded is not kept either."""
    before = _cookie_choice(request)
    consent_id = before.consent_id if before else str(uuid.uuid4())
    seen = seen_by_server(request, _codes(published), now)
    reported = _event(
        published,
        choice,
        consent_id=consent_id,
        regime=seen.regime,
        signals=seen.signals,
        trusted=_was_sent_by_a_person(request),
    )
    record_event(site_id=published.site.id, reported=reported, seen=seen, rules=proof_rules(published.payload), now=now)
    return stored_choice(
        choice,
        digest=published.digest,
        consent_id=consent_id,
        regime=seen.regime,
        signals=seen.signals,
        now=int(now.timestamp()),
    )


def _was_sent_by_a_person(request: HttpRequest) -> bool | None:
    """Whether a click or a key sent the form. Browsers say so in a header that no script can set (W3C Fetch Metadata
    §2.4); without it, nobody knows."""
    return True if request.headers.get("Sec-Fetch-User") == "?1" else None


def _event(
    published: Published, choice: Choice, *, consent_id: str, regime: str, signals: Signals, trusted: bool | None
) -> ReportedEvent:
    return ReportedEvent(
        event_id=uuid.uuid4(),
        consent_id=uuid.UUID(consent_id),
        action=choice.action,
        surface="page",
        categories=choice.categories,
        partners=choice.partners,
        version_id=published.version_id,
        language=published.language,
        regime=regime,
        signals=signals,
        trusted=trusted,
    )


def _kept(request: HttpRequest, published: Published, situation: Situation, stored: StoredChoice) -> HttpResponse:
    """Sets the cookie and shows the page anew, so that reloading sends nothing twice."""
    query = {"saved": "1", "language": asked_language(request, published), "return": situation.return_url}
    response = _see_other(page_address("page-preferences", published.site.key, **query))
    regime = _row(published, stored.regime)
    response.set_cookie(
        consent_cookie.NAME,
        consent_cookie.format(stored),
        max_age=cookie_age(regime=regime, stored=stored),
        path="/",
        domain=_cookie_domain(request, published),
        secure=request.is_secure(),
        samesite="Lax",
        # The snippet reads it.
        httponly=False,
    )
    tell_update(response)
    return response


def _codes(published: Published) -> list[str]:
    return [row.code for row in published.site.regimes]


def _row(published: Published, code: str) -> DecidingRegime:
    return next(row for row in published.site.regimes if row.code == code)


def _cookie_domain(request: HttpRequest, published: Published) -> str | None:
    """The domain that the website chose for its answers, where this page is under it."""
    domain = published.payload["site"].get("cookie_domain", "")
    return domain if within(request.get_host().partition(":")[0], domain) else None


def _see_other(url: str) -> HttpResponse:
    """303: whatever was sent, what follows is fetched."""
    response = HttpResponse(status=303)
    response["Location"] = url
    response["Cache-Control"] = "no-store"
    return response


def _cookie_choice(request: HttpRequest) -> StoredChoice | None:
    # Django keeps one cookie of a name; there may be several, on other paths and domains.
    return consent_cookie.newest(consent_cookie.values_in(request.headers.get("Cookie", "")))
