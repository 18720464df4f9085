"""The preview: what is saved or only typed, on a page that can reach and keep nothing; and the link for the website."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from consent.models import ConsentEvent, Notice, Publication
from consent.preview_links import make_token
from consent.services.drafting import save_languages, save_policy, save_texts
from cookies.admin.log import last_editor
from tests.admin.conftest import url
from tests.admin.test_admin_texts import LOOK

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from cookies.models import Site


def first_file(answer: Any) -> str:
    script: str = answer.context["files"]["snippet.js"]
    return script


def test_preview_can_reach_nothing_and_keep_nothing(as_alice: Client, catalogue: Site) -> None:
    answer = as_alice.get(url("preview", catalogue))
    header, meta = answer["Content-Security-Policy"], answer.context["policy"]
    assert header == "sandbox allow-scripts; frame-ancestors http://testserver"
    assert "default-src 'none'" in meta
    assert "connect-src" not in meta
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "no-store" in answer["Cache-Control"]


def test_preview_runs_the_real_engine_on_the_draft(as_alice: Client, catalogue: Site) -> None:
    save_texts(site=catalogue, language="en", texts={"banner_title": "Only in the </script> draft"})
    answer = as_alice.get(url("preview", catalogue))
    body = first_file(answer)
    assert "Only in the \\u003c/script\\u003e draft" in body
    assert "0" * 64 in body
    assert "googletagmanager.com/gtag" not in body
    assert '"signals":[]' in body
    # Everything that a file names stands in the page too.
    files = answer.context["files"]
    named = {name for text in files.values() for name in re.findall(rf"{catalogue.key}\.[0-9a-f]{{32}}\.js", text)}
    assert named == set(files) - {"snippet.js"}
    assert not Publication.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_preview_speaks_the_chosen_language_under_the_chosen_rule(as_alice: Client, catalogue: Site) -> None:
    save_languages(site=catalogue, languages=["de"])
    save_policy(site=catalogue, regimes=["eu", "us-ca"], count_impressions=True)
    answer = as_alice.get(url("preview", catalogue), {"language": "de", "regime": "us-ca"})
    assert '<html lang="de"' in answer.content.decode()
    assert "Alle ablehnen" in first_file(answer)
    assert '"regimes":[{"code":"us-ca"' in first_file(answer)
    unknown = as_alice.get(url("preview", catalogue), {"language": "xx", "regime": "atlantis"})
    assert "Reject all" in first_file(unknown)
    assert '"regimes":[{"code":"unknown"' in first_file(unknown)
    assert "count_impressions" not in first_file(unknown).rpartition('"regimes"')[2]


def test_preview_is_light_or_dark_whatever_the_browser_prefers(as_alice: Client, site: Site) -> None:
    dark = as_alice.get(url("preview", site), {"scheme": "dark"})
    light = as_alice.get(url("preview", site), {"scheme": "light"})
    assert "@media all{:host" in first_file(dark)
    assert "@media not all{:host" in first_file(light)
    assert not [name for name, text in dark.context["files"].items() if "prefers-color-scheme" in text]
    assert "prefers-color-scheme" in first_file(as_alice.get(url("preview", site)))


def test_typed_look_is_shown_and_not_saved(as_bob: Client, site: Site) -> None:
    answer = as_bob.post(url("preview-try", site), {**LOOK, "part": "look", "view": "centre"}).json()
    assert "--sayso-brand:#0f766e" in answer["page"]
    assert "right:0" in answer["page"]
    assert 'data-view="centre"' in answer["page"]
    assert not Notice.objects.exists()
    assert not LogEntry.objects.exists()


def test_typed_texts_are_shown_and_not_saved(as_bob: Client, site: Site) -> None:
    save_languages(site=site, languages=["de"])
    save_texts(site=site, language="de", texts={"choose": "Pick"})
    sent = {"part": "texts", "edited": "de", "language": "de", "banner_title": "Kekse?"}
    page = as_bob.post(url("preview-try", site), sent).json()["page"]
    assert "Kekse?" in page
    # What the form did not show is as it is kept.
    assert "Pick" in page
    assert Notice.objects.get().texts == {"de": {"choose": "Pick"}}


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({**LOOK, "part": "look", "brand_colour": "red"}, "Buttons: Write a colour as # and six digits"),
        ({**LOOK, "part": "look", "brand_text_colour": "#0f766f"}, "Text on the buttons: The contrast"),
        ({"part": "texts", "reject_all": "W" * 400}, "A button or link has room for 80 characters"),
        ({"part": "texts", "placeholder_title": "A video"}, "Keep {name} in this text"),
    ],
)
def test_what_could_not_be_saved_is_said_instead_of_shown(
    sent: dict[str, str], sentence: str, as_bob: Client, site: Site
) -> None:
    answer = as_bob.post(url("preview-try", site), sent).json()
    assert set(answer) == {"errors"}
    assert sentence in answer["errors"][0]


def test_reviewer_sees_the_saved_draft_beside_a_closed_form(browse: Callable[[str], Client], site: Site) -> None:
    page = browse("rita").post(url("preview-try", site), {"view": "declaration"}).json()["page"]
    assert 'data-sayso="declaration"' in page


def test_preview_link_opens_the_draft_over_the_website_for_an_hour(
    browse: Callable[[str], Client], published: Publication, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = published.site
    save_texts(site=site, language="en", texts={"banner_title": "Only in the draft"})
    editor = last_editor(site)
    fragment = browse("rita").post(url("preview-link", site)).context["fragment"]
    assert fragment.startswith("#sayso=preview.")
    assert LogEntry.objects.latest("id").change_message == "Made a preview link. It works for an hour."
    # Nothing of the draft has changed.
    assert last_editor(site) == editor
    address = f"/p/{site.key}/preview/{fragment.removeprefix('#sayso=preview.')}/"
    stranger = browse("")
    answer = stranger.get(address, {"regime": "eu", "language": "xx"})
    assert "Only in the draft" in first_file(answer)
    assert "data-over" in answer.content.decode()
    assert answer["Content-Security-Policy"] == (
        f"sandbox allow-scripts; frame-ancestors http://testserver {' '.join(site.domains)}"
    )
    assert "X-Frame-Options" not in answer
    assert stranger.post(address).status_code == 405

    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr("django.core.signing.time.time", later.timestamp)
    closed = stranger.get(address).content.decode()
    assert "This preview link has expired" in closed
    assert "Only in the draft" not in closed


def test_preview_link_of_another_website_or_another_key_opens_nothing(
    client: Client, published: Publication, mallory_site: Site, settings: Any
) -> None:
    key = published.site.key
    for token in (make_token(mallory_site.key), make_token(key)[:-1] + "_"):
        assert "has expired" in client.get(f"/p/{key}/preview/{token}/").content.decode()
    token = make_token(key)
    assert "has expired" not in client.get(f"/p/{key}/preview/{token}/").content.decode()
    settings.SECRET_KEY = "another one, because the old one was seen"
    assert "has expired" in client.get(f"/p/{key}/preview/{token}/").content.decode()


def test_unknown_website_has_no_preview(client: Client, site: Site) -> None:
    answer = client.get(f"/p/nobody/preview/{make_token('nobody')}/")
    assert "has expired" in answer.content.decode()
    assert answer["Content-Security-Policy"] == "sandbox allow-scripts; frame-ancestors http://testserver"
