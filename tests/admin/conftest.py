"""The admin's people: who is in which group and has which role on Alice's website, and a browser for each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from consent.services.publishing import publish
from cookies.models import Cookie, Role, Site
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import add_member
from cookies.services.tokens import make_token
from tests.conftest import add_editor, add_person, add_site, add_site_elsewhere, rows_of_a_module

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import DjangoDbBlocker

    from consent.models import Publication

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def url(name: str, site: Site, *args: object) -> str:
    return reverse(f"admin:site-{name}", args=[site.pk, *args])


def queries_of(client: Client, where: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(where).status_code == 200
    return len(queries)


# --- The people: made once for all tests of a module, which takes longer than most of them --------------


PEOPLE = ("alice", "bob", "rita", "pia", "ada", "vera", "carol", "mallory")


def add_people() -> None:
    """alice owns, bob edits, rita reviews, pia publishes, ada audits, vera views; carol is an editor whose
    group an administrator took away; mallory owns another website."""
    roles = {
        "rita": [Role.REVIEWER],
        "pia": [Role.PUBLISHER],
        "ada": [Role.AUDITOR],
        "vera": [Role.VIEWER],
        "carol": [Role.EDITOR],
    }
    site = add_site(add_person("alice"))
    add_editor(site).groups.add(Group.objects.get(name="Editor"))
    add_site_elsewhere(add_person("mallory"))
    for name in roles:
        person = add_person(name)
        add_member(site=site, who=name, roles=roles[name])
        if name == "carol":
            person.groups.clear()


@pytest.fixture(scope="module")
def _people(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with rows_of_a_module(django_db_blocker, add_people):
        yield


@pytest.fixture
def alice(_people: None, db: None) -> User:
    return User.objects.get(username="alice")


@pytest.fixture
def bob(_people: None, db: None) -> User:
    return User.objects.get(username="bob")


@pytest.fixture
def mallory(_people: None, db: None) -> User:
    return User.objects.get(username="mallory")


@pytest.fixture
def site(_people: None, db: None) -> Site:
    """Alice's website."""
    return Site.objects.get(key="numonix")


@pytest.fixture
def mallory_site(_people: None, db: None) -> Site:
    return Site.objects.get(key="elsewhere")


@pytest.fixture
def people(_people: None, db: None) -> dict[str, User]:
    return User.objects.in_bulk(PEOPLE, field_name="username")


@pytest.fixture
def browse(people: dict[str, User]) -> Callable[[str], Client]:
    """A browser in which this person is logged in; one of nobody for an empty name."""

    def log_in(name: str) -> Client:
        client = Client()
        if name == "root":
            client.force_login(User.objects.create_superuser("root"))
        elif name:
            client.force_login(people[name])
        return client

    return log_in


@pytest.fixture
def as_alice(browse: Callable[[str], Client]) -> Client:
    return browse("alice")


@pytest.fixture
def as_bob(browse: Callable[[str], Client]) -> Client:
    return browse("bob")


@pytest.fixture
def as_pia(browse: Callable[[str], Client]) -> Client:
    return browse("pia")


@pytest.fixture
def as_mallory(browse: Callable[[str], Client]) -> Client:
    return browse("mallory")


@pytest.fixture
def catalogue(site: Site) -> Site:
    """Alice's website with a partner, its cookies and one of the website's own."""
    add_catalogue(site)
    return site


def add_catalogue(site: Site) -> None:
    add_library_partner(site=site, library="google-analytics", parameters={"measurement_id": "G-AB12CD34EF"})
    Cookie.objects.create(
        site=site,
        name="sessionid",
        own_category="strictly_necessary",
        lifetime="session",
        purpose={"en": "Keeps you signed in."},
    )


@pytest.fixture
def published(catalogue: Site) -> Publication:
    return add_publication(catalogue)


def add_publication(site: Site) -> Publication:
    owner = site.members.get(role=Role.OWNER).user
    make_token(site=site, made_by=owner, name="CI", verbs=["read"], days=30, now=NOW)
    publication = publish(site=site, by="alice", now=NOW, reason="The first one")
    assert publication is not None
    return publication
