"""`manage.py serve`: says where everything is, keeps what people made, and ends when it is told to."""

from __future__ import annotations

import json
import re
import urllib.request
import uuid
from typing import TYPE_CHECKING

import pytest

from tests.e2e.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

VERSIONS = (
    "SELECT digest, key FROM consent_noticeversion JOIN cookies_site AS site ON site.id = site_id"
    " ORDER BY consent_noticeversion.id"
)


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Server]:
    """A server with nothing in its database."""
    server = Server(tmp_path)
    yield server
    server.close()


def test_serve_says_where_everything_is_and_keeps_what_people_made(another: Server) -> None:
    another.start()
    first = another.log.read_text()
    announced = re.fullmatch(
        rf"platform: {another.platform}\n"
        rf"website: {another.website}/demo/\n"
        rf"admin: {another.platform}/admin/ \(first login: name admin, password (\S{{12,}})\)\n",
        first,
    )
    assert announced, first
    with urllib.request.urlopen(f"{another.website}/demo/") as answer:
        assert "Numonix" in answer.read().decode()
    another.shell(
        "from cookies.models import Partner, Site\n"
        "Site.objects.filter(key='numonix').update(name='Renamed by a person')\n"
        "Partner.objects.filter(site__key='numonix', slug='youtube').delete()\n"
        "Site.objects.get(key='coso-cloud').members.all().delete()"
    )
    before = another.rows("SELECT key, name, domains FROM cookies_site ORDER BY key")
    versions = another.rows(VERSIONS)
    assert another.interrupt() == 0
    assert "Traceback" not in another.log.read_text()
    assert not another.answers()

    another.start()
    second = another.log.read_text().removeprefix(first)
    # The password is said once; afterwards it is the person's own.
    assert (
        second == f"platform: {another.platform}\nwebsite: {another.website}/demo/\nadmin: {another.platform}/admin/\n"
    )
    assert another.rows("SELECT key, name, domains FROM cookies_site ORDER BY key") == before
    assert another.rows(VERSIONS) == versions
    (youtube,) = another.rows(
        "SELECT count(*) AS count FROM cookies_partner JOIN cookies_site AS site ON site.id = site_id"
        " WHERE key = 'numonix' AND slug = 'youtube'"
    )
    assert youtube["count"] == 0

    # An acknowledged event is durable: no moment passes between the answer and the disk.
    refuse_all(another, versions)
    another.kill()
    assert another.rows("SELECT action FROM consent_consentevent") == [{"action": "reject_all"}]


def refuse_all(server: Server, versions: list[dict[str, Any]]) -> None:
    """A visitor's refusal, as a browser sends it; returns once it is acknowledged."""
    (digest,) = (row["digest"] for row in versions if row["key"] == "numonix")
    body = {
        "event_id": str(uuid.uuid4()),
        "consent_id": str(uuid.uuid4()),
        "action": "reject_all",
        "surface": "banner",
        "categories": {"performance": False, "functional": False, "targeting": False},
        "version": digest,
        "language": "en",
        "signals": {"dnt": False, "gpc": False},
    }
    request = urllib.request.Request(
        f"{server.platform}/api/v1/sites/numonix/events",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "text/plain", "Origin": server.website},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status == 201
