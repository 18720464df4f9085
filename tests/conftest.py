"""What every test gets: settings of its own, a database, three people, and no skipping.

TEST_DATABASE=postgresql runs the tests that use a database, and only them, on a real PostgreSQL.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys
import tempfile
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING

import brotli
import django
import hypothesis
import pytest
from django.conf import settings

from tests import prepared
from tests.environment import ENVIRONMENT
from tests.facts import ANSWERABLE
from tests.postgres import start_postgres

ON_POSTGRESQL = os.environ.get("TEST_DATABASE", "sqlite") == "postgresql"
ABOUT = (
    "access",
    "boundaries",
    "check_page",
    "cookies",
    "cookie_lists",
    "editing",
    "install",
    "moves",
    "partners",
    "policy",
    "preview",
)
SHOWN = ("demo_website", "differences", "gallery", "pages_declaration", "partner_signals", "wellknown")
PAGES = {f"test_admin_{name}.py" for name in (*ABOUT, "review", "team", "texts", "tokens", "webhooks")} | {
    f"test_{name}.py" for name in SHOWN
}
IN_WORKER = "PYTEST_XDIST_WORKER" in os.environ
# Thousands of tests and the application stay in memory, and Python's collector would go through all of them again and
# again: a fifth of the time.
gc.set_threshold(50_000, 50, 50)

# Django's settings are read from the environment when they are first used, so this comes before that.
# A worker of pytest-xdist inherits what the first process decided, the database server's address too.
if not IN_WORKER:
    if settings.configured:
        raise pytest.UsageError("DJANGO_SETTINGS_MODULE is set in your shell. Unset it for the tests.")
    os.environ |= {**ENVIRONMENT, "DJANGO_SETTINGS_MODULE": "config.settings"}
    folder = tempfile.TemporaryDirectory(prefix="sayso-tests-")
    atexit.register(folder.cleanup)
    os.environ[prepared.FOLDER] = folder.name
    if ON_POSTGRESQL:
        os.environ["DATABASE_URL"] = start_postgres()
# A busy machine is no bug. In CI the same examples are tried each time.
hypothesis.settings.register_profile("calm", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("calm")
# Fixtures of the folders below import models at their top.
django.setup()

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.contrib.auth.models import User
    from django.db.transaction import Atomic
    from pytest_django import DjangoDbBlocker

    from cookies.models import Site


def pytest_configure() -> None:
    # The real hasher is slow on purpose.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Each test client would list all static files anew, which takes longer than a test. What is asked for is found.
    settings.WHITENOISE_AUTOREFRESH = True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not ON_POSTGRESQL:
        return
    again = [item for item in items if uses_database(item) and not is_about_pages(item)]
    chosen = set(again)
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = again


def is_about_pages(item: pytest.Item) -> bool:
    """Whole pages that ask the database nothing of their own: services, reports and models are tested on both, and so
    is each page and address, opened once."""
    return item.path.name in PAGES and getattr(item, "originalname", "") != "test_superuser_opens_every_page"


def uses_database(item: pytest.Item) -> bool:
    fixtures = getattr(item, "fixturenames", ())
    return item.get_closest_marker("django_db") is not None or not {"db", "transactional_db"}.isdisjoint(fixtures)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test proves nothing, so it fails the run."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    if terminal and terminal.stats.get("skipped"):
        terminal.write_line("\nThe run failed: tests were skipped.", red=True)
        session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


if IN_WORKER:
    # Alone, a process migrates its database as pytest-django does it.
    @pytest.fixture(scope="session")
    def django_db_setup(
        django_test_environment: None, django_db_blocker: DjangoDbBlocker, django_db_modify_db_settings: None
    ) -> Iterator[None]:
        with django_db_blocker.unblock(), prepared.migrated_copy(), django_db_blocker.block():
            yield


@pytest.fixture(autouse=True)
def _nothing_held_in_memory() -> Iterator[None]:
    """What a worker keeps for its visitors must not travel from test to test."""
    forget_everything()
    yield
    forget_everything()


@pytest.fixture
def limits_stand_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock by which requests are counted: a minute that ends within a test would let one more through."""
    from consent.api import throttling

    monkeypatch.setattr(throttling, "time", SimpleNamespace(time=lambda: 1_800_000_000.0))


