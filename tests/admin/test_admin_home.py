"""The first page, and a new website."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.staticfiles import finders
from django.urls import reverse

from consent.admin.progress import Step, progress_of
from consent.models import Counted, Sighting
from consent.models.statistics import add_counts
from consent.services.drafting import save_texts
from consent.services.publishing import publish
from cookies.models import Partner, Role, Site
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import create_site, set_domains, update_site
from tests.admin.conftest import NOW, queries_of, url
from tests.admin.test_admin_events import record
from tests.facts import ANSWERABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from django.contrib.auth.models import User
    from django.test import Client

    from consent.models import Publication

HOME = reverse("admin:index")


def plain(page: Any) -> str:
    """What is read on a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


@pytest.fixture
def seen_today() -> date:
    return datetime.now(UTC).date()


@pytest.mark.django_db
def test_admin_has_our_mark_in_the_browser_s_tab_from_the_login_on(client: Client) -> None:
    page = client.get(reverse("admin:login")).content.decode()
    (mark,) = re.findall(r'<link rel="icon" href="([^"]+)"', page)
    assert finders.find(mark.removeprefix("/static/"))


def test_home_shows_own_websites_only(as_alice: Client, site: Site, mallory_site: Site) -> None:
    page = as_alice.get(HOME).content.decode()
    assert "Numonix" in page
    assert "Elsewhere" not in page


def test_home_shows_all_to_a_superuser(browse: Callable[[str], Client], site: Site, mallory_site: Site) -> None:
    page = browse("root").get(HOME).content.decode()
    assert "Numonix" in page
    assert "Elsewhere" in page


def test_home_explains_a_website_without_a_version(as_alice: Client, site: Site) -> None:
    page = plain(as_alice.get(HOME))
    assert "Nothing published yet" in page
    assert "1 of 7 done" in page
    assert "Add partners and cookies" in page


def test_home_names_the_live_version_and_unpublished_changes(as_alice: Client, published: Publication) -> None:
    page = as_alice.get(HOME).content.decode()
    assert "Version 1" in page
    assert "As published" in page
    published.site.partners.update(name="Another name")
    page = as_alice.get(HOME).content.decode()
    assert "Unpublished changes" in page
    assert "Publish what has changed" in page


def test_home_says_to_an_auditor_what_is_live_and_not_what_to_do(
    browse: Callable[[str], Client], published: Publication
) -> None:
    published.site.partners.update(name="Another name")
    page = browse("ada").get(HOME).content.decode()
    assert "Version 1" in page
    assert "Publish what has changed" not in page


def test_home_tells_somebody_without_a_website_what_to_do(browse: Callable[[str], Client]) -> None:
    Site.objects.all().delete()
    assert "Add the first one" in browse("alice").get(HOME).content.decode()
    assert "not on the team of any website" in browse("ada").get(HOME).content.decode()


def test_new_website_belongs_to_whoever_added_it(as_mallory: Client) -> None:
    answer = as_mallory.post(
        reverse("admin:cookies_site_add"),
        {"name": "My Shop", "domains": "https://shop.example", "default_language": "de"},
    )
    site = Site.objects.get(key="my-shop")
    assert answer["Location"] == url("overview", site)
    assert (site.domains, site.default_language) == (["https://shop.example"], "de")
    assert site.members.get().role == Role.OWNER
    assert LogEntry.objects.get().change_message == "Added the website My Shop."


