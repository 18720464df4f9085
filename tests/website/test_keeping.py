"""The website's own address that sets the consent cookie by header."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

from tests.website.conftest import NewWebsite, Platform, cookie

if TYPE_CHECKING:
    from tests.website.foreign import Answer, ForeignWebsite

PATH = "/sayso/keep"
DAY = 86_400


def ask(website: ForeignWebsite, *headers: tuple[str, str], method: str = "POST", site: str = "same-origin") -> Answer:
    return website.get(PATH, ("Sec-Fetch-Site", site), *headers, method=method)


def own_origin(website: ForeignWebsite) -> str:
    return f"http://127.0.0.1:{website.port}"


def keep(seconds: int | str) -> tuple[str, str]:
    return "Sayso-Keep", str(seconds)


def given(age: int = 60) -> tuple[str, str]:
    return "Cookie", "theme=dark; " + cookie("a" * 12, decided_at=int(time.time()) - age)


def test_answer_is_set_again_as_it_came(either: ForeignWebsite) -> None:
    cookies = given()
    asked = ask(either, cookies, keep(30 * DAY))
    assert asked.status == 204
    said = asked.headers["Set-Cookie"]
    assert f"theme=dark; {said.partition(';')[0]}" == cookies[1]
    attributes = {part.strip() for part in said.split(";")[1:] if not part.strip().startswith("expires=")}
    assert attributes == {f"Max-Age={30 * DAY}", "Path=/", "SameSite=Lax"}
    assert asked.headers["Cache-Control"] == "no-store"
    # No longer than the website keeps a yes.
    longest = ask(either, given(age=100 * DAY), keep(400 * DAY)).headers["Set-Cookie"]
    found = re.search(r"Max-Age=(\d+)", longest)
    assert found
    assert 79 * DAY < int(found[1]) <= 80 * DAY


def test_newest_of_two_answers_is_set(website: ForeignWebsite) -> None:
    older = given(age=500)[1].removeprefix("theme=dark; ")
    refusal = cookie("a" * 12, "-")
    for pair in (f"{older}; {refusal}", f"{refusal}; {older}"):
        assert ask(website, ("Cookie", pair), keep(60)).headers["Set-Cookie"].startswith(f"{refusal};")


def test_what_is_no_answer_is_refused(either: ForeignWebsite) -> None:
    changed = given()[1].replace("~", "~x")
    for cookies in (changed, "sayso=1.x", "sayso=", "theme=dark", "sayso=" + "A" * 3_000, given(200 * DAY)[1]):
        refused = ask(either, ("Cookie", cookies), keep(60))
        assert (refused.status, refused.headers["Set-Cookie"]) == (400, None), cookies
    for seconds in ("", "0", "-1", "x", "9" * 30):
        assert ask(either, given(), keep(seconds)).status == 400, seconds
    assert ask(either, given()).status == 400


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_another_origin_is_refused(website: ForeignWebsite, site: str) -> None:
    refused = ask(website, given(), keep(60), ("Origin", own_origin(website)), site=site)
    assert (refused.status, refused.headers["Set-Cookie"]) == (403, None)


def test_browser_without_fetch_metadata_is_judged_by_its_origin(website: ForeignWebsite) -> None:
    for origin, status in ((own_origin(website), 204), ("http://evil.example", 403), ("null", 403), ("", 403)):
        said = website.get(PATH, ("Origin", origin), given(), keep(60), method="POST")
        assert said.status == status, origin


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_only_post_is_answered(website: ForeignWebsite, method: str) -> None:
    refused = ask(website, given(), keep(60), method=method)
    assert (refused.status, refused.headers["Allow"], refused.headers["Set-Cookie"]) == (405, "POST", None)


def test_cookie_is_secure_where_the_browser_sees_https(website: ForeignWebsite) -> None:
    said = ask(website, given(), keep(60), ("Origin", "https://www.example.com"))
    assert "Secure" in said.headers["Set-Cookie"]


def test_domain_is_named_where_the_website_chose_one(new_website: NewWebsite, platform: Platform) -> None:
    website = new_website(
        SITE_KEY="numonix", PLATFORM=platform.platform, KEEP_PATH=PATH, COOKIE_DOMAIN="family.localhost"
    )
    for host, domain in (("shop.family.localhost", True), ("localhost", False)):
        headers = dict([("Host", host), ("Sec-Fetch-Site", "same-origin"), given(), keep(60)])
        request = Request(f"http://127.0.0.1:{website.port}{PATH}", headers=headers, method="POST")
        with urlopen(request, timeout=30) as said:
            assert ("Domain=family.localhost" in said.headers["Set-Cookie"]) is domain


def test_address_is_the_websites_own_where_none_was_chosen(new_website: NewWebsite, platform: Platform) -> None:
    website = new_website(SITE_KEY="numonix", PLATFORM=platform.platform)
    assert ask(website, given(), keep(60)).status == 404


def test_answer_waits_for_a_platform_that_was_never_heard(new_website: NewWebsite) -> None:
    website = new_website(SITE_KEY="numonix", PLATFORM="http://localhost:9", KEEP_PATH=PATH)
    refused = ask(website, given(), keep(60))
    assert (refused.status, refused.headers["Set-Cookie"]) == (503, None)
    # Nothing of a visitor is in the log.
    assert cookie("a" * 12).split(".")[4] not in website.log.read_text()
