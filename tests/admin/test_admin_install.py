"""The install page's lines for a website's own web server: they follow from what is live."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

from consent.admin.install import NOTHING_AHEAD
from consent.delivery import live
from consent.models import SitePolicy
from consent.services.drafting import save_languages, save_policy
from consent.services.publishing import publish
from cookies.models import Partner, Site
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import update_site
from tests.admin.conftest import NOW, url

if TYPE_CHECKING:
    from django.test import Client


def test_install_page_has_the_signals_lines_of_what_is_live(as_alice: Client, site: Site) -> None:
    assert as_alice.get(url("install", site)).context["signals"] is None
    publish(site=site, by="alice", now=NOW)
    honoured = as_alice.get(url("install", site))
    lines = honoured.context["signals"]
    assert json.loads(lines["status_file"])["tracking"] == "?"
    assert json.loads(lines["gpc_file"])["gpc"] is True
    assert "map $cookie_sayso $sayso_answer {" in lines["values"]
    assert "proxy_pass http://localhost:8000/.well-known/dnt/numonix;" in lines["passing"]
    page = unescape(honoured.content.decode())
    for name in ("passing", "values", "files", "status_file", "gpc_file", "middleware"):
        assert lines[name] in page, name
    SitePolicy.objects.update_or_create(site=site, defaults={"dnt": "disregard"})
    # The draft binds nobody yet.
    assert as_alice.get(url("install", site)).context["signals"]["dnt_policy"] == "honour"
    publish(site=site, by="alice", now=NOW + timedelta(days=1), effective_at=NOW)
    disregarded = as_alice.get(url("install", site))
    lines = disregarded.context["signals"]
    assert json.loads(lines["status_file"])["tracking"] == "D"
    assert lines["values"] == ""
    assert "add_header Tk D always;" in lines["files"]
    assert "disregards Do Not Track" in disregarded.content.decode()


def test_embed_line_of_a_website_that_holds_back_automatically_is_waited_for(as_alice: Client, site: Site) -> None:
    save_languages(site=site, languages=["en", "de"])
    assert " async " in as_alice.get(url("install", site)).context["embed_line"]
    save_policy(site=site, auto_block=True)
    answer = as_alice.get(url("install", site))
    lines = [answer.context["embed_line"], *(line for _, line in answer.context["language_lines"])]
    for line, name in zip(lines, ("numonix", "numonix.de"), strict=True):
        assert line == f'{NOTHING_AHEAD}\n<script src="http://localhost:8000/s/{name}.js"></script>'
    page = unescape(answer.content.decode())
    assert "Before everything else in the head" in page
    assert "never slows them down" not in page


def test_install_page_has_the_lines_that_keep_an_answer_where_that_is_chosen(as_alice: Client, site: Site) -> None:
    assert as_alice.get(url("install", site)).context["keep"] is None
    update_site(site=site, keep_path="/sayso/keep", cookie_domain="numonix.example")
    answer = as_alice.get(url("install", site))
    lines = answer.context["keep"]
    assert "location = /sayso/keep {" in lines["location"]
    assert "Domain=numonix.example; Secure" in lines["values"]
    assert lines["settings"] == '"KEEP_PATH": "/sayso/keep",\n"COOKIE_DOMAIN": "numonix.example",'
    page = unescape(answer.content.decode())
    assert all(text in page for text in lines.values())


def test_install_page_has_the_line_for_those_who_write_no_html(as_alice: Client, site: Site) -> None:
    ways = as_alice.get(url("install", site)).context["ways"]
    assert ways.wordpress.splitlines() == [
        "add_action( 'wp_head', function () {",
        '\techo \'<script async src="http://localhost:8000/s/numonix.js"></script>\' . "\\n";',
        "}, PHP_INT_MIN );",
    ]
    assert ways.policy == "script-src http://localhost:8000; connect-src http://localhost:8000;"
    assert '"SITE_KEY": "numonix"' in ways.django_settings
    assert 'nonce="…" async' in ways.with_nonce
    save_policy(site=site, auto_block=True)
    answer = as_alice.get(url("install", site))
    # Both lines, in their order, and neither with async.
    assert answer.context["ways"].wordpress.count("echo") == 2
    assert "async" not in answer.context["ways"].wordpress
    page = unescape(answer.content.decode())
    assert "needs the two lines from above instead" in page
    assert f"    {NOTHING_AHEAD}\n    <script src=" in answer.context["head_of_a_page"]


def test_pinned_line_names_the_live_file_and_its_hash(as_alice: Client, client: Client, site: Site) -> None:
    assert as_alice.get(url("install", site)).context["ways"].pinned == {}
    save_languages(site=site, languages=["en", "de"])
    live.forget()
    publish(site=site, by="alice", now=NOW)
    live.forget()
    pinned = as_alice.get(url("install", site)).context["ways"].pinned
    assert set(pinned) == {"en", "de"}
    for code, line in pinned.items():
        address, checksum = re.search(r'src="http://localhost:8000(.*)"', line), re.search(r'"sha256-(.*?)"', line)
        assert address
        assert checksum
        body = client.get(address[1]).content
        assert body == client.get(f"/s/numonix.{code}.js").content
        assert base64.b64decode(checksum[1]) == hashlib.sha256(body).digest()


def test_install_page_says_what_tag_manager_can_hold_back(as_alice: Client, site: Site) -> None:
    def page() -> str:
        return unescape(as_alice.get(url("install", site)).content.decode())

    assert "If the website uses Tag Manager, add it under Partners" in page()
    partner = add_library_partner(
        site=site, library="google-tag-manager", parameters={"container_id": "GTM-AB12CD3"}, load_mode="gated"
    )
    for mode, sentence in (
        ("gated", "mark its code in the pages"),
        ("managed", "Take Tag Manager's own code out"),
        ("signalled", "Every other tag in the container needs a trigger"),
    ):
        Partner.objects.filter(pk=partner.pk).update(load_mode=mode)
        assert sentence in page()


def test_install_page_gives_a_chat_a_place_in_the_page(as_alice: Client, site: Site) -> None:
    widget = {"cdn_host": "eu.fw-cdn.com", "account_number": "12345678", "widget_number": "123456"}
    add_library_partner(site=site, library="freshchat", parameters=widget, load_mode="gated")
    page = unescape(as_alice.get(url("install", site)).content.decode())
    assert '<div data-sayso="embed"><template data-category="functional" data-partner="freshchat">' in page


def test_who_may_not_change_the_addresses_copies_all_the_same(as_bob: Client, site: Site) -> None:
    page = as_bob.get(url("install", site)).content.decode()
    disabled = re.findall(r"<fieldset[^>]*disabled>(.*?)</fieldset>", page, re.S)
    assert len(disabled) == 1
    assert "Save the addresses" in disabled[0]
    assert "data-sy-copy" not in disabled[0]
    assert "data-sy-copy" in page
