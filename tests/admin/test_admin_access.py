"""Who may open and change what: every registered page, for every kind of person."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client

from consent.models import Export, ExportProgress, Notice, Publication, SitePolicy, Webhook
from consent.role_groups import PERMISSIONS
from consent.services.holds import HoldTerms, set_hold
from consent.services.webhooks import announce
from cookies.access import group_name
from cookies.admin import pages
from cookies.models import Cookie, Member, Partner, Site, Token
from tests.admin.conftest import NOW, add_catalogue, add_publication, url
from tests.conftest import rows_of_a_module

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import DjangoDbBlocker

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


class Furnished(NamedTuple):
    """Alice's website with something on every page of it: their addresses by name, and each person's session."""

    addresses: dict[str, str]
    sessions: dict[str, str]

    def browser_of(self, person: str) -> Client:
        client = Client()
        if person:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[person]
        return client


# Once for the hundreds of tests here, and put back after each.
@pytest.fixture(scope="module")
def _furnished(_people: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Furnished]:
    made: list[Furnished] = []
    with rows_of_a_module(django_db_blocker, lambda: made.append(furnish())):
        yield made[0]


def furnish() -> Furnished:
    site = Site.objects.get(key="numonix")
    add_catalogue(site)
    add_publication(site)
    people = [*User.objects.all(), User.objects.create_superuser("root")]
    return Furnished({name: address(name, site) for name in PAGES}, {one.username: session_of(one) for one in people})


def session_of(person: User) -> str:
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def furnished(_furnished: Furnished, db: None) -> Furnished:
    return _furnished


def test_every_page_of_a_website_is_in_the_table() -> None:
    assert set(PAGES) == set(pages._pages)


@pytest.mark.parametrize("name", PAGES)
def test_page_is_open_to_its_people_only(name: str, furnished: Furnished) -> None:
    where = furnished.addresses[name]
    assert {person: furnished.browser_of(person).get(where).status_code for person in NAMES} == PAGES[name][1]


@pytest.mark.parametrize("name", PAGES)
def test_page_takes_forms_from_its_people_only(name: str, furnished: Furnished) -> None:
    where = furnished.addresses[name]
    _, looks, writers = PAGES[name]
    for person in NAMES:
        with transaction.atomic():
            answer = furnished.browser_of(person).post(where)
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


@pytest.mark.parametrize("name", PAGES)
def test_superuser_opens_every_page(name: str, furnished: Furnished) -> None:
    expected = 405 if PAGES[name][1]["alice"] == 405 else 200
    assert furnished.browser_of("root").get(furnished.addresses[name]).status_code == expected


def everything() -> list[object]:
    models = (Site, Partner, Cookie, Member, Token, Notice, SitePolicy, Publication, LogEntry)
    return [sorted(map(repr, model.objects.values())) for model in models]


@pytest.mark.parametrize("person", ["mallory", "ada", "vera", "carol", ""])
def test_strangers_and_readers_change_nothing(person: str, furnished: Furnished) -> None:
    client = furnished.browser_of(person)
    before = everything()
    for name in (name for name in PAGES if person not in PAGES[name][2]):
        answer = client.post(furnished.addresses[name], {"name": "Mine", "domains": "https://evil.example"})
        assert answer.status_code in (302, 403, 404, 405)
        if answer.status_code == 302:
            assert "/login/" in answer["Location"]
    assert everything() == before
