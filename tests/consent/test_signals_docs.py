"""docs/signals.md is true: its transcripts are run against the server, and its lines are those that the admin shows."""

from __future__ import annotations

import json
import re
import shlex
import time
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from consent import consent_cookie, regimes
from consent.consent_cookie import StoredChoice
from consent.deciding import deciding_regimes
from consent.models import Publication, SitePolicy
from consent.services.publishing import publish
from consent.tracking_status import GPC_SINCE
from consent.wellknown import lines
from consent.wellknown.website import status_of
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE

if TYPE_CHECKING:
    from django.contrib.auth.models import User

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "signals.md").read_text(encoding="utf-8")
PLATFORM, WEBSITE = "consent.example.com", "www.example.com"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@dataclass
class Transcript:
    """A command, and what it prints: the status, some of the headers, and the body where one is shown."""

    command: list[str]
    status: str
    headers: dict[str, str]
    body: str
    sent: dict[str, str] = field(default_factory=dict)
    url: str = ""
    method: str = "get"
    content: str = ""


def parsed(block: str, known: dict[str, str]) -> Transcript:
    command, _, printed = block.replace("\\\n", " ").partition("\n")
    assert command.startswith("$ curl ")
    head, _, body = printed.partition("\n\n")
    status, *headers = head.strip().splitlines()
    words = [Template(word).substitute(known) for word in shlex.split(command)[2:]]
    shown = Transcript(words, status, dict(line.split(": ", 1) for line in headers), body)
    rest = iter(words)
    for word in rest:
        if word == "-H":
            name, _, said = next(rest).partition(": ")
            shown.sent[name] = said
        elif word == "-b":
            shown.sent["Cookie"] = next(rest)
        elif word == "-d":
            shown.method, shown.content = "post", next(rest)
        elif word in ("-o", "-D"):
            next(rest)
        elif word == "-sI":
            shown.method = "head"
        elif not word.startswith("-"):
            shown.url = word
    return shown


def run(shown: Transcript) -> Any:
    url = urlsplit(shown.url)
    # What the nginx lines of the same page do.
    path = "/.well-known/dnt/my-site" if (url.hostname, url.path) == (WEBSITE, "/.well-known/dnt/") else url.path
    headers = {**shown.sent, "Host": url.hostname or ""}
    if shown.method == "post":
        media_type = headers.pop("Content-Type")
        return Client().post(path, shown.content, content_type=media_type, secure=True, headers=headers)
    return getattr(Client(), shown.method)(path, secure=True, headers=headers)


@pytest.fixture
def two_websites(alice: User, settings: Any) -> Publication:
    settings.PUBLIC_URL = f"https://{PLATFORM}"
    settings.ALLOWED_HOSTS = [PLATFORM, WEBSITE]
    since = timezone.now() - timedelta(days=1)
    where = ["https://other.example.com"]
    other = create_site(key="other-site", name="Other", domains=where, owner=alice, **ANSWERABLE)
    SitePolicy.objects.update_or_create(site=other, defaults={"dnt": "disregard"})
    assert publish(site=other, by="alice", now=since)
    mine = create_site(key="my-site", name="My site", domains=[f"https://{WEBSITE}"], owner=alice, **ANSWERABLE)
    published = publish(site=mine, by="alice", now=since)
    assert published
    return published


def variables(published: Publication) -> dict[str, str]:
    categories = {"performance": True, "functional": False, "targeting": False}
    consent_id, digest = str(uuid.uuid4()), published.version.digest
    answer = StoredChoice(digest[:12], int(time.time()) - 60, categories, consent_id, "eu")
    event = {
        "event_id": str(uuid.uuid4()),
        "consent_id": consent_id,
        "action": "save",
        "surface": "preferences",
        "categories": categories,
        "version": digest,
        "language": "en",
        "signals": {"gpc": False, "dnt": False},
    }
    return {"ANSWER": consent_cookie.format(answer), "EVENT": json.dumps(event)}


def test_transcripts_are_what_the_server_answers(two_websites: Publication) -> None:
    known = variables(two_websites)
    shown = [parsed(block, known) for block in blocks("console")]
    assert {re.sub(r"^HTTP/1.1 ", "", one.status) for one in shown} == {"200 OK", "201 Created"}
    assert {value for one in shown for name, value in one.headers.items() if name == "Tk"} == {"N", "U"}
    assert len(shown) >= 8
    for one in shown:
        response = run(one)
        assert f"HTTP/1.1 {response.status_code} {response.reason_phrase}" == one.status, one.command
        assert {name: response.get(name) for name in one.headers} == one.headers, one.command
        if one.body:
            assert json.loads(response.content) == json.loads(one.body), one.command


def test_lines_are_those_of_the_install_page(settings: Any) -> None:
    settings.PUBLIC_URL = f"https://{PLATFORM}"
    status = status_of("my-site", lines.site_wide_value("honour"), home=f"https://{WEBSITE}")
    strict = deciding_regimes({"regimes": [regimes.resolved(regimes.FALLBACK)]})
    assert blocks("nginx") == [
        lines.passing_lines(key="my-site", platform=settings.PUBLIC_URL) + lines.gpc_lines(GPC_SINCE),
        lines.value_lines(strict, runs_unasked=False),
        lines.file_lines(status, GPC_SINCE),
    ]


@pytest.mark.parametrize("value", ["N", "C", "T", "D", "U", "?", "!", "G", "P"])
def test_every_value_is_explained(value: str) -> None:
    assert f"`{value}`" in TEXT
