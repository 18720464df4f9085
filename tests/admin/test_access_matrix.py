"""The access matrix: every address of the platform, and what each kind of person gets there. A new one fails here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import Group, User
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from consent.models import ComposedFile
from tests.admin.test_admin_access import PAGES

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from consent.models import Publication

pytestmark = pytest.mark.django_db

# anonymous, alice (owner), bob (editor), ada (auditor), mallory (another website), root (superuser)
PEOPLE = ("", "alice", "bob", "ada", "mallory", "root")
EVERYBODY = (200,) * 6
LOGIN = 302
STAFF = (LOGIN, 200, 200, 200, 200, 200)
ROOT_ONLY = (LOGIN, 403, 403, 403, 403, 200)

PUBLIC: dict[str, tuple[str, tuple[int, ...]]] = {
    "snippet": ("/s/numonix.js", EVERYBODY),
    "snippet-language": ("/s/numonix.en.js", EVERYBODY),
    "snippet-immutable": ("/s/numonix.{file}.js", EVERYBODY),
    "site": ("/api/v1/sites/numonix", EVERYBODY),
    "decision": ("/api/v1/sites/numonix/decision", EVERYBODY),
    "version": ("/api/v1/versions/{digest}", EVERYBODY),
    # A look at the events is refused to all; what is recorded leaves only by the visitor's own consent id.
    "events": ("/api/v1/sites/numonix/events", (403,) * 6),
    "impressions": ("/api/v1/sites/numonix/impressions", (403,) * 6),
    "region": ("/api/v1/sites/numonix/region", EVERYBODY),
    "consents": ("/api/v1/sites/numonix/consents", (401,) * 6),
    # A look is refused; tests/consent/test_user_links_api.py sends the forms that are answered.
    "consent-link": ("/api/v1/sites/numonix/consents/link", (405,) * 6),
    "user-consents": ("/api/v1/sites/numonix/users/consents", (401,) * 6),
    # Nothing is published here; tests/consent/test_ledger_api.py has a website that publishes.
    "inclusion": ("/api/v1/sites/numonix/ledger/inclusion?index=0", (404,) * 6),
    "consistency": ("/api/v1/sites/numonix/ledger/consistency?first=1", (404,) * 6),
    "ledger-checkpoint": ("/ledger/numonix/checkpoint", (404,) * 6),
    "ledger-keys": ("/ledger/numonix/keys", (404,) * 6),
    "ledger-tile": ("/ledger/numonix/tile/0/000", (404,) * 6),
    "receipt": ("/api/v1/sites/numonix/receipts/0b7d8f4e-6f0a-4c8e-9a53-1f0f5f3c7a10", (401,) * 6),
    "verify": ("/verify/", EVERYBODY),
    # A session in the admin opens nothing here: tests/consent/manage/test_access.py says what tokens do.
    "manage-token": ("/api/v1/manage/token", (401,) * 6),
    "manage-site": ("/api/v1/manage/sites/numonix", (401,) * 6),
    "manage-partners": ("/api/v1/manage/sites/numonix/partners", (401,) * 6),
    "manage-partner": ("/api/v1/manage/sites/numonix/partners/google-analytics", (401,) * 6),
    "manage-cookies": ("/api/v1/manage/sites/numonix/cookies", (401,) * 6),
    "manage-cookie": ("/api/v1/manage/sites/numonix/cookies/1", (401,) * 6),
    "manage-draft": ("/api/v1/manage/sites/numonix/draft", (401,) * 6),
    "manage-versions": ("/api/v1/manage/sites/numonix/versions", (401,) * 6),
    "manage-version": ("/api/v1/manage/sites/numonix/versions/1", (401,) * 6),
    "manage-publications": ("/api/v1/manage/sites/numonix/publications", (401,) * 6),
    "manage-statistics": ("/api/v1/manage/sites/numonix/statistics", (401,) * 6),
    "manage-events": ("/api/v1/manage/sites/numonix/events", (401,) * 6),
    "manage-event": ("/api/v1/manage/sites/numonix/events/0b7d8f4e-6f0a-4c8e-9a53-1f0f5f3c7a10", (401,) * 6),
    "manage-exports": ("/api/v1/manage/sites/numonix/exports", (401,) * 6),
    "manage-export": ("/api/v1/manage/sites/numonix/exports/1", (401,) * 6),
    "manage-export-file": ("/api/v1/manage/sites/numonix/exports/1/file", (401,) * 6),
    "manage-inclusion": ("/api/v1/manage/sites/numonix/proofs/inclusion?index=0", (401,) * 6),
    "manage-consistency": ("/api/v1/manage/sites/numonix/proofs/consistency?first=1", (401,) * 6),
    "manage-unknown": ("/api/v1/manage/nothing", (404,) * 6),
    "schema": ("/api/schema/", EVERYBODY),
    "api-docs": ("/api/docs/", EVERYBODY),
    "front": ("/", EVERYBODY),
    "page-preferences": ("/p/numonix/", EVERYBODY),
    "page-declaration": ("/p/numonix/cookies/", EVERYBODY),
    "page-colours": ("/p/numonix/colours.css", EVERYBODY),
    # To whoever has a link; without one it says that the preview has ended.
    "page-preview": ("/p/numonix/preview/not-a-link-that-was-made/", EVERYBODY),
    "page-record": ("/p/numonix/receipts/", EVERYBODY),
    "page-receipt": ("/p/numonix/receipts/0b7d8f4e-6f0a-4c8e-9a53-1f0f5f3c7a10", EVERYBODY),
    "tracking-status": ("/.well-known/dnt/", EVERYBODY),
    "tracking-status-website": ("/.well-known/dnt/numonix", EVERYBODY),
    "gpc-support": ("/.well-known/gpc.json", EVERYBODY),
    "demo": ("/demo/", EVERYBODY),
    "demo-about": ("/demo/about/", EVERYBODY),
    "demo-cookies": ("/demo/cookies/", EVERYBODY),
    "demo-strict": ("/demo/strict/", EVERYBODY),
    "demo-gallery": ("/demo/gallery/", EVERYBODY),
    "demo-gallery-frame": ("/demo/gallery/banner/card/en/numonix/", EVERYBODY),
    "demo-gallery-file": ("/demo/gallery/banner/card/en/numonix/snippet.js", EVERYBODY),
}

ADMIN: dict[str, tuple[str, tuple[int, ...]]] = {
    "index": ("/admin/", STAFF),
    "login": ("/admin/login/", (200, 302, 302, 302, 302, 302)),
    "logout": ("/admin/logout/", (LOGIN, 405, 405, 405, 405, 405)),
    # The second step is only for who has taken the first; everybody else is led on.
    "two-factor": ("/admin/two-factor/", STAFF),
    "two-factor-code": ("/admin/two-factor/code/", (LOGIN,) * 6),
    "password_change": ("/admin/password_change/", STAFF),
    "password_change_done": ("/admin/password_change/done/", STAFF),
    "jsi18n": ("/admin/jsi18n/", STAFF),
    "search": ("/admin/search/", STAFF),
    "autocomplete": ("/admin/autocomplete/", (LOGIN, 403, 403, 403, 403, 403)),
    "view_on_site": ("/admin/r/1/1/", (LOGIN, 404, 404, 404, 404, 404)),
    "app_list": ("/admin/auth/", (LOGIN, 404, 404, 404, 404, 200)),
    "auth_user_changelist": ("/admin/auth/user/", ROOT_ONLY),
    "auth_user_add": ("/admin/auth/user/add/", ROOT_ONLY),
    "auth_user_change": ("/admin/auth/user/{user}/change/", ROOT_ONLY),
    "auth_user_delete": ("/admin/auth/user/{user}/delete/", ROOT_ONLY),
    "auth_user_history": ("/admin/auth/user/{user}/history/", ROOT_ONLY),
    "auth_user_password_change": ("/admin/auth/user/{user}/password/", ROOT_ONLY),
    "auth_group_changelist": ("/admin/auth/group/", ROOT_ONLY),
    "auth_group_add": ("/admin/auth/group/add/", ROOT_ONLY),
    "auth_group_change": ("/admin/auth/group/{group}/change/", ROOT_ONLY),
    "auth_group_delete": ("/admin/auth/group/{group}/delete/", ROOT_ONLY),
    "auth_group_history": ("/admin/auth/group/{group}/history/", ROOT_ONLY),
}
# tests/admin/test_admin_events.py, test_admin_home.py and test_admin_publishing.py say who sees what of these.
TESTED_ELSEWHERE = (
    "cookies_site_",
    "consent_consentevent_",
    "consent_noticeversion_",
)


def named_routes(patterns: Any = None) -> Iterator[str]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            yield from named_routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name


def test_every_address_is_in_the_matrix() -> None:
    of_websites = {f"site-{name}" for name in PAGES}
    missing = [
        name
        for name in named_routes()
        if name not in {*PUBLIC, *ADMIN, *of_websites} and not name.startswith(TESTED_ELSEWHERE)
    ]
    assert not missing


@pytest.mark.parametrize("person", PEOPLE)
def test_addresses_answer_a_person_as_the_matrix_says(
    person: str, published: Publication, browse: Callable[[str], Client], people: dict[str, User]
) -> None:
    client, column = browse(person), PEOPLE.index(person)
    rows = {**PUBLIC, **ADMIN}
    answers = {
        name: client.get(address(template, published, people), **host_of(name)).status_code
        for name, (template, _) in rows.items()
    }
    assert answers == {name: expected[column] for name, (_, expected) in rows.items()}


def address(template: str, published: Publication, people: dict[str, User]) -> str:
    return template.format(
        file=ComposedFile.objects.filter(kind="snippet").latest("id").digest,
        digest=published.version.digest,
        # Whoever has a role, and a role's group, can't be deleted by anybody (test_admin_people.py).
        user=User.objects.get_or_create(username="new")[0].pk,
        group=Group.objects.get_or_create(name="Our own")[0].pk,
    )


def host_of(name: str) -> dict[str, Any]:
    return {"HTTP_HOST": "127.0.0.1:8000"} if name.startswith("demo") else {}


# The API documentation tries requests out, and carries Django's token for that.
WITHOUT_COOKIE = [name for name in PUBLIC if name != "api-docs" and not name.startswith("demo")]


def test_public_addresses_set_no_cookie(published: Publication, client: Client, people: dict[str, User]) -> None:
    cookies = {name: dict(client.get(address(PUBLIC[name][0], published, people)).cookies) for name in WITHOUT_COOKIE}
    assert not {name: found for name, found in cookies.items() if found}


def test_matrix_addresses_belong_to_their_names() -> None:
    assert reverse("page-preferences", args=["numonix"]) == PUBLIC["page-preferences"][0]
    assert reverse("admin:index") == ADMIN["index"][0]
