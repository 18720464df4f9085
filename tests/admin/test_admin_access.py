"""Who may open and change what: every registered page, for every kind of person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import reverse

from consent.models import Export, ExportProgress, Notice, Publication, SitePolicy, Webhook
from consent.role_groups import PERMISSIONS
from consent.services.holds import HoldTerms, set_hold
from consent.services.webhooks import announce
from cookies.access import group_name
from cookies.admin import pages
from cookies.models import Cookie, Member, Partner, Role, Site, Token
from cookies.services.sites import add_member
from tests.admin.conftest import NOW, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

APP_AND_CODENAME = ("content_type__app_label", "codename")
# alice owns, bob edits, rita reviews, pia publishes, ada audits, vera views; carol edits but lost her group; mallory is
# a stranger, and the last is nobody.
NAMES = ("alice", "bob", "rita", "pia", "ada", "vera", "carol", "mallory", "")


def answers(*codes: int) -> dict[str, int]:
    return dict(zip(NAMES, codes, strict=True))


EVERYONE = answers(200, 200, 200, 200, 200, 200, 403, 404, 302)
READERS_OF_DRAFTS = answers(200, 200, 200, 200, 404, 404, 403, 404, 302)
EDITORS = answers(200, 200, 404, 404, 404, 404, 403, 404, 302)
OWNERS = answers(200, 404, 404, 404, 404, 404, 404, 404, 302)
REVIEWERS = answers(200, 404, 200, 404, 404, 404, 404, 404, 302)
AUDITORS = answers(200, 404, 404, 404, 200, 404, 404, 404, 302)
# POST only: a look is refused to those who may, and hidden from all others.
ONLY_POST = answers(405, 405, 404, 404, 404, 404, 405, 404, 302)
ONLY_POST_BY_PUBLISHERS = answers(405, 404, 404, 405, 404, 404, 404, 404, 302)
ONLY_POST_BY_REVIEWERS = answers(405, 404, 405, 404, 404, 404, 404, 404, 302)
ONLY_POST_BY_READERS_OF_DRAFTS = answers(405, 405, 405, 405, 404, 404, 405, 404, 302)
ONLY_POST_BY_AUDITORS = answers(405, 404, 404, 404, 405, 404, 404, 404, 302)
ONLY_POST_BY_OWNERS = answers(405, 404, 404, 404, 404, 404, 404, 404, 302)

EDITED, OWNED, PUBLISHED = {"alice", "bob"}, {"alice"}, {"alice", "pia"}
AUDITED = {"alice", "ada"}
READ_DRAFTS = {"alice", "bob", "rita", "pia"}
NOBODY: set[str] = set()

# Each page: the parts of its address, what a look answers, and whose forms it takes.
PAGES: dict[str, tuple[tuple[object, ...], dict[str, int], set[str]]] = {
    "overview": ((), EVERYONE, NOBODY),
    "details": ((), OWNERS, OWNED),
    "partners": ((), EVERYONE, NOBODY),
    "partners-move": ((), EDITORS, EDITED),
    "library": ((), EDITORS, NOBODY),
    "library-partner": (("hubspot",), EDITORS, EDITED),
    "partner-new": ((), EDITORS, EDITED),
    "partner": (("partner",), EVERYONE, EDITED),
    "partner-necessity": (("partner",), REVIEWERS, {"alice", "rita"}),
    "partner-archive": (("partner",), ONLY_POST, EDITED),
    "partner-restore": (("partner",), ONLY_POST, EDITED),
    "cookies": ((), EVERYONE, NOBODY),
    "cookie-new": ((), EDITORS, EDITED),
    "cookies-import": ((), EDITORS, EDITED),
    "cookies-export": ((), EVERYONE, NOBODY),
    "cookies-try": ((), EVERYONE, NOBODY),
    "cookie": (("cookie",), EVERYONE, EDITED),
    "cookie-remove": (("cookie",), ONLY_POST, EDITED),
    "texts": ((), READERS_OF_DRAFTS, EDITED),
    "look": ((), READERS_OF_DRAFTS, EDITED),
    "languages": ((), READERS_OF_DRAFTS, EDITED),
    "policy": ((), READERS_OF_DRAFTS, EDITED),
    "preview": ((), READERS_OF_DRAFTS, NOBODY),
    "preview-try": ((), ONLY_POST_BY_READERS_OF_DRAFTS, READ_DRAFTS),
    "preview-link": ((), READERS_OF_DRAFTS, READ_DRAFTS),
    "publish": ((), READERS_OF_DRAFTS, PUBLISHED),
    "ab-test": ((), READERS_OF_DRAFTS, PUBLISHED),
    "ab-test-stop": ((), ONLY_POST_BY_PUBLISHERS, PUBLISHED),
    "review": ((), READERS_OF_DRAFTS, NOBODY),
    "review-ask": ((), ONLY_POST, EDITED),
    "review-decide": ((), ONLY_POST_BY_REVIEWERS, {"alice", "rita"}),
    "four-eyes": ((), ONLY_POST_BY_OWNERS, OWNED),
    "acknowledge": (("early",), REVIEWERS, {"alice", "rita"}),
    "compare": ((), EVERYONE, NOBODY),
    "versions": ((), EVERYONE, NOBODY),
    "version": ((1,), EVERYONE, NOBODY),
    "version-preview": ((1,), EVERYONE, NOBODY),
    "version-again": ((1,), ONLY_POST_BY_PUBLISHERS, PUBLISHED),
    "evidence": ((), AUDITORS, NOBODY),
    "exports": ((), AUDITORS, AUDITED),
    "export-file": (("export",), ONLY_POST_BY_AUDITORS, AUDITED),
    "export-manifest": (("export",), AUDITORS, NOBODY),
    "retention": ((), AUDITORS, OWNED),
    "retention-count": ((), ONLY_POST_BY_AUDITORS, AUDITED),
    "hold-new": ((), AUDITORS, AUDITED),
    "hold-lift": (("hold",), ONLY_POST_BY_AUDITORS, AUDITED),
    "numbers": ((), EVERYONE, NOBODY),
    "numbers-csv": ((), EVERYONE, NOBODY),
    "install": ((), READERS_OF_DRAFTS, OWNED),
    "webhooks": ((), OWNERS, OWNED),
    "webhook": (("webhook",), OWNERS, NOBODY),
    "webhook-remove": (("webhook",), ONLY_POST_BY_OWNERS, OWNED),
    "webhook-again": (("webhook", "delivery"), ONLY_POST_BY_OWNERS, OWNED),
    "user-links": ((), OWNERS, OWNED),
    "user-links-end": ((), ONLY_POST_BY_OWNERS, OWNED),
    "check-page": ((), READERS_OF_DRAFTS, READ_DRAFTS),
    "log": ((), AUDITORS, NOBODY),
    "log-file": ((), AUDITORS, NOBODY),
    "team": ((), OWNERS, OWNED),
    "member-roles": (("member",), ONLY_POST_BY_OWNERS, OWNED),
    "member-remove": (("member",), ONLY_POST_BY_OWNERS, OWNED),
    "tokens": ((), OWNERS, OWNED),
    "token-revoke": (("token",), ONLY_POST_BY_OWNERS, OWNED),
}


def evidence_of(site: Site) -> tuple[int, int]:
    """An export of its records and a hold over them, made once each."""
    export = site.exports.first() or Export.objects.create(
        site=site, format="csv", search={}, asked_by="ada", asked_at=NOW, finished_at=NOW, manifest={"file": "gone.csv"}
    )
    hold = site.holds.first() or set_hold(site=site, terms=HoldTerms(reason="Case 12/26"), by="ada", now=NOW)
    ExportProgress.objects.get_or_create(export=export)
    return export.pk, hold.pk


def webhook_of(site: Site) -> tuple[int, int]:
    """A webhook and a message to it, made once each."""
    facts = {"address": "https://hooks.example/", "kinds": ["export.ready"], "made_by": "alice", "made_at": NOW}
    webhook = site.webhooks.first() or Webhook.objects.create(site=site, **facts)
    if not webhook.deliveries.exists():
        announce(site=site, kind="export.ready", facts={}, now=NOW)
    return webhook.pk, webhook.deliveries.get().pk


def address(name: str, site: Site) -> str:
    rows = {
        "partner": site.partners.get().pk if site.partners.exists() else 0,
        "cookie": site.cookies.filter(partner=None).get().pk if site.cookies.exists() else 0,
        "early": site.partners.values_list("slug", flat=True).first() or "none",
        "export": evidence_of(site)[0],
        "hold": evidence_of(site)[1],
        "webhook": webhook_of(site)[0],
        "delivery": webhook_of(site)[1],
        "token": site.tokens.values_list("pk", flat=True).first() or 0,
        "member": site.members.get(user__username="bob").user_id,
    }
    return url(name, site, *(rows.get(str(part), part) for part in PAGES[name][0]))


def test_every_page_of_a_website_is_in_the_table() -> None:
    assert set(PAGES) == set(pages._pages)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_open_to_its_people_only(name: str, published: Publication, browse: Callable[[str], Client]) -> None:
    where = address(name, published.site)
    assert {person: browse(person).get(where).status_code for person in NAMES} == PAGES[name][1]


@pytest.mark.parametrize("name", PAGES)
def test_page_takes_forms_from_its_people_only(
    name: str, published: Publication, browse: Callable[[str], Client]
) -> None:
    where = address(name, published.site)
    _, looks, writers = PAGES[name]
    for person in NAMES:
        with transaction.atomic():
            answer = browse(person).post(where)
            transaction.set_rollback(True)
        if person in writers:
            assert answer.status_code in (200, 302), person
        else:
            # Who may look, or may not even that, gets the same answer as ever; a page without a form takes none.
            refused = {200: 403 if writers else 405, 405: 403}.get(looks[person], looks[person])
            assert answer.status_code in (refused, 405 if not writers else refused), person


def test_every_role_has_the_permissions_that_its_pages_ask_for() -> None:
    missing = {
        (page.name, role.value, permission)
        for page in pages._pages.values()
        for role in page.roles
        for permission in (page.sees, page.writes if role in page.writers else "")
        if permission and permission not in PERMISSIONS[role]
    }
    assert not missing


def test_groups_have_the_permissions_of_their_roles(db: None) -> None:
    given = {
        group.name: {f"{app}.{codename}" for app, codename in group.permissions.values_list(*APP_AND_CODENAME)}
        for group in Group.objects.all()
    }
    assert given == {group_name(role): wanted for role, wanted in PERMISSIONS.items()}


def test_role_on_one_website_gives_nothing_on_another(browse: Callable[[str], Client], catalogue: Site) -> None:
    elsewhere = Site.objects.get(key="elsewhere")
    add_member(site=elsewhere, who="vera", roles=list(Role))
    as_vera = browse("vera")
    partner = catalogue.partners.get()
    assert as_vera.post(url("partner", catalogue, partner.pk), {"name": "Mine"}).status_code == 403
    assert as_vera.post(url("publish", catalogue)).status_code == 404
    assert as_vera.get(url("publish", elsewhere)).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_superuser_opens_every_page(name: str, published: Publication, browse: Callable[[str], Client]) -> None:
    expected = 405 if PAGES[name][1]["alice"] == 405 else 200
    assert browse("root").get(address(name, published.site)).status_code == expected


def everything() -> list[object]:
    models = (Site, Partner, Cookie, Member, Token, Notice, SitePolicy, Publication, LogEntry)
    return [sorted(map(repr, model.objects.values())) for model in models]


@pytest.mark.parametrize("person", ["mallory", "ada", "vera", "carol", ""])
def test_strangers_and_readers_change_nothing(
    person: str, published: Publication, browse: Callable[[str], Client]
) -> None:
    client = browse(person)
    before = everything()
    for name in (name for name in PAGES if person not in PAGES[name][2]):
        answer = client.post(address(name, published.site), {"name": "Mine", "domains": "https://evil.example"})
        assert answer.status_code in (302, 403, 404, 405)
        if answer.status_code == 302:
            assert "/login/" in answer["Location"]
    assert everything() == before


def test_row_of_another_website_is_not_reached_through_ones_own(
    as_mallory: Client, mallory_site: Site, catalogue: Site
) -> None:
    partner, cookie = catalogue.partners.get(), catalogue.cookies.get(name="sessionid")
    assert as_mallory.get(url("partner", mallory_site, partner.pk)).status_code == 404
    assert as_mallory.post(url("partner-archive", mallory_site, partner.pk)).status_code == 404
    assert as_mallory.post(url("cookie-remove", mallory_site, cookie.pk)).status_code == 404
    partner.refresh_from_db()
    assert partner.archived_at is None
    assert Cookie.objects.filter(pk=cookie.pk).exists()


def test_form_without_token_is_refused(browse: Callable[[str], Client], catalogue: Site) -> None:
    client = browse("alice")
    client.handler.enforce_csrf_checks = True
    assert client.post(url("publish", catalogue)).status_code == 403
    assert not Publication.objects.exists()


def test_djangos_own_addresses_lead_to_our_pages(as_alice: Client, site: Site) -> None:
    changed = as_alice.get(reverse("admin:cookies_site_change", args=[site.pk]))
    assert changed["Location"] == url("overview", site)
    assert as_alice.get(reverse("admin:cookies_site_changelist"))["Location"] == reverse("admin:index")


def test_djangos_own_addresses_hide_websites_of_others(as_mallory: Client, site: Site) -> None:
    for action in ("change", "history"):
        assert as_mallory.get(reverse(f"admin:cookies_site_{action}", args=[site.pk])).status_code == 404


def test_website_cannot_be_deleted(as_alice: Client, site: Site) -> None:
    assert as_alice.post(reverse("admin:cookies_site_delete", args=[site.pk]), {"post": "yes"}).status_code == 403
    assert Site.objects.filter(pk=site.pk).exists()


def test_tabs_are_those_that_a_person_may_open(browse: Callable[[str], Client], published: Publication) -> None:
    def tabs(person: str) -> list[str]:
        return [tab["label"] for tab in browse(person).get(url("overview", published.site)).context["tabs"]]

    read = ["Overview", "Partners", "Cookies"]
    of_drafts = [*read, "Banner & texts", "Policy", "Publish", "Numbers", "Versions", "Install"]
    assert tabs("alice") == [*of_drafts[:-1], "Evidence", "Install", "Log", "Team"]
    for person in ("bob", "rita", "pia"):
        assert tabs(person) == of_drafts
    assert tabs("ada") == [*read, "Numbers", "Versions", "Evidence", "Log"]
    assert tabs("vera") == [*read, "Numbers", "Versions"]


def test_page_that_one_may_only_read_offers_no_form(browse: Callable[[str], Client], published: Publication) -> None:
    where = url("policy", published.site)
    assert b'<fieldset class="sy-bare" disabled>' in browse("pia").get(where).content
    assert b'<fieldset class="sy-bare" disabled>' not in browse("bob").get(where).content


def test_publisher_who_left_cannot_publish_the_page_that_is_still_open(
    as_alice: Client, as_pia: Client, catalogue: Site
) -> None:
    page = as_pia.get(url("publish", catalogue))
    pia = catalogue.members.get(user__username="pia").user_id
    as_alice.post(url("member-remove", catalogue, pia))
    sent = {"draft": page.context["digest"], "reason": "Last act"}
    assert as_pia.post(url("publish", catalogue), sent).status_code == 404
    assert not Publication.objects.exists()


def test_publisher_who_became_an_editor_cannot_publish_the_page_that_is_still_open(
    as_alice: Client, as_pia: Client, catalogue: Site
) -> None:
    page = as_pia.get(url("publish", catalogue))
    pia = catalogue.members.get(user__username="pia").user_id
    as_alice.post(url("member-roles", catalogue, pia), {f"{pia}-roles": ["editor"]})
    sent = {"draft": page.context["digest"], "reason": "Last act"}
    assert as_pia.post(url("publish", catalogue), sent).status_code == 403
    assert not Publication.objects.exists()
