"""Texts, look, languages, policy and addresses: saved as a draft, refused with a message at the field."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry

from consent.builtin_texts import builtin_texts
from consent.services.drafting import save_languages, save_texts
from consent.services.publishing import draft_of, draft_payload
from cookies.models import Site
from tests.admin.conftest import url

if TYPE_CHECKING:
    from django.test import Client

LOOK = {
    "layout": "bar",
    "position": "right",
    "brand_colour": "#0f766e",
    "brand_text_colour": "#ffffff",
    "dark_brand_colour": "#9db8ff",
    "dark_brand_text_colour": "#0b1020",
    "radius": "8",
    "settings_button": "on",
}
POLICY = {
    "scope": "one",
    "dnt": "honour",
    "grant_days": "180",
    "refusal_days": "180",
    "links-TOTAL_FORMS": "1",
    "links-INITIAL_FORMS": "0",
}


def texts_of(site: Site, language: str = "en") -> dict[str, str]:
    texts: dict[str, str] = draft_payload(site)["texts"][language]
    return texts


def test_every_text_is_shown_with_its_builtin_words(as_alice: Client, site: Site) -> None:
    answer = as_alice.get(url("texts", site))
    form = answer.context["form"]
    assert set(form.fields) == set(builtin_texts("en"))
    assert form.fields["banner_title"].widget.attrs["placeholder"] == builtin_texts("en")["banner_title"]
    assert [section["group"].title for section in form.sections()][:2] == ["Banner", "Preference centre"]


def test_every_text_has_a_label_of_its_own(as_alice: Client, site: Site) -> None:
    titles = [section["group"].title for section in as_alice.get(url("texts", site)).context["form"].sections()]
    assert "More words" not in titles


def test_text_is_saved_and_an_empty_one_means_the_builtin_one(as_bob: Client, site: Site) -> None:
    as_bob.post(url("texts", site), {"banner_title": "Cookies?", "choose": ""})
    assert texts_of(site)["banner_title"] == "Cookies?"
    assert texts_of(site)["choose"] == builtin_texts("en")["choose"]
    as_bob.post(url("texts", site), {"banner_title": ""})
    assert texts_of(site)["banner_title"] == builtin_texts("en")["banner_title"]
    assert LogEntry.objects.latest("id").change_message == "Changed the texts in English."


def test_texts_of_one_language_leave_the_others_alone(as_alice: Client, site: Site) -> None:
    save_languages(site=site, languages=["de"])
    save_texts(site=site, language="en", texts={"banner_title": "Cookies?"})
    as_alice.post(f"{url('texts', site)}?language=de", {"banner_title": "Kekse?"})
    assert texts_of(site)["banner_title"] == "Cookies?"
    assert texts_of(site, "de")["banner_title"] == "Kekse?"


def test_text_that_lost_its_placeholder_is_refused_at_the_field_and_nothing_is_lost(
    as_alice: Client, site: Site
) -> None:
    answer = as_alice.post(url("texts", site), {"placeholder_title": "A video", "banner_title": "Cookies?"})
    page = answer.content.decode()
    assert "Keep {name}" in answer.context["form"].errors["placeholder_title"][0]
    assert 'value="A video"' in page
    assert 'value="Cookies?"' in page
    assert texts_of(site)["banner_title"] == builtin_texts("en")["banner_title"]


def test_text_that_is_too_long_is_refused_at_the_field_with_its_length(as_alice: Client, site: Site) -> None:
    sent = {"reject_all": "W" * 400, "banner_title": "W" * 400, "banner_text": "W" * 400}
    answer = as_alice.post(url("texts", site), sent)
    page = answer.content.decode()
    assert "A button or link has room for 80 characters, and these are 400." in page
    assert "A heading has room for 120 characters, and these are 400." in page
    assert set(answer.context["form"].errors) == {"reject_all", "banner_title"}
    assert f'value="{"W" * 400}"' in page
    assert texts_of(site)["reject_all"] == builtin_texts("en")["reject_all"]
    as_alice.post(url("texts", site), {**sent, "reject_all": "", "banner_title": ""})
    assert texts_of(site)["banner_text"] == "W" * 400


def test_html_in_a_text_is_text(as_alice: Client, site: Site) -> None:
    as_alice.post(url("texts", site), {"banner_title": "<script>alert(1)</script>"})
    as_alice.post(url("publish", site), {})
    for where in (url("texts", site), url("publish", site), url("version", site, 1), url("preview", site)):
        assert "<script>alert(1)" not in as_alice.get(where).content.decode()
    assert "&lt;script&gt;alert(1)" in as_alice.get(url("version", site, 1)).content.decode()


def test_look_is_saved(as_alice: Client, site: Site) -> None:
    as_alice.post(url("look", site), LOOK)
    appearance = draft_payload(site)["appearance"]
    assert (appearance["position"], appearance["brand_colour"], appearance["radius"]) == ("right", "#0f766e", 8)
    assert appearance["layout"] == "bar"
    as_alice.post(url("look", site), {**LOOK, "settings_button": ""})
    assert draft_payload(site)["appearance"]["settings_button"] is False


@pytest.mark.parametrize(
    ("button", "text", "field"),
    [("brand_colour", "brand_text_colour", "#777777"), ("dark_brand_colour", "dark_brand_text_colour", "#8899ff")],
)
def test_text_that_cannot_be_read_on_its_button_is_refused_with_the_ratio(
    button: str, text: str, field: str, as_alice: Client, site: Site
) -> None:
    answer = as_alice.post(url("look", site), {**LOOK, button: field, text: "#ffffff"})
    assert " to 1" in answer.context["form"].errors[text][0]
    assert draft_payload(site)["appearance"][button] != field


def test_colour_that_is_none_is_refused_at_the_field(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(url("look", site), {**LOOK, "brand_colour": "red"})
    assert "six digits" in answer.context["form"].errors["brand_colour"][0]


def test_languages_are_chosen_and_the_own_one_stays(as_alice: Client, site: Site) -> None:
    as_alice.post(url("languages", site), {"languages": ["de"]})
    assert draft_payload(site)["languages"] == ["en", "de"]
    as_alice.post(url("languages", site), {})
    assert draft_payload(site)["languages"] == ["en"]
    answer = as_alice.post(url("languages", site), {"languages": ["tlh"]})
    assert "languages" in answer.context["form"].errors


def test_policy_is_saved_with_explanation_and_links(as_alice: Client, site: Site) -> None:
    save_languages(site=site, languages=["de"])
    as_alice.post(
        url("policy", site),
        {
            **POLICY,
            "dnt": "disregard",
            "dnt_explanation_en": "We ask everybody.",
            "grant_days": "90",
            "links-0-label_en": "Opt out of ads",
            "links-0-url": "https://optout.example",
        },
    )
    payload = draft_payload(site)
    assert payload["policy"] == {
        "dnt": "disregard",
        "dnt_explanation": {"en": "We ask everybody."},
        "count_impressions": False,
    }
    assert [(row["code"], row["grant_days"]) for row in payload["regimes"]] == [("eu", 90)]
    assert payload["opt_out_links"] == [{"label": {"en": "Opt out of ads"}, "url": "https://optout.example"}]


def test_policy_shows_every_mistake_and_changes_nothing(as_alice: Client, site: Site) -> None:
    answer = as_alice.post(
        url("policy", site), {**POLICY, "dnt": "disregard", "refusal_days": "7", "links-0-label_en": "Opt out"}
    )
    assert "refusal_days" in answer.context["form"].errors
    assert "url" in answer.context["links"].errors[0]
    assert draft_of(site)[1].dnt == "honour"


def test_link_is_removed(as_alice: Client, site: Site) -> None:
    link = {"links-0-label_en": "Opt out", "links-0-url": "https://optout.example"}
    as_alice.post(url("policy", site), {**POLICY, **link})
    as_alice.post(url("policy", site), {**POLICY, **link, "links-0-DELETE": "on", "links-INITIAL_FORMS": "1"})
    assert draft_payload(site)["opt_out_links"] == []


def test_addresses_are_saved_and_a_wrong_one_is_explained(as_alice: Client, site: Site) -> None:
    as_alice.post(url("install", site), {"domains": "https://a.example\nhttps://*.b.example/\n"})
    site.refresh_from_db()
    assert site.domains == ["https://a.example", "https://*.b.example"]
    answer = as_alice.post(url("install", site), {"domains": "https://a.example\nb.example"})
    assert "b.example" in answer.context["form"].errors["domains"][0]
    site.refresh_from_db()
    assert site.domains == ["https://a.example", "https://*.b.example"]


def test_install_page_has_the_line_to_copy_and_the_marks_of_gated_partners(as_alice: Client, catalogue: Site) -> None:
    catalogue.partners.update(load_mode="gated")
    answer = as_alice.get(url("install", catalogue))
    assert answer.context["embed_line"] == '<script async src="http://localhost:8000/s/numonix.js"></script>'
    page = answer.content.decode()
    assert "&lt;script async src=&quot;http://localhost:8000/s/numonix.js&quot;&gt;&lt;/script&gt;" in page
    assert "data-partner=&quot;google-analytics&quot;" in page
    assert 'data-sy-copy="embed-line"' in page
    assert "data-sayso=&quot;declaration&quot;" in page


@pytest.mark.parametrize("name", ["texts", "look", "policy", "partner-new", "cookie-new", "details", "install"])
def test_no_form_shows_json(name: str, as_alice: Client, catalogue: Site) -> None:
    fields = as_alice.get(url(name, catalogue)).context["form"]
    for field in fields:
        assert not re.search(r'value="[{\[]|<textarea[^>]*>\s*[{\[]', unescape(str(field)))


def test_details_are_saved_and_the_key_stays(as_alice: Client, site: Site) -> None:
    sent = {"name": "Numonix AG", "default_language": "de", "controller_name": "Numonix", "key": "other"}
    as_alice.post(url("details", site), sent)
    site.refresh_from_db()
    assert (site.name, site.default_language, site.key) == ("Numonix AG", "de", "numonix")
    answer = as_alice.post(url("details", site), {**sent, "privacy_policy_url": "nowhere"})
    assert "privacy_policy_url" in answer.context["form"].errors
