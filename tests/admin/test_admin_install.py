"""The install page's lines for a website's own web server: they follow from what is live."""

from __future__ import annotations

import json
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING

from consent.admin.install import NOTHING_AHEAD
from consent.models import SitePolicy
from consent.services.drafting import save_languages, save_policy
from consent.services.publishing import publish
from cookies.models import Site
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
