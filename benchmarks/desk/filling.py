"""A website with something published, so that the page of a record has a banner to show."""

from __future__ import annotations

from datetime import UTC, datetime

from consent.models import NoticeVersion
from consent.services.publishing import publish
from cookies.models import Site
from tests.facts import ANSWERABLE


def make_published_site(key: str) -> tuple[Site, NoticeVersion]:
    site = Site.objects.create(key=key, name=key, domains=["https://www.example.com"], **ANSWERABLE)
    publication = publish(site=site, by="root", now=datetime(2026, 1, 1, tzinfo=UTC))
    assert publication
    return site, publication.version
