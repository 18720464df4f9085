"""The gallery: every layer of the snippet has its frame, and no frame reaches, keeps or tells anything."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from consent.builtin_texts import available_languages
from consent.consent_cookie import parse
from consent.delivery.compose import RARE_KEYS
from consent.demo.gallery import LAYOUTS, STATES, Variation, colours, cookie_of, varied_payload
from consent.demo.hosts import FIRST_WEBSITE
from consent.services.publishing import draft_payload
from cookies.models import Site

SNIPPET = Path(__file__).resolve().parents[2] / "static" / "snippet"
TODAY = 1_790_000_000


@pytest.fixture
def payload(demo: None) -> dict[str, Any]:
    return draft_payload(Site.objects.get(key=FIRST_WEBSITE))


def get(path: str, host: str = "127.0.0.1:8000") -> Any:
    return Client().get(f"/demo/gallery/{path}", headers={"host": host})


def address(state: str = "banner", layout: str = "card", language: str = "en", look: str = FIRST_WEBSITE) -> str:
    return f"{state}/{layout}/{language}/{look}/"


def test_every_layer_of_the_snippet_is_shown() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in SNIPPET.glob("*.js"))
    layers = set(re.findall(r'(?:ask|once|place)\("([a-z]+)"|"data-sayso-layer": "([a-z]+)"', source))
    named = {one or other for one, other in layers}
    assert {"banner", "preferences", "embed"} <= named
    shown = {name for state in STATES.values() for name in re.findall(r'layer="(\w+)"', state.shows)}
    assert named - shown == set()


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "cloudcall.localhost:8000"])
def test_index_frames_every_state_in_what_is_asked_for(host: str) -> None:
    text = get("?layout=bar&language=ar&colours=sun", host).content.decode()
    frames = re.findall(r'<iframe src="/demo/gallery/([^"#]+)', text)
    assert frames == [address(state, "bar", "ar", "sun") for state in STATES]
    # A layer takes the focus when it opens: nothing in a frame may take it from this page.
    assert text.count(" inert>") == len(STATES)


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("state", STATES)
def test_frame_finds_each_of_its_files(state: str) -> None:
    frame = get(address(state))
    assert frame.status_code == 200
    assert '<script async src="snippet.js"></script>' in frame.content.decode()
    first = get(address(state) + "snippet.js")
    assert first["Content-Type"].startswith("text/javascript")
    second = re.findall(r'"preferences":"([^"]+)"', first.content.decode())
    third = re.findall(rf"{FIRST_WEBSITE}\.[0-9a-f]{{32}}\.js", get(address(state) + second[0]).content.decode())
    assert len(third) == len(RARE_KEYS)
    assert {get(address(state) + name).status_code for name in third} == {200}


@pytest.mark.usefixtures("demo")
def test_frame_is_shut_in_and_keeps_nothing() -> None:
    response = get(address())
    policy = response["Content-Security-Policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none'; script-src http://127.0.0.1:8000;")
    assert "connect-src" not in policy
    assert not response.cookies


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize(
    "path",
    [
        address("nothing"),
        address(layout="ring"),
        address(language="xx"),
        address(look="nobody"),
        address() + "else.js",
        address() + f"{FIRST_WEBSITE}.{'0' * 64}.js",
    ],
)
def test_what_is_no_frame_is_not_found(path: str) -> None:
    assert get(path).status_code == 404


@pytest.mark.usefixtures("demo")
@pytest.mark.parametrize("path", ["", address(), address() + "snippet.js"])
def test_gallery_answers_on_this_machines_names_only(path: str) -> None:
    assert get(path, "www.numonix.example").status_code == 404


@pytest.mark.parametrize("state", STATES)
def test_scene_loads_counts_and_tells_nothing(state: str, payload: dict[str, Any]) -> None:
    varied = varied_payload(payload, Variation(state, "card", "en", FIRST_WEBSITE))
    assert len(varied["partners"]) == len(payload["partners"]) * STATES[state].crowd
    assert all(partner["loader"] == partner["signals"] == [] for partner in varied["partners"])
    assert not varied["policy"]["count_impressions"]


@pytest.mark.parametrize("language", available_languages())
def test_scene_speaks_one_language(language: str, payload: dict[str, Any]) -> None:
    varied = varied_payload(payload, Variation("banner", "card", language, FIRST_WEBSITE))
    assert (varied["languages"], list(varied["texts"])) == ([language], [language])
    assert "{" not in varied["texts"][language]["banner_text"]


@pytest.mark.parametrize("look", colours())
@pytest.mark.parametrize("layout", LAYOUTS)
def test_scene_looks_as_asked(look: str, layout: str, payload: dict[str, Any]) -> None:
    appearance = varied_payload(payload, Variation("banner", layout, "en", look))["appearance"]
    assert appearance.keys() == payload["appearance"].keys()
    assert (appearance["layout"], appearance["brand_colour"]) == (layout, colours()[look]["brand_colour"])


def test_visitor_brings_the_answer_that_the_state_needs(payload: dict[str, Any]) -> None:
    def answer(state: str) -> Any:
        return parse(cookie_of(Variation(state, "card", "en", FIRST_WEBSITE), payload, today=TODAY))

    assert answer("banner") is None
    changed, announced = answer("changes"), answer("news")
    assert changed.version == announced.version
    assert (changed.grants_something, announced.grants_something) == (True, False)
    assert answer("exceptions").partners == {"youtube": False}
    assert (TODAY - answer("notice-again").decided_at) / 86_400 == 370