def test_new_website_with_mistakes_shows_all_of_them_and_keeps_what_was_typed(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(
        reverse("admin:cookies_site_add"),
        {"name": "Numonix", "key": "Not A Key", "domains": "shop.example", "default_language": "en"},
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert Site.objects.count() == 2
    assert "is not an origin" in str(answer.context["form"].errors["domains"])
    assert 'value="Not A Key"' in page
    assert "shop.example" in page


def test_new_website_with_a_taken_key_says_so_at_the_field(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(
        reverse("admin:cookies_site_add"),
        {"name": "Numonix", "domains": "https://shop.example", "default_language": "en"},
    )
    assert "already exists" in str(answer.context["form"].errors["key"])


def test_adding_a_website_needs_the_permission(browse: Callable[[str], Client]) -> None:
    assert browse("ada").get(reverse("admin:cookies_site_add")).status_code == 403
    assert browse("ada").post(reverse("admin:cookies_site_add"), {"name": "x"}).status_code == 403


def test_lists_cost_no_query_per_row(as_alice: Client, catalogue: Site) -> None:
    addresses = [url(name, catalogue) for name in ("partners", "library", "cookies", "team", "overview")]
    for where in addresses:
        as_alice.get(where)
    before = [queries_of(as_alice, where) for where in addresses]
    first = catalogue.partners.get()
    for number in range(5):
        partner = Partner.objects.create(
            site=catalogue, slug=f"p{number}", name=f"P{number}", category="targeting", purpose={"en": "x"}
        )
        for cookie in first.cookies.all():
            cookie.pk, cookie.partner = None, partner
            cookie.save()
    assert [queries_of(as_alice, where) for where in addresses] == before


def test_home_costs_the_same_for_each_website(
    as_alice: Client, alice: User, published: Publication, seen_today: date
) -> None:
    as_alice.get(HOME)
    before = queries_of(as_alice, HOME)
    for number in range(4):
        site = create_site(
            key=f"s{number}", name=f"S{number}", domains=["https://s.example"], owner=alice, **ANSWERABLE
        )
        Partner.objects.create(
            site=site, slug="p", name="P", category="targeting", purpose={"en": "x"}, purposes=["advertising"]
        )
        publication = publish(site=site, by="alice", now=NOW)
        assert publication is not None
        record(publication, event_id=uuid.uuid4())
    assert queries_of(as_alice, HOME) == before


def test_home_says_what_the_check_finds_to_those_who_may_read_it(
    as_alice: Client, browse: Callable[[str], Client], site: Site
) -> None:
    Partner.objects.create(site=site, slug="p", name="P", category="targeting", purpose={"en": "x"})
    site.controller_contact = site.privacy_policy_url = ""
    site.save()
    page = as_alice.get(HOME)
    assert f'href="{url("publish", site)}"' in page.content.decode()
    assert "2 things block publishing" in plain(page)
    assert "2 to look at" in plain(page)
    assert "Check" not in plain(browse("vera").get(HOME))


def test_home_says_when_the_embed_line_was_last_seen(
    as_alice: Client, site: Site, mallory_site: Site, seen_today: date
) -> None:
    row = Sighting.objects.create(site=mallory_site, domain="https://elsewhere.example", day=seen_today)
    assert "Embed line Never seen yet" in plain(as_alice.get(HOME))
    row.site, row.day = site, date(2026, 3, 5)
    row.save()
    assert "Embed line Last seen 5 Mar 2026" in plain(as_alice.get(HOME))
    row.day = seen_today
    row.save()
    assert "Embed line Seen today" in plain(as_alice.get(HOME))


def test_home_and_overview_say_how_many_said_yes_but_for_a_few(
    as_alice: Client, published: Publication, seen_today: date
) -> None:
    def count(outcome: str, n: int) -> None:
        kind = (published.site_id, seen_today, published.version_id, "eu", "en", "phone", "DE", outcome)
        add_counts({Counted(*kind): n})

    addresses = (HOME, url("overview", published.site))
    count("accept_all", 9)
    for where in addresses:
        page = as_alice.get(where)
        assert "ewer than 10 answers in 30 days" in plain(page)
        assert b"sy-spark" not in page.content
    count("accept_all", 1_491)
    count("reject_all", 500)
    for where in addresses:
        page = as_alice.get(where)
        assert "75 % said yes, of 2,000 answers in 30 days" in plain(page)
        assert b'class="sy-spark"' in page.content


def test_guide_reads_each_step_from_what_is_true(alice: User) -> None:
    site = create_site(key="new", name="New", domains=["https://new.example"], owner=alice)
    set_domains(site=site, lines=[])

    def next_page() -> str:
        step = progress_of([site], now=NOW)[site.pk].next_step
        return step.page if step else ""

    assert next_page() == "details"
    update_site(site=site, **ANSWERABLE)
    assert next_page() == "install"
    set_domains(site=site, lines=["https://new.example"])
    assert next_page() == "library"
    partner = add_library_partner(site=site, library="google-analytics", parameters={"measurement_id": "G-AB12CD34EF"})
    Partner.objects.filter(pk=partner.pk).update(purpose={})
    progress = progress_of([site], now=NOW)[site.pk]
    assert (progress.next_step and progress.next_step.label) == "Mend what the check finds"
    Partner.objects.filter(pk=partner.pk).update(purpose={"en": "Counts visits."})
    progress = progress_of([site], now=NOW)[site.pk]
    assert (progress.next_step and progress.next_step.label) == "Publish the first version"
    publication = publish(site=site, by="alice", now=NOW)
    assert publication is not None
    assert next_page() == "install"
    Sighting.objects.create(site=site, domain="https://new.example", day=NOW.date())
    progress = progress_of([site], now=NOW)[site.pk]
    assert (progress.next_step and progress.next_step.label) == "Answer the banner"
    assert not progress.is_running
    record(publication)
    progress = progress_of([site], now=NOW)[site.pk]
    assert (progress.next_step, progress.is_running) == (None, True)


def test_the_banner_needs_no_look_to_go_on(site: Site) -> None:
    def look() -> Step:
        return next(step for step in progress_of([site], now=NOW)[site.pk].steps if step.is_optional)

    assert look().is_done is False
    save_texts(site=site, language="en", texts={"banner_title": "Biscuits?"})
    assert look().is_done is True


def test_overview_leads_to_the_next_step_and_its_guide_goes_after_the_first_answer(
    as_alice: Client, published: Publication
) -> None:
    where = url("overview", published.site)
    page = as_alice.get(where).content.decode()
    assert "To bring it live" in page
    assert f'class="sy-button" href="{url("install", published.site)}">Add the embed line<' in page
    assert page.count('aria-current="step"') == 1
    record(published)
    page = as_alice.get(where).content.decode()
    assert "To bring it live" not in page
    assert 'class="sy-button" href' not in page
    published.site.partners.update(name="Another name")
    page = as_alice.get(where).content.decode()
    assert f'class="sy-button" href="{url("publish", published.site)}">Publish what has changed<' in page


def test_overview_says_who_a_step_waits_for(
    as_bob: Client, as_pia: Client, browse: Callable[[str], Client], catalogue: Site
) -> None:
    where = url("overview", catalogue)
    assert "Waits for a publisher." in plain(as_bob.get(where))
    assert 'class="sy-button" href' not in as_bob.get(where).content.decode()
    assert f'class="sy-button" href="{url("publish", catalogue)}"' in as_pia.get(where).content.decode()
    for name in ("rita", "vera", "ada", "carol"):
        assert "To bring it live" not in browse(name).get(where).content.decode()


def test_login_leads_to_the_websites(browse: Callable[[str], Client], alice: object) -> None:
    client = browse("")
    page = client.get(reverse("admin:login")).content.decode()
    assert f'name="next" value="{HOME}"' in page
