"""Website, partners and cookies: read, changed by whoever saw the present state, and written into the log."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cookies.admin.log import last_editor
from cookies.models import Cookie, Partner, Site

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
OWN_PARTNER = {
    "slug": "maps",
    "name": "Maps",
    "category": "functional",
    "purpose": {"en": "Shows the way."},
    "purposes": ["maps"],
}
OWN_COOKIE = {"name": "basket", "category": "functional", "lifetime": "30 day", "purpose": {"en": "Remembers."}}


def logged() -> list[str]:
    return list(LogEntry.objects.order_by("id").values_list("change_message", flat=True))


def fields_of(answer: Any, status: int = 422) -> set[str]:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    return set(answer.json().get("fields", {}))


# --- ETags -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["", "/partners", "/partners/chat", "/cookies", "/draft", "/versions", "/statistics"])
def test_what_is_known_already_is_not_sent_again(path: str, ask: Callable[..., Any], furnished: Site) -> None:
    tag = ask("GET", path)["ETag"]
    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = ask("GET", path, if_none_match=header)
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)
    assert ask("GET", path, if_none_match='"other"').status_code == 200


def test_list_tells_the_etag_of_each(ask: Callable[..., Any], furnished: Site) -> None:
    for row in ask("GET", "/partners").json()["results"]:
        assert ask("GET", f"/partners/{row['slug']}")["ETag"] == f'"{row["etag"]}"'


@pytest.mark.parametrize(
    ("path", "body"), [("", {"name": "New"}), ("/partners/chat", {"name": "New"}), ("/cookies/{id}", {"name": "new"})]
)
def test_change_needs_the_present_state(path: str, body: Any, ask: Callable[..., Any], furnished: Site) -> None:
    path = path.format(id=furnished.cookies.get(name="session").pk)
    assert ask("PATCH", path, body).status_code == 428
    before = ask("GET", path)["ETag"]
    for wrong in ('"other"', f"W/{before}", before.strip('"')):
        assert ask("PATCH", path, body, if_match=wrong).json()["code"] == "changed_meanwhile"
    first = ask("PATCH", path, body, if_match=before)
    assert (first.status_code, first.json()["name"]) == (200, body["name"])
    # The second of two who read the same state is told, and nothing is overwritten.
    assert ask("PATCH", path, {"name": "second"}, if_match=before).status_code == 412
    assert ask("GET", path).json()["name"] == body["name"]
    assert ask("PATCH", path, {"name": "third"}, if_match=first["ETag"]).status_code == 200
    assert ask("PATCH", path, {"name": "fourth"}, if_match="*").status_code == 200


def test_state_changed_in_the_admin_is_another_one(ask: Callable[..., Any], furnished: Site) -> None:
    before = ask("GET", "/partners/chat")["ETag"]
    Partner.objects.filter(slug="chat").update(purpose={"en": "By a person."})
    assert ask("PATCH", "/partners/chat", {"name": "New"}, if_match=before).status_code == 412


def test_state_is_compared_once_nobody_else_can_change_it(ask: Callable[..., Any], furnished: Site) -> None:
    tag = ask("GET", "/partners/chat")["ETag"]
    with CaptureQueriesContext(connection) as queries:
        assert ask("PATCH", "/partners/chat", {"name": "New"}, if_match=tag).status_code == 200
    asked = [query["sql"] for query in queries]
    begins = next(at for at, sql in enumerate(asked) if sql.startswith("SAVEPOINT"))
    first_read = next(at for at, sql in enumerate(asked) if 'FROM "cookies_partner"' in sql)
    # On SQLite a transaction itself is the lock: it begins IMMEDIATE.
    assert first_read > begins
    assert 'FROM "cookies_site"' in asked[begins + 1]
    assert ("FOR UPDATE" in asked[begins + 1]) is (connection.vendor == "postgresql")


# --- The website -----------------------------------------------------------------------------------


def test_website_is_read_and_changed(ask: Callable[..., Any], site: Site) -> None:
    assert ask("GET", "").json()["domains"] == ["https://www.numonix.example"]
    sent = {"domains": ["https://www.numonix.example", "https://*.numonix.example"], "partner_notice_days": 14}
    told = ask("PATCH", "", sent, if_match="*").json()
    assert {name: told[name] for name in sent} == sent
    site.refresh_from_db()
    assert (site.domains, site.partner_notice_days) == (sent["domains"], 14)
    assert logged() == [
        "Everything (token): Set the addresses to https://www.numonix.example, https://*.numonix.example.",
        "Everything (token): Changed the details of the website.",
    ]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"domains": ["www.example.com"]}, 422, "domains"),
        ({"cookie_domain": "example.org"}, 422, "cookie_domain"),
        ({"privacy_policy_url": "javascript:alert(1)"}, 422, "privacy_policy_url"),
        ({"keep_path": "//evil.example.com"}, 422, "keep_path"),
        ({"default_language": "xx"}, 400, "default_language"),
        ({"partner_notice_days": "14"}, 400, "partner_notice_days"),
        ({"partner_notice_days": True}, 400, "partner_notice_days"),
        ({"name": None}, 400, "name"),
        ({"name": 7}, 400, "name"),
        ({"key": "other"}, 400, "key"),
        ({"state": "archived"}, 400, "state"),
        ([], 400, "body"),
        (b"{", 400, ""),
    ],
)
def test_wrong_facts_change_nothing(body: Any, status: int, field: str, ask: Callable[..., Any], site: Site) -> None:
    before = ask("GET", "")["ETag"]
    assert fields_of(ask("PATCH", "", body, if_match="*"), status) == ({field} if field else set())
    assert ask("GET", "")["ETag"] == before
    assert not logged()


def test_half_of_a_change_is_none(ask: Callable[..., Any], site: Site) -> None:
    answer = ask(
        "PATCH", "", {"domains": ["https://new.example.com"], "cookie_domain": "elsewhere.example"}, if_match="*"
    )
    assert fields_of(answer) == {"cookie_domain"}
    site.refresh_from_db()
    assert site.domains == ["https://www.numonix.example"]
    assert not logged()


# --- Partners --------------------------------------------------------------------------------------


def test_partner_comes_from_the_library_with_its_cookies(ask: Callable[..., Any], site: Site) -> None:
    sent = {"library": "google-analytics", "parameters": {"measurement_id": "G-AB12CD34EF"}}
    answer = ask("POST", "/partners", sent)
    assert answer.status_code == 201
    assert answer.json() == ask("GET", "/partners/google-analytics").json()
    assert answer.json()["parameters"] == sent["parameters"]
    assert site.cookies.filter(partner__slug="google-analytics").exists()
    assert logged() == ["Everything (token): Added the partner Google Analytics 4 from the library."]


def test_partner_is_added_by_hand_changed_archived_and_restored(ask: Callable[..., Any], site: Site) -> None:
    assert ask("POST", "/partners", OWN_PARTNER).status_code == 201
    assert ask("PATCH", "/partners/maps", {"country": "IE"}, if_match="*").json()["country"] == "IE"
    assert ask("PATCH", "/partners/maps", {"archived": True}, if_match="*").json()["archived"] is True
    assert [row["slug"] for row in ask("GET", "/partners?archived=true").json()["results"]] == ["maps"]
    assert ask("GET", "/partners?archived=false").json()["results"] == []
    assert ask("PATCH", "/partners/maps", {"archived": False}, if_match="*").json()["archived"] is False
    assert [line.removeprefix("Everything (token): ") for line in logged()] == [
        "Added the partner Maps by hand.",
        "Changed the partner Maps.",
        "Archived the partner Maps.",
        "Restored the partner Maps.",
    ]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"library": "nobody"}, 400, "slug"),
        ({"slug": "Maps"}, 400, "slug"),
        ({"purpose": {"en": ""}}, 400, "purpose"),
        ({"purpose": {"no such": "x"}}, 400, "purpose"),
        ({"purpose": {"en": 5}}, 400, "purpose"),
        ({"purposes": ["ruling"]}, 400, "purposes.0"),
        ({"sale_or_share": "no"}, 400, "sale_or_share"),
        ({"country": "Ireland"}, 400, "country"),
        ({"hosts": ["http://x"]}, 422, "hosts"),
        ({"starts_on": "2020-01-01"}, 422, "starts_on"),
        ({"category": "strictly_necessary"}, 422, "necessity_justification"),
        ({"necessity_justification": "Because."}, 400, "necessity_justification"),
        ({"load_mode": "signalled"}, 400, "load_mode"),
        ({"name": "with\x00nul"}, 400, "name"),
    ],
)
def test_wrong_partner_is_not_added(
    change: dict[str, Any], status: int, field: str, ask: Callable[..., Any], site: Site
) -> None:
    assert field in fields_of(ask("POST", "/partners", {**OWN_PARTNER, **change}), status)
    assert not site.partners.exists()


def test_wrong_library_partner_is_not_added(ask: Callable[..., Any], site: Site) -> None:
    assert fields_of(ask("POST", "/partners", {"library": "nobody"})) == {"library"}
    assert fields_of(ask("POST", "/partners", {"library": "google-analytics"})) == {"parameter_measurement_id"}
    assert not site.partners.exists()


def test_partner_is_not_there_twice(ask: Callable[..., Any], site: Site) -> None:
    ask("POST", "/partners", OWN_PARTNER)
    assert fields_of(ask("POST", "/partners", OWN_PARTNER)) == {"slug"}


def test_promise_to_announce_partners_holds_for_programs(ask: Callable[..., Any], site: Site) -> None:
    site.partner_notice_days = 14
    site.save()
    today = timezone.now().date()
    told = ask("POST", "/partners", OWN_PARTNER).json()
    assert date.fromisoformat(told["starts_on"]) in {today + timedelta(days=14), today + timedelta(days=15)}
    assert ask("POST", "/partners", {**OWN_PARTNER, "slug": "now", "starts_on": None}).json()["starts_on"] is None


def test_loading_before_a_yes_is_logged_by_itself(ask: Callable[..., Any], site: Site) -> None:
    ask("POST", "/partners", {"library": "google-analytics", "parameters": {"measurement_id": "G-AB12CD34EF"}})
    assert ask("PATCH", "/partners/google-analytics", {"load_mode": "signalled"}, if_match="*").status_code == 200
    assert logged()[-1] == "Everything (token): Let the partner Google Analytics 4 load before a yes."


def test_change_by_a_token_counts_as_one_of_its_maker(ask: Callable[..., Any], furnished: Site) -> None:
    ask("PATCH", "/partners/chat", {"name": "New"}, if_match="*")
    assert last_editor(furnished) == "alice"


# --- Cookies ---------------------------------------------------------------------------------------


def test_cookie_is_added_changed_and_removed(ask: Callable[..., Any], site: Site) -> None:
    made = ask("POST", "/cookies", OWN_COOKIE)
    assert made.status_code == 201
    path = f"/cookies/{made.json()['id']}"
    assert ask("PATCH", path, {"lifetime": "session"}, if_match=made["ETag"]).json()["lifetime"] == "session"
    assert ask("DELETE", path).status_code == 428
    assert ask("DELETE", path, if_match=made["ETag"]).status_code == 412
    assert ask("DELETE", path, if_match="*").status_code == 204
    assert ask("GET", path).json()["code"] == "unknown_cookie"
    assert [line.removeprefix("Everything (token): ") for line in logged()] == [
        "Added the cookie basket.",
        "Changed the cookie basket.",
        "Removed the cookie basket.",
    ]


def test_cookie_follows_its_partner(ask: Callable[..., Any], furnished: Site) -> None:
    sent = {name: value for name, value in OWN_COOKIE.items() if name != "category"}
    told = ask("POST", "/cookies", {**sent, "partner": "chat"}).json()
    assert (told["partner"], told["category"]) == ("chat", "functional")
    wrong = ask("POST", "/cookies", {**sent, "name": "b", "partner": "chat", "category": "targeting"})
    assert fields_of(wrong) == {"category"}
    assert fields_of(ask("PATCH", f"/cookies/{told['id']}", {"partner": None}, if_match="*")) == {"category"}


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"partner": "nobody"}, 422, "partner"),
        ({"lifetime": "for ever"}, 422, "lifetime"),
        ({"party": "third"}, 422, "domain"),
        ({"technology": "fax"}, 400, "technology"),
        ({"purpose": {}}, 422, "purpose"),
        ({"id": 5}, 400, "id"),
    ],
)
def test_wrong_cookie_is_not_added(
    change: dict[str, Any], status: int, field: str, ask: Callable[..., Any], site: Site
) -> None:
    assert field in fields_of(ask("POST", "/cookies", {**OWN_COOKIE, **change}), status)
    assert not site.cookies.exists()


def test_rows_of_another_website_are_out_of_reach(ask: Callable[..., Any], site: Site, mallory_site: Site) -> None:
    foreign = Cookie.objects.create(
        site=mallory_site, name="x", own_category="functional", lifetime="session", purpose={"en": "X."}
    )
    Partner.objects.create(site=mallory_site, slug="theirs", name="Theirs", category="functional")
    assert ask("GET", f"/cookies/{foreign.pk}").status_code == 404
    assert ask("DELETE", f"/cookies/{foreign.pk}", if_match="*").status_code == 404
    assert ask("GET", "/partners/theirs").status_code == 404
    assert fields_of(ask("POST", "/cookies", {**OWN_COOKIE, "partner": "theirs"})) == {"partner"}
    assert Cookie.objects.filter(pk=foreign.pk).exists()


# --- Lists -----------------------------------------------------------------------------------------


def pages(ask: Callable[..., Any], path: str) -> list[list[Any]]:
    """Every page of a list."""
    found: list[list[Any]] = []
    cursor: str | None = ""
    join = "&" if "?" in path else "?"
    while cursor is not None:
        page = ask("GET", f"{path}{join}limit=2{cursor and f'&cursor={cursor}'}").json()
        found.append(page["results"])
        cursor = page["next_cursor"]
        assert len(found) < 20
    return found


def test_pages_hold_every_row_once(ask: Callable[..., Any], furnished: Site) -> None:
    partners = pages(ask, "/partners")
    assert [[row["slug"] for row in page] for page in partners] == [["ads", "analytics"], ["chat"]]
    cookies = [row["name"] for page in pages(ask, "/cookies") for row in page]
    assert cookies == list(furnished.cookies.order_by("id").values_list("name", flat=True))
    assert [[row["slug"] for row in page] for page in pages(ask, "/partners?category=functional")] == [["chat"]]


def test_row_that_came_meanwhile_moves_no_page(ask: Callable[..., Any], furnished: Site) -> None:
    first = ask("GET", "/partners?limit=2").json()
    Partner.objects.create(site=furnished, slug="aaa", name="A", category="functional")
    second = ask("GET", f"/partners?limit=2&cursor={first['next_cursor']}").json()
    assert [row["slug"] for row in second["results"]] == ["chat"]


def test_cursor_of_another_list_is_refused(
    ask: Callable[..., Any], furnished: Site, mallory_site: Site, mallory: Any, new_token: Callable[..., str]
) -> None:
    cursor = ask("GET", "/partners?limit=2").json()["next_cursor"]
    for path in (f"/partners?category=functional&cursor={cursor}", f"/cookies?cursor={cursor}"):
        assert ask("GET", path).json()["code"] == "cursor_of_another_list"
    foreign = new_token(site=mallory_site, made_by=mallory)
    elsewhere = ask("GET", f"/api/v1/manage/sites/elsewhere/partners?cursor={cursor}", token=foreign)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (400, "cursor_of_another_list")
    for broken in ("x", cursor[:-1], "%00"):
        answer = ask("GET", f"/partners?cursor={broken}")
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_unknown")


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "limit=-1",
        "limit=٣",
        "limit=1&limit=2",
        "nonsense=1",
        "category=x",
        "archived=maybe",
    ],
)
def test_wrong_queries_are_explained(query: str, ask: Callable[..., Any], site: Site) -> None:
    assert fields_of(ask("GET", f"/partners?{query}"), 400) == {query.partition("=")[0]}


@pytest.mark.parametrize("path", ["/partners", "/cookies"])
def test_lists_ask_no_more_for_more_rows(path: str, ask: Callable[..., Any], furnished: Site) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert ask("GET", path).status_code == 200
        return len(found)

    ask("GET", path)
    before = queries()
    for number in range(20):
        partner = Partner.objects.create(site=furnished, slug=f"p{number}", name="P", category="functional")
        Cookie.objects.create(site=furnished, partner=partner, name="c", lifetime="session", purpose={"en": "C."})
    assert queries() == before <= 6
