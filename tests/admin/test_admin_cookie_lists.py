"""A website's cookies as a file in the admin: looked at first, then taken over; given out; names tried."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cookies.models import Cookie
from tests.admin.conftest import url

if TYPE_CHECKING:
    from django.test import Client

    from cookies.models import Site

pytestmark = pytest.mark.django_db
HEADER = "name,partner,category,technology,party,domain,lifetime,purpose_en"
TABLE = f"{HEADER}\nsid,,functional,cookie,first,,session,Signs in\n"


def upload(text: str = TABLE) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("list.csv", text.encode(), content_type="text/csv")}


def seal(page: str) -> str:
    found = re.search(r'name="looked_at" value="([^"]+)"', page)
    assert found
    return found[1]


def test_list_is_looked_at_and_then_taken_over(as_alice: Client, catalogue: Site) -> None:
    where = url("cookies-import", catalogue)
    page = as_alice.post(where, upload()).content.decode()
    assert "1 cookie would be added" in page
    assert not Cookie.objects.filter(name="sid").exists()
    as_alice.post(where, {"looked_at": seal(page)})
    assert Cookie.objects.get(name="sid").purpose == {"en": "Signs in"}
    assert LogEntry.objects.filter(change_message__startswith="Added 1 cookie from a file").exists()
    assert "There is nothing to take over" in as_alice.post(where, upload()).content.decode()


def test_look_ends_after_an_hour_and_belongs_to_one_website(
    as_alice: Client, catalogue: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = url("cookies-import", catalogue)
    sealed = seal(as_alice.post(where, upload()).content.decode())
    late = (timezone.now() + timedelta(minutes=61)).timestamp()
    with monkeypatch.context() as later:
        later.setattr("django.core.signing.time.time", lambda: late)
        assert "Send it again" in as_alice.post(where, {"looked_at": sealed}).content.decode()
    assert "Send it again" in as_alice.post(where, {"looked_at": sealed[:-2]}).content.decode()
    assert not Cookie.objects.filter(name="sid").exists()


def test_unreadable_file_is_refused_at_its_field(as_alice: Client, catalogue: Site) -> None:
    content = SimpleUploadedFile("list.csv", "name\nGröße".encode("latin-1"))
    page = as_alice.post(url("cookies-import", catalogue), {"file": content}).content.decode()
    assert "save it as “CSV UTF-8”" in page
    assert "Choose a file." in as_alice.post(url("cookies-import", catalogue), {}).content.decode()


def test_list_that_is_given_out_is_the_one_that_stands_there(as_alice: Client, catalogue: Site) -> None:
    answer = as_alice.get(url("cookies-export", catalogue))
    assert answer["Content-Disposition"] == f'attachment; filename="{catalogue.key}-cookies.csv"'
    text = answer.content.decode("utf-8-sig")
    assert all(cookie.name in text for cookie in catalogue.cookies.all())
    page = as_alice.post(url("cookies-import", catalogue), upload(text)).content.decode()
    assert "There is nothing to take over" in page


def test_names_of_a_browser_find_their_entries(as_alice: Client, catalogue: Site) -> None:
    Cookie.objects.create(
        site=catalogue, name="try_*", own_category="functional", lifetime="session", purpose={"en": "x"}
    )
    where = url("cookies-try", catalogue)
    page = as_alice.get(where, {"names": "try_12=secret; unknown=1"}).content.decode()
    assert "1 of 2 stands in no entry." in page
    assert re.search(r"try_12</code></th>\s*<td[^>]*><code class=\"sy-code\">try_\*", page)
    assert "name=unknown" in page
    assert "Each of them is listed." in as_alice.get(where, {"names": "try_"}).content.decode()
