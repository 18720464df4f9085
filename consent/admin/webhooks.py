"""Webhooks of a website: who is told what, what came of it, and telling it again. Only its owners come here."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from consent.models import Delivery, Webhook
from consent.services.deliveries import message_of
from consent.services.webhooks import (
    LOG_KEPT_FOR,
    MadeWebhook,
    check_address,
    make_webhook,
    outbound,
    remove_webhook,
    send_again,
)
from consent.webhook_forms import WebhookForm
from consent.webhooks import KINDS, body_of
from cookies.access import OWNS
from cookies.admin.log import DECISION, record_action
from cookies.admin.pages import go_to, page_url, sent, show, site_page
from cookies.models import Site

OWNING = "cookies.change_site"
SHOWN = 50


@site_page("install/webhooks/", name="webhooks", sees=OWNING, writes=OWNING, roles=OWNS, in_transaction=False)
def webhooks(request: HttpRequest, site: Site) -> HttpResponse:
    """The webhooks of a website. A form makes one, and the answer to it is the only page that shows its secret."""
    form, made = WebhookForm(sent(request)), None
    if request.method == "POST" and form.is_valid():
        made = _make(request, site, form, now=timezone.now())
    page = show(
        request,
        site,
        "webhooks",
        title="Webhooks",
        tab="install",
        form=WebhookForm() if made else form,
        made=made,
        rows=[_row(site, webhook) for webhook in site.webhooks.all()],
        back=page_url(site, "install"),
    )
    # What is shown once must not wait in a browser's history.
    page["Cache-Control"] = "no-store"
    return page


@site_page("install/webhooks/<int:webhook_id>/", name="webhook", sees=OWNING, roles=OWNS)
def webhook(request: HttpRequest, site: Site, webhook_id: int) -> HttpResponse:
    """What one webhook was told, and what came of it."""
    found = get_object_or_404(site.webhooks, pk=webhook_id)
    deliveries = found.deliveries.select_related("announcement").prefetch_related("attempts")[:SHOWN]
    return show(
        request,
        site,
        "webhook",
        title="A webhook",
        tab="install",
        row=_row(site, found),
        deliveries=[_delivery_row(site, delivery) for delivery in deliveries],
        shown=SHOWN,
        days=LOG_KEPT_FOR.days,
        back=page_url(site, "webhooks"),
    )


@site_page(
    "install/webhooks/<int:webhook_id>/remove/",
    name="webhook-remove",
    sees=OWNING,
    writes=OWNING,
    roles=OWNS,
    only_post=True,
)
def remove(request: HttpRequest, site: Site, webhook_id: int) -> HttpResponse:
    found = get_object_or_404(site.webhooks, pk=webhook_id)
    remove_webhook(webhook=found)
    record_action(request, site, f"Removed the webhook to {found.host}.", flag=DECISION)
    messages.success(request, f"{found.host} is told nothing any more.")
    return go_to(site, "webhooks")


@site_page(
    "install/webhooks/<int:webhook_id>/<int:delivery_id>/again/",
    name="webhook-again",
    sees=OWNING,
    writes=OWNING,
    roles=OWNS,
    only_post=True,
)
def again(request: HttpRequest, site: Site, webhook_id: int, delivery_id: int) -> HttpResponse:
    found = get_object_or_404(Delivery, pk=delivery_id, webhook__site=site, webhook=webhook_id)
    send_again(delivery=found, now=timezone.now())
    record_action(request, site, f"Had a message to {found.webhook.host} sent again.", flag=DECISION)
    messages.success(request, "It is sent again with the next run of maintain, usually within a minute.")
    return go_to(site, "webhook", webhook_id)


def _make(request: HttpRequest, site: Site, form: WebhookForm, *, now: datetime) -> MadeWebhook | None:
    try:
        address = check_address(typed=form.cleaned_data["address"], outbound=outbound())
        with transaction.atomic():
            made = make_webhook(
                site=site,
                address=address,
                kinds=form.cleaned_data["kinds"],
                by=request.user.get_username(),
                now=now,
            )
            kinds = ", ".join(made.webhook.kinds)
            record_action(request, site, f"Made a webhook to {made.webhook.host}: {kinds}.", flag=DECISION)
    except ValidationError as error:
        form.refuse(error)
        return None
    return made


def _row(site: Site, webhook: Webhook) -> Mapping[str, Any]:
    newest = webhook.deliveries.exclude(taken_at=None, given_up_at=None, tries=0).first()
    return {
        "webhook": webhook,
        "path": webhook.address.partition(webhook.host)[2].removesuffix("/"),
        "kinds": [KINDS.get(kind, kind) for kind in webhook.kinds],
        "newest": newest,
        "given_up": webhook.deliveries.exclude(given_up_at=None).count(),
        "waiting": webhook.deliveries.exclude(next_at=None).count(),
        "failing": newest is not None and newest.taken_at is None and newest.given_up_at is None,
        "url": page_url(site, "webhook", webhook.pk),
        "remove_url": page_url(site, "webhook-remove", webhook.pk),
    }


def _delivery_row(site: Site, delivery: Delivery) -> Mapping[str, Any]:
    announcement = delivery.announcement
    return {
        "delivery": delivery,
        "words": KINDS.get(announcement.kind, announcement.kind),
        "at": announcement.at,
        "body": body_of(message_of(announcement, site.key)).decode(),
        "attempts": list(delivery.attempts.all()),
        "again_url": page_url(site, "webhook-again", delivery.webhook_id, delivery.pk),
    }