def forget_everything() -> None:
    # Every process-wide cache of the server is emptied here. A module that was not loaded holds nothing.
    from django.core.cache import cache as django_cache

    django_cache.clear()
    if live := sys.modules.get("consent.delivery.live"):
        live.forget()
    if counting := sys.modules.get("consent.services.counting"):
        counting.forget()
    if throttling := sys.modules.get("consent.api.throttling"):
        throttling.forget()
    if sightings := sys.modules.get("consent.services.sightings"):
        sightings.forget()


@pytest.fixture(autouse=True, scope="session")
def _compressed_once() -> Iterator[None]:
    """Hundreds of tests publish the same website, and compressing its files takes longer than all else in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(brotli, "compress", cache(brotli.compress))
        yield


@pytest.fixture(autouse=True, scope="session")
def _evidence_can_be_flushed() -> Iterator[None]:
    """A test with `transactional_db` empties the tables afterwards; only for that the triggers are lifted."""
    from django.db import connections
    from django.test import TransactionTestCase

    from consent import append_only

    empty_tables = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # Django's own business

    def lift_and_empty_tables(case: TransactionTestCase) -> None:
        connection = connections["default"]
        for model in append_only.guarded_models():
            append_only.lift(connection, model)
        try:
            empty_tables(case)
        finally:
            for model in append_only.guarded_models():
                append_only.install(connection, model)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lift_and_empty_tables)
        yield


@contextlib.contextmanager
def rows_of_a_module(blocker: DjangoDbBlocker, write: Callable[[], object]) -> Iterator[None]:
    """What is written here is there for each test of a module, and gone after the last. The fixture that does so has
    the module's scope, and asks for `django_db_setup`.

    A test's own transaction lies within this one: what it changes is put back as ever. A test with transactions of its
    own (`transaction=True`) has no place in such a module.
    """
    from django.db import transaction

    outer = transaction.atomic()
    # As Django's TestCase marks its own: a durable block within it counts as the outermost.
    outer._from_testcase = True  # type: ignore[attr-defined]
    with contextlib.ExitStack() as undo:
        with blocker.unblock():
            outer.__enter__()
            undo.callback(roll_back, blocker, outer)
            write()
        yield


def roll_back(blocker: DjangoDbBlocker, outer: Atomic) -> None:
    from django.db import transaction

    with blocker.unblock():
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


# --- Three people: the owner of a website, an editor of hers, and somebody of another website ---------


@pytest.fixture
def alice(db: None) -> User:
    return add_person("alice")


@pytest.fixture
def site(alice: User) -> Site:
    """Alice's website."""
    return add_site(alice)


@pytest.fixture
def bob(site: Site) -> User:
    return add_editor(site)


@pytest.fixture
def mallory(db: None) -> User:
    return add_person("mallory")


@pytest.fixture
def mallory_site(mallory: User) -> Site:
    """A website that is none of Alice's business, and the other way round."""
    return add_site_elsewhere(mallory)


def add_person(name: str) -> User:
    from django.contrib.auth.models import User

    return User.objects.create_user(name, f"{name}@example.com", is_staff=True)


def add_site(owner: User) -> Site:
    from cookies.services.sites import create_site

    return create_site(
        key="numonix", name="Numonix", domains=["https://www.numonix.example"], owner=owner, **ANSWERABLE
    )


def add_site_elsewhere(owner: User) -> Site:
    from cookies.services.sites import create_site

    return create_site(
        key="elsewhere", name="Elsewhere", domains=["https://elsewhere.example"], owner=owner, **ANSWERABLE
    )


def add_editor(site: Site) -> User:
    from cookies.models import Member, Role

    person = add_person("bob")
    Member.objects.create(site=site, user=person, role=Role.EDITOR)
    return person
