"""Several partners to another category at once: all of them or none, and a reason where nobody is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry

from cookies.models import Partner, Site
from cookies.services.catalogue import add_library_partner
from tests.admin.conftest import queries_of, url

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client


@pytest.fixture
def partners(catalogue: Site) -> dict[str, Partner]:
    """Google Analytics (performance), YouTube (functional) and Hotjar (performance)."""
    add_library_partner(site=catalogue, library="youtube", parameters={})
    add_library_partner(site=catalogue, library="hotjar", parameters={"site_id": "1234567"})
    return {partner.slug: partner for partner in catalogue.partners.all()}


def categories(site: Site) -> dict[str, str]:
    return {partner.slug: partner.category for partner in site.partners.all()}


def sent(partners: dict[str, Partner], *slugs: str, category: str = "targeting", **more: str) -> dict[str, object]:
    return {"partners": [partners[slug].pk for slug in slugs], "category": category, **more}


def test_chosen_partners_move_with_their_cookies(as_bob: Client, catalogue: Site, partners: dict[str, Partner]) -> None:
    answer = as_bob.post(url("partners-move", catalogue), sent(partners, "google-analytics", "youtube"))
    assert answer["Location"] == url("partners", catalogue)
    assert categories(catalogue) == {"google-analytics": "targeting", "youtube": "targeting", "hotjar": "performance"}
    cookies = catalogue.cookies.filter(partner__slug="google-analytics")
    assert {cookie.category for cookie in cookies} == {"targeting"}
    assert LogEntry.objects.get().change_message == (
        "Moved to Targeting: Google Analytics 4 (from Performance), YouTube (from Functional)."
    )


def test_those_that_are_there_already_are_not_said_to_have_moved(
    as_bob: Client, catalogue: Site, partners: dict[str, Partner]
) -> None:
    where = url("partners-move", catalogue)
    page = as_bob.post(where, sent(partners, "hotjar", category="performance"), follow=True).content.decode()
    assert "They are in this category already" in page
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"partners": []}, "partners"),
        ({"category": ""}, "category"),
        ({"category": "necessary"}, "category"),
        ({"partners": ["x"]}, "partners"),
    ],
)
def test_half_a_choice_changes_nothing(
    as_bob: Client, catalogue: Site, partners: dict[str, Partner], changes: dict[str, object], wrong: str
) -> None:
    before = categories(catalogue)
    answer = as_bob.post(url("partners-move", catalogue), sent(partners, "youtube") | changes)
    assert list(answer.context["form"].errors) == [wrong]
    assert categories(catalogue) == before


def test_another_website_s_partner_can_not_be_moved(
    as_bob: Client, catalogue: Site, partners: dict[str, Partner], mallory_site: Site
) -> None:
    foreign = add_library_partner(site=mallory_site, library="youtube", parameters={})
    answer = as_bob.post(url("partners-move", catalogue), {"partners": [foreign.pk], "category": "targeting"})
    assert "partners" in answer.context["form"].errors
    foreign.refresh_from_db()
    assert foreign.category == "functional"


def test_archived_partner_is_not_offered(as_bob: Client, catalogue: Site, partners: dict[str, Partner]) -> None:
    as_bob.post(url("partner-archive", catalogue, partners["youtube"].pk))
    form = as_bob.get(url("partners-move", catalogue)).context["form"]
    assert {key for key, _ in form.fields["partners"].choices} == {
        partners["google-analytics"].pk,
        partners["hotjar"].pk,
    }


def test_each_strictly_necessary_partner_needs_its_own_reason(
    as_alice: Client, catalogue: Site, partners: dict[str, Partner]
) -> None:
    where, before = url("partners-move", catalogue), categories(catalogue)
    youtube, hotjar = (f"necessity_justification_{partners[slug].pk}" for slug in ("youtube", "hotjar"))
    both = sent(partners, "youtube", "hotjar", category="strictly_necessary")
    assert set(as_alice.post(where, both).context["form"].errors) == {youtube, hotjar}
    answer = as_alice.post(where, {**both, youtube: "The lessons are its videos.", hotjar: "  "})
    assert set(answer.context["form"].errors) == {hotjar}
    assert "The lessons are its videos." in answer.content.decode()
    assert categories(catalogue) == before
    as_alice.post(where, {**both, youtube: "The lessons are its videos.", hotjar: "It keeps the form alive."})
    assert categories(catalogue)["youtube"] == categories(catalogue)["hotjar"] == "strictly_necessary"
    reasons = catalogue.partners.values_list("slug", "necessity_justification")
    assert dict(reasons)["youtube"] == "The lessons are its videos."
    # Back again, and the reason stays for the next time.
    as_alice.post(where, sent(partners, "youtube", category="functional"))
    as_alice.post(where, sent(partners, "youtube", category="strictly_necessary"))
    assert categories(catalogue)["youtube"] == "strictly_necessary"


def test_reason_is_left_to_a_reviewer(as_bob: Client, catalogue: Site, partners: dict[str, Partner]) -> None:
    where, reason = url("partners-move", catalogue), f"necessity_justification_{partners['youtube'].pk}"
    necessary = sent(partners, "youtube", category="strictly_necessary", **{reason: "Because I say so."})
    answer = as_bob.post(where, necessary)
    assert "A reviewer of this website first writes why it can" in answer.context["form"].errors["category"][0]
    assert categories(catalogue)["youtube"] == "functional"
    Partner.objects.filter(pk=partners["youtube"].pk).update(necessity_justification="The lessons are its videos.")
    as_bob.post(where, necessary)
    row = catalogue.partners.get(slug="youtube")
    assert (row.category, row.necessity_justification) == ("strictly_necessary", "The lessons are its videos.")


def test_list_leads_there_once_there_are_several(
    browse: Callable[[str], Client], as_bob: Client, catalogue: Site
) -> None:
    where = url("partners-move", catalogue)
    assert where not in as_bob.get(url("partners", catalogue)).content.decode()
    add_library_partner(site=catalogue, library="youtube", parameters={})
    assert where in as_bob.get(url("partners", catalogue)).content.decode()
    assert where not in browse("vera").get(url("partners", catalogue)).content.decode()


def test_queries_do_not_grow_with_the_partners(as_bob: Client, catalogue: Site) -> None:
    few = queries_of(as_bob, url("partners-move", catalogue))
    for library in ("youtube", "vimeo", "google-maps"):
        add_library_partner(site=catalogue, library=library, parameters={})
    assert queries_of(as_bob, url("partners-move", catalogue)) == few
