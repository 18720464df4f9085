"""What programs may do on a website, by tokens. Only its owners come here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from cookies.access import OWNS
from cookies.admin.log import DECISION, record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.models import Role, Site, Token
from cookies.services.tokens import MadeToken, make_token, revoke_token
from cookies.token_forms import TokenForm
from cookies.tokens import VERBS

OWNING = "cookies.change_site"


@site_page("team/tokens/", name="tokens", sees=OWNING, writes=OWNING, roles=OWNS)
def tokens(request: HttpRequest, site: Site) -> HttpResponse:
    """The tokens of a website. A form makes one, and the answer to it is the only page that shows it."""
    now, made = timezone.now(), None
    form = TokenForm(sent(request), initial={"verbs": ["read"]})
    if request.method == "POST" and form.is_valid():
        made = _make(request, site, form, now=now)
    rows = list(site.tokens.select_related("made_by"))
    owners = set(site.members.filter(role=Role.OWNER).values_list("user_id", flat=True))
    # Nothing in the admin is kept by browsers, so what is shown once does not wait in a history.
    return show(
        request,
        site,
        "tokens",
        title="Tokens",
        tab="team",
        form=TokenForm(initial={"verbs": ["read"]}) if made else form,
        made=made,
        rows=[_row(site, token, owners) for token in rows if not token.has_ended(now=now)],
        ended=[_row(site, token, owners) for token in rows if token.has_ended(now=now)],
        back=page_url(site, "team"),
    )


@site_page(
    "team/tokens/<int:token_id>/revoke/", name="token-revoke", sees=OWNING, writes=OWNING, roles=OWNS, only_post=True
)
def revoke(request: HttpRequest, site: Site, token_id: int) -> HttpResponse:
    token = get_object_or_404(site.tokens, pk=token_id)
    if revoke_token(token=token, now=timezone.now()):
        record_action(request, site, f"Revoked the token {token.name}.", flag=DECISION)
        messages.success(request, f"{token.name} is revoked. It opens nothing any more.")
    else:
        messages.info(request, f"{token.name} was revoked before.")
    return go_to(site, "tokens")


def _make(request: HttpRequest, site: Site, form: TokenForm, *, now: datetime) -> MadeToken | None:
    assert isinstance(request.user, User)
    try:
        made = make_token(site=site, made_by=request.user, now=now, **form.cleaned_data)
    except ValidationError as error:
        form.refuse(error)
        return None
    may = _words(made.token.verbs)
    record_action(request, site, f"Made the token {made.token.name}, which may {may}.", flag=DECISION)
    return made


def _row(site: Site, token: Token, owners: Collection[int]) -> Mapping[str, Any]:
    return {
        "token": token,
        "may": _words(token.verbs),
        "maker_left": token.made_by_id not in owners and not token.made_by.is_superuser,
        "revoke_url": page_url(site, "token-revoke", token.pk),
    }


def _words(verbs: Iterable[str]) -> str:
    """read, write: in the order of the choices."""
    given = set(verbs)
    words = {"evidence": "read evidence"}
    return ", ".join(words.get(verb, verb) for verb in VERBS if verb in given)
