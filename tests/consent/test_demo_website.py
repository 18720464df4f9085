"""The demonstration website: another origin than the platform, on loopback names only, silent before consent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from consent.demo.hosts import website_key
from consent.demo.views import PAGES
from cookies.vocabulary import OPTIONAL_CATEGORIES

PATHS = ["/demo/", "/demo/about/", "/demo/cookies/", "/demo/strict/"]


def open_page(path: str = "/demo/", host: str = "127.0.0.1:8000", **headers: str) -> Any:
    return Client().get(path, headers={"host": host, **headers})


def elements(text: str, tag: str) -> list[str]:
    return re.findall(rf"<{tag}\b[^>]*>", text)


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("127.0.0.1", "numonix"),
        ("cloudcall.localhost", "cloudcall"),
        ("coso-cloud.localhost", "coso-cloud"),
        ("localhost", None),
        ("www.numonix.example", None),
        ("numonix.localhost.evil.example", None),
        ("a.b.localhost", None),
        ("127.0.0.2", None),
    ],
)
def test_demo_website_is_known_by_its_loopback_name(host: str, key: str | None) -> None:
    assert website_key(host) == key


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("path", PATHS)
def test_demo_pages_embed_the_snippet_from_the_platforms_origin(path: str) -> None:
    text = open_page(path).content.decode()
    sources = [tag for tag in elements(text, "script") if "/s/numonix.js" in tag]
    assert len(sources) == 1
    assert '<script async src="http://localhost:8000/s/numonix.js"' in sources[0]


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("path", PATHS)
def test_demo_pages_set_no_cookie_of_their_own(path: str) -> None:
    response = open_page(path)
    assert response.status_code == 200
    assert not response.cookies


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("path", PATHS)
def test_demo_pages_ask_nobody_else_for_anything_before_consent(path: str) -> None:
    text = open_page(path).content.decode()
    for tag in (tag for name in ("script", "img", "iframe", "link") for tag in elements(text, name)):
        if re.search(r'\ssrc="https://', tag):
            assert 'type="text/plain"' in tag
        assert not re.search(r'<link[^>]*href="https?://', tag)


@pytest.mark.usefixtures("demo")
def test_demo_page_holds_back_a_tag_of_every_optional_category() -> None:
    gated = [tag for tag in elements(open_page().content.decode(), "script") if 'type="text/plain"' in tag]
    for category in OPTIONAL_CATEGORIES:
        assert any(f'data-category="{category}"' in tag for tag in gated)
    external = " ".join(tag for tag in gated if "src=" in tag)
    for address in (
        "https://www.googletagmanager.com/gtag/js?id=G-DEMO000001",
        "https://fw-cdn.com/00000001/000001.js",
        "https://www.googletagmanager.com/gtag/js?id=AW-000000001",
    ):
        assert f'src="{address}"' in external
    assert any('data-partner="google-analytics"' in tag and "_ga _ga_DEMO" in tag for tag in gated)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("path", ["/demo/", "/demo/strict/"])
def test_demo_page_holds_back_a_template_a_picture_and_a_video(path: str) -> None:
    text = open_page(path).content.decode()
    assert '<template data-category="targeting">' in text
    assert [tag for tag in elements(text, "img") if "data-src=" in tag and 'data-partner="google-ads"' in tag]
    (video,) = elements(text, "iframe")
    assert 'data-src="https://www.youtube-nocookie.com/embed/' in video
    assert 'data-partner="youtube"' in video
    assert 'title="' in video


@pytest.mark.usefixtures("demo")
def test_demo_page_has_the_hooks_and_ways_of_a_real_website() -> None:
    text = open_page().content.decode()
    assert '<button type="button" data-sayso="open">' in text
    assert '<div data-sayso="declaration"></div>' in open_page("/demo/cookies/").content.decode()
    back = "return=http%3A%2F%2F127.0.0.1%3A8000%2Fdemo%2F"
    assert f'href="http://localhost:8000/p/numonix/?{back}' in text
    assert f'href="/p/numonix/?{back}' in text


@pytest.mark.usefixtures("demo")
def test_demo_page_speaks_the_asked_language() -> None:
    text = open_page("/demo/?language=de").content.decode()
    assert '<html lang="de"' in text
    assert 'src="http://localhost:8000/s/numonix.de.js"' in text
    assert 'href="/demo/about/?language=de"' in text
    assert '<html lang="en"' in open_page("/demo/?language=xx").content.decode()


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("key", ["cloudcall", "coso-cloud", "cloud9-technologies", "cloud9-infrastructure"])
@pytest.mark.parametrize("path", PATHS)
def test_demo_page_of_each_website_stands_at_its_own_name(key: str, path: str) -> None:
    response = open_page(path, host=f"{key}.localhost:8000")
    assert response.status_code == 200
    assert f"/s/{key}.js" in response.content.decode()


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("path", PATHS)
def test_demo_page_on_the_platforms_name_leads_to_another_origin(path: str) -> None:
    response = open_page(f"{path}?language=de", host="localhost:9000")
    assert response.status_code == 302
    assert response["Location"] == f"http://127.0.0.1:9000{path}?language=de"


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("host", ["www.numonix.example", "consent.example.com", "nobody.localhost", "testserver"])
@pytest.mark.parametrize("path", PATHS)
def test_demo_pages_answer_on_loopback_names_only(host: str, path: str) -> None:
    assert open_page(path, host=host).status_code == 404


@pytest.mark.usefixtures("demo")
def test_demo_strict_page_lets_nothing_run_without_its_nonce() -> None:
    response = open_page("/demo/strict/")
    policy = dict(part.partition(" ")[::2] for part in response["Content-Security-Policy"].split("; "))
    nonce = policy["script-src"].removeprefix("'nonce-").removesuffix("'")
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "sayso"
    assert re.fullmatch(r"[\w-]{22}", nonce)
    text = response.content.decode()
    assert all(f'nonce="{nonce}"' in tag for tag in elements(text, "script"))
    assert "style=" not in text
    assert nonce not in open_page("/demo/strict/")["Content-Security-Policy"], "A nonce is used once."


@pytest.mark.usefixtures("demo")
def test_demo_preference_page_under_the_websites_domain_keeps_the_choice() -> None:
    response = Client().post(
        "/p/numonix/", {"action": "reject_all"}, headers={"host": "127.0.0.1:8000", "origin": "http://127.0.0.1:8000"}
    )
    assert response.status_code == 303
    assert list(response.cookies) == ["sayso"]


def test_demo_pages_are_all_listed_here() -> None:
    assert len(PAGES) == len(PATHS)
