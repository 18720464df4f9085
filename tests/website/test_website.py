"""A foreign Django project decides as the platform does, and tells its caches what its answers depend on."""

from __future__ import annotations

import http.client
import json
import re
import time
import urllib.request
from contextlib import closing
from typing import Any

import pytest

from consent.privacy_signals import Signals
from tests.website.conftest import COUNTRY, REGION, NewWebsite, Platform, cookie
from tests.website.foreign import Answer, ForeignWebsite

DNT, GPC = ("DNT", "1"), ("Sec-GPC", "1")
ASKED = {"Cookie", "DNT", "Sec-GPC"}
PATIENCE = 20


def live(platform: Platform, key: str = "numonix") -> str:
    with urllib.request.urlopen(f"{platform.platform}/api/v1/sites/{key}") as answer:
        digest: str = json.load(answer)["version"]["digest"]
    return digest


def accepted(platform: Platform, categories: str = "pft", *, key: str = "numonix", **changes: Any) -> tuple[str, str]:
    return "Cookie", cookie(live(platform, key), categories, **changes)


def wait_until(website: ForeignWebsite, text: str, path: str, *headers: tuple[str, str]) -> Answer:
    latest = time.monotonic() + PATIENCE
    while text not in (answer := website.get(path, *headers)).text:
        assert time.monotonic() < latest, f"{answer.text}\n{website.log.read_text()}"
        time.sleep(0.1)
    return answer


def allows(website: ForeignWebsite, query: str, *headers: tuple[str, str]) -> bool:
    allowed: bool = website.get(f"/allows?{query}", *headers).json()["allowed"]
    return allowed


# --- What is allowed -------------------------------------------------------------------------------


def test_consent_follows_the_cookie(either: ForeignWebsite, platform: Platform) -> None:
    assert either.get("/asked").text == "left alone"
    assert either.get("/asked", accepted(platform)).text == "counted"
    assert either.get("/later", accepted(platform)).json() == {"allowed": True}
    assert either.get("/asked", accepted(platform, "ft")).text == "left alone"
    exception = accepted(platform, partners={"google-analytics": False})
    assert either.get("/asked", exception).text == "left alone"
    assert allows(either, "category=performance", exception)


@pytest.mark.parametrize("signal", [DNT, GPC])
def test_consent_follows_the_signals_by_the_same_rule(
    either: ForeignWebsite, platform: Platform, signal: tuple[str, str]
) -> None:
    assert not allows(either, "category=performance", accepted(platform), signal)
    under_it = Signals(dnt=signal is DNT, gpc=signal is GPC)
    assert allows(either, "category=performance", accepted(platform, signals=under_it), signal)


def test_consent_of_a_header_that_came_twice_is_the_refusal(either: ForeignWebsite, platform: Platform) -> None:
    assert not allows(either, "category=functional", accepted(platform), ("Sec-GPC", "0"), GPC)
    assert allows(either, "category=functional", accepted(platform), ("Sec-GPC", "true"))


def test_consent_counts_the_newest_of_two_cookies(either: ForeignWebsite, platform: Platform) -> None:
    version, now = live(platform), int(time.time())
    older, newer = cookie(version, "pft", decided_at=now - 500), cookie(version, "-", decided_at=now - 50)
    for pair in (f"{older}; {newer}", f"{newer}; {older}"):
        assert not allows(either, "category=performance", ("Cookie", pair))
    assert allows(either, "category=performance", ("Cookie", f"sayso=broken; theme=dark; {older}"))


@pytest.mark.parametrize("broken", ["sayso=1.x", "sayso=", 'sayso="1.2.3"', "sayso=" + "A" * 3_000, "sayso=\xff"])
def test_corrupt_cookie_equals_no_cookie(website: ForeignWebsite, broken: str) -> None:
    without, corrupt = website.get("/state"), website.get("/state", ("Cookie", broken))
    assert corrupt.status == 200
    assert corrupt.json() == without.json()


def test_unknown_names_are_refused_and_reported_once(website: ForeignWebsite, platform: Platform) -> None:
    for _ in range(2):
        assert not allows(website, "category=perfomance", accepted(platform))
        assert not allows(website, "category=performance&partner=no-such-partner", accepted(platform))
        assert not allows(website, "category=performance&partner=", accepted(platform))
        assert not allows(website, "category=performance&partner=alice%40example.com", accepted(platform))
    assert allows(website, "category=strictly_necessary")
    log = website.log.read_text()
    assert log.count("no category perfomance") == 1
    assert log.count("no partner no-such-partner") == 1
    assert "alice" not in log


@pytest.mark.parametrize("key", ["numonix", "cloud9-technologies", "coso-cloud"])
def test_decision_is_that_of_the_hosted_page(new_website: NewWebsite, platform: Platform, key: str) -> None:
    website = new_website(SITE_KEY=key, PLATFORM=platform.platform, COUNTRY_HEADER=COUNTRY, REGION_HEADER=REGION)
    places = [(), ((COUNTRY, "DE"),), ((COUNTRY, "US"), (REGION, "CA")), ((COUNTRY, "US"), (REGION, "CO"))]
    answers = [(), (accepted(platform, key=key),), (accepted(platform, "p", key=key, regime="us-ca"),)]
    signals: list[tuple[tuple[str, str], ...]] = [(), (DNT,), (GPC,)]
    seen = set()
    for headers in [(*place, *answer, *signal) for place in places for answer in answers for signal in signals]:
        here = website.get("/state", *headers).json()
        there = hosted(platform, key, *headers)
        assert {name: here["categories"][name] for name in there["categories"]} == there["categories"], headers
        assert {name: here["partners"][name] for name in there["partners"]} == there["partners"], headers
        assert there["partners"]
        seen.add((here["regime"], here["reason"]))
    assert len({regime for regime, _ in seen}) == (4 if key == "coso-cloud" else 1)
    assert len({reason for _, reason in seen}) > 2


def hosted(platform: Platform, key: str, *headers: tuple[str, str]) -> dict[str, dict[str, bool]]:
    """What the hosted preference page under the website's own name has switched on."""
    host = f"127.0.0.1:{platform.port}" if key == "numonix" else f"{key}.localhost:{platform.port}"
    with closing(http.client.HTTPConnection("127.0.0.1", platform.port, timeout=30)) as connection:
        connection.putrequest("GET", f"/p/{key}/", skip_host=True)
        for name, value in (("Host", host), *headers):
            connection.putheader(name, value)
        connection.endheaders()
        page = connection.getresponse().read().decode()
    boxes = re.findall(r'<input type="checkbox"[^>]* name="(\w+)" value="([\w-]+)"([^>]*)>', page)
    on = {(name, value): rest.endswith(" checked") for name, value, rest in boxes}
    categories = {value: is_on for (name, value), is_on in on.items() if name == "category"}
    assert categories, page
    in_category = dict(partners_by_category(page))
    partners = {slug: on["kept" if categories[category] else "allowed", slug] for slug, category in in_category.items()}
    return {"categories": categories, "partners": partners}


def partners_by_category(page: str) -> list[tuple[str, str]]:
    category, found = "", []
    for name, value in re.findall(r'<input type="checkbox"[^>]* name="(\w+)" value="([\w-]+)"', page):
        category = value if name == "category" else category
        if name == "kept":
            found.append((value, category))
    return found


def test_region_decides_only_where_a_header_is_trusted(new_website: NewWebsite, platform: Platform) -> None:
    blind = new_website(SITE_KEY="coso-cloud", PLATFORM=platform.platform)
    answer = blind.get("/state", (COUNTRY, "US"), (REGION, "CA"))
    assert answer.json()["regime"] == "unknown"
    assert answer.vary == {"Accept-Language", *ASKED}


# --- Caches ----------------------------------------------------------------------------------------


def test_answers_vary_only_where_consent_was_asked(either: ForeignWebsite) -> None:
    assert either.get("/asked").vary == {"Accept-Language", *ASKED}
    assert either.get("/").vary == {"Accept-Language"}


def test_answers_vary_by_the_region_headers_too(new_website: NewWebsite, platform: Platform) -> None:
    website = new_website(
        SITE_KEY="coso-cloud", PLATFORM=platform.platform, COUNTRY_HEADER=COUNTRY, REGION_HEADER=REGION
    )
    assert website.get("/asked").vary == {"Accept-Language", *ASKED, COUNTRY, REGION}
    assert website.get("/").vary == {"Accept-Language"}


def test_page_cache_never_hands_one_visitors_yes_to_another(website: ForeignWebsite, platform: Platform) -> None:
    assert website.get("/cached", accepted(platform)).text == "counted"
    assert website.get("/cached").text == "left alone"
    assert website.get("/cached", accepted(platform)).text == "counted"


def test_page_that_does_not_ask_stays_in_the_page_cache(website: ForeignWebsite, platform: Platform) -> None:
    first = website.get("/cached-plain", accepted(platform))
    second = website.get("/cached-plain", DNT)
    assert first.text == second.text
    assert second.headers["Tk"] == "?;numonix"


def test_question_that_comes_too_late_is_a_no(website: ForeignWebsite, platform: Platform) -> None:
    answer = website.get("/streamed", accepted(platform))
    assert answer.text == "False"
    assert not answer.vary & ASKED
    assert "too late for its Vary header" in website.log.read_text()


# --- What the website says about tracking ----------------------------------------------------------


def test_tk_tells_the_truth_of_each_answer(either: ForeignWebsite, platform: Platform) -> None:
    assert either.get("/").headers["Tk"] == "?;numonix"
    assert either.get("/", accepted(platform)).headers["Tk"] == "?;numonix"
    assert either.get("/nowhere").headers["Tk"] == "?;numonix"
    assert either.get("/asked").headers["Tk"] == "N"
    assert either.get("/asked", accepted(platform)).headers["Tk"] == "C;numonix"
    assert either.get("/asked", accepted(platform), DNT).headers["Tk"] == "N"


def test_tk_is_t_where_the_law_lets_things_run(new_website: NewWebsite, platform: Platform) -> None:
    website = new_website(
        SITE_KEY="coso-cloud", PLATFORM=platform.platform, COUNTRY_HEADER=COUNTRY, REGION_HEADER=REGION
    )
    assert website.get("/asked", (COUNTRY, "US"), (REGION, "CA")).headers["Tk"] == "T"
    assert website.get("/asked", (COUNTRY, "FR")).headers["Tk"] == "N"


def test_tk_is_d_on_a_website_that_disregards_the_preference(new_website: NewWebsite, platform: Platform) -> None:
    website = new_website(SITE_KEY="cloud9-technologies", PLATFORM=platform.platform)
    assert {website.get(path, DNT).headers["Tk"] for path in ("/", "/asked")} == {"D"}
    for path in ("/.well-known/dnt/", "/.well-known/dnt/cloud9-technologies"):
        assert website.get(path).json()["tracking"] == "D"


def test_tracking_status_is_served_under_the_websites_own_name(either: ForeignWebsite, platform: Platform) -> None:
    site_wide = either.get("/.well-known/dnt/", accepted(platform))
    assert site_wide.headers["Content-Type"] == "application/tracking-status+json"
    assert site_wide.json() == {
        "tracking": "?",
        "policy": f"{platform.platform}/p/numonix/cookies/#signals",
        "config": f"{platform.platform}/p/numonix/?return=http%3A%2F%2F127.0.0.1%3A{either.port}%2F",
        "controller": [f"{platform.platform}/p/numonix/cookies/#responsible"],
    }
    assert not site_wide.vary & ASKED
    own = either.get("/.well-known/dnt/numonix", accepted(platform))
    assert own.json()["tracking"] == "C"
    assert (own.headers["Cache-Control"], own.headers["Tk"]) == ("private, no-store", "N")
    assert own.vary >= ASKED
    assert either.get("/.well-known/dnt/numonix", accepted(platform), GPC).json()["tracking"] == "N"
    assert "Set-Cookie" not in own.headers


def test_gpc_support_is_served_under_the_websites_own_name(either: ForeignWebsite) -> None:
    answer = either.get("/.well-known/gpc.json")
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.json()["gpc"] is True
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", answer.json()["lastUpdate"])


def test_well_known_addresses_are_for_reading_and_for_this_website_only(either: ForeignWebsite) -> None:
    assert either.get("/.well-known/dnt/", method="POST").status == 405
    assert either.get("/.well-known/dnt/", method="HEAD").status == 200
    assert either.get("/.well-known/dnt/coso-cloud").status == 404


# --- The platform is away, and changes -------------------------------------------------------------


def test_website_lives_with_a_platform_that_is_down(
    new_website: NewWebsite, platform: Platform, request: pytest.FixtureRequest
) -> None:
    yes = accepted(platform)
    platform.kill()
    website = new_website(SITE_KEY="numonix", PLATFORM=platform.platform, REFRESH_SECONDS=1)
    began = time.monotonic()
    unknown = website.get("/state", yes).json()
    assert time.monotonic() - began < 5
    assert (unknown["regime"], unknown["partners"], unknown["show"]) == ("unknown", {}, "nothing")
    assert [name for name, is_on in unknown["categories"].items() if is_on] == ["strictly_necessary"]
    assert website.get("/asked", yes).headers["Tk"] == "?;numonix"
    assert website.get("/.well-known/dnt/numonix", yes).status == 503
    assert website.get("/.well-known/gpc.json").status == 200
    platform.start()
    wait_until(website, "counted", "/asked", yes)
    platform.kill()
    # Longer than it takes to find out.
    time.sleep(2.5)
    assert website.get("/asked", yes).text == "counted"
    log = website.log.read_text()
    assert log.count("no facts from") == 2
    assert log.count("answers again") == 1
    assert "3f2b8c1e" not in log
    assert yes[1] not in log


def test_change_that_is_published_reaches_the_website(new_website: NewWebsite, platform: Platform) -> None:
    make = """
from django.utils import timezone
from consent.services.publishing import publish
from cookies.services.catalogue import add_library_partner
from cookies.services.sites import create_site
from tests.facts import ANSWERABLE
site = create_site(key="changing", name="Changing", domains=["http://127.0.0.1:*"], **ANSWERABLE)
add_library_partner(site=site, library="google-analytics", load_mode="gated",
    parameters={"measurement_id": "G-CHANGING1"})
print(publish(site=site, by="test", now=timezone.now()).version.digest)
"""
    change = """
from django.utils import timezone
from consent.services.publishing import publish
from cookies.models import Site
from cookies.services.catalogue import add_library_partner
site = Site.objects.get(key="changing")
add_library_partner(site=site, library="hotjar", category="performance", load_mode="gated",
    parameters={"site_id": "1234567"})
publish(site=site, by="test", now=timezone.now())
"""
    yes = ("Cookie", cookie(platform.shell(make)))
    website = new_website(SITE_KEY="changing", PLATFORM=platform.platform, REFRESH_SECONDS=1)
    before = wait_until(website, "google-analytics", "/state", yes).json()
    assert (before["reason"], before["partners"]) == ("decided", {"google-analytics": True})
    platform.shell(change)
    after = wait_until(website, "hotjar", "/state", yes).json()
    assert (after["reason"], after["show"]) == ("changed", "banner")
    assert after["partners"] == {"google-analytics": True, "hotjar": False}


# --- Templates -------------------------------------------------------------------------------------


def test_snippet_speaks_the_pages_language_where_it_is_published(website: ForeignWebsite, platform: Platform) -> None:
    address = f'<script async src="{platform.platform}/s/numonix'
    assert f'{address}.de.js"></script>' in website.get("/", ("Accept-Language", "de-AT")).text
    assert f'{address}.en.js"></script>' in website.get("/", ("Accept-Language", "en")).text
    # French is not published: the address in French would be a page without a banner.
    assert f'{address}.js"></script>' in website.get("/", ("Accept-Language", "fr")).text
    assert website.render('{% sayso_snippet "de" %}').text == f'{address}.de.js"></script>'


def test_snippet_carries_a_nonce_and_escapes_it(website: ForeignWebsite) -> None:
    assert website.render("{% sayso_snippet nonce=value %}", "value=abc").text.startswith(
        '<script async nonce="abc" src="'
    )
    hostile = website.render("{% sayso_snippet nonce=value %}", "value=%22%3E%3Cb%3E").text
    assert "<b>" not in hostile
    assert 'nonce="&quot;&gt;&lt;b&gt;"' in hostile
    assert "nonce" not in website.render("{% sayso_snippet nonce=missing %}").text


def test_settings_button_opens_the_preferences_and_escapes_its_words(website: ForeignWebsite) -> None:
    button = '<button type="button" data-sayso="open"'
    assert f"{button}>Cookie settings</button>" in website.get("/", ("Accept-Language", "en")).text
    assert f"{button}>Cookie-Einstellungen</button>" in website.get("/", ("Accept-Language", "de")).text
    own = website.render('{% sayso_settings_button value class="link" %}', "value=%3Cb%3E").text
    assert own == f'{button} class="link">&lt;b&gt;</button>'


def test_ifconsent_takes_variables_and_may_go_without_else(website: ForeignWebsite, platform: Platform) -> None:
    text = "{% ifconsent category partner %}yes{% endifconsent %}"
    query = "category=performance&partner=google-analytics"
    assert website.render(text, query, accepted(platform)).text == "yes"
    assert website.render(text, query).text == ""
    assert website.render(text, "category=performance", accepted(platform)).text == "", "The partner is missing."
    whole = '{% ifconsent "functional" %}yes{% else %}no{% endifconsent %}'
    assert website.render(whole, "", accepted(platform, "f")).text == "yes"
    assert website.render(whole, "bare", accepted(platform, "f")).text == "no", "Without a request nothing is allowed."


@pytest.mark.parametrize(
    "wrong",
    ["{% ifconsent %}{% endifconsent %}", '{% ifconsent "a" "b" "c" %}{% endifconsent %}', '{% ifconsent "a" %}',
     '{% sayso_settings_button onclick="x" %}'],
)  # fmt: skip
def test_wrong_tags_are_found_when_the_template_is_made(website: ForeignWebsite, wrong: str) -> None:
    assert website.render(wrong).status == 500


# --- Start -----------------------------------------------------------------------------------------


def test_website_loads_nothing_of_the_platform(website: ForeignWebsite) -> None:
    website.get("/asked")
    loaded = website.get("/loaded").json()
    assert "consent.website.middleware" in loaded
    assert "consent.website.templatetags.sayso" in loaded
    foreign = ("consent.models", "consent.apps", "consent.services", "consent.delivery", "consent.api", "cookies")
    libraries = ("rest_framework", "babel", "msgspec", "environ", "brotli", "maxminddb", "unfold")
    assert [name for name in loaded if name.startswith(foreign) or name.split(".")[0] in libraries] == []


@pytest.mark.parametrize(
    ("sayso", "sentence"),
    [
        ({}, 'SAYSO["SITE_KEY"] is None'),
        ({"SITE_KEY": "my-site"}, 'SAYSO["PLATFORM"] is None'),
        ({"SITE_KEY": "My Site", "PLATFORM": "https://consent.example.com"}, "SAYSO[\"SITE_KEY\"] is 'My Site'"),
        ({"SITE_KEY": "my-site", "PLATFORM": "consent.example.com"}, "Write the origin of Sayso"),
        ({"SITE_KEY": "my-site", "PLATFORM": "https://consent.example.com/p"}, "Write the origin of Sayso"),
        ({"SITE_KEY": "my-site", "PLATFORM": 'https://x"><b>'}, "Write the origin of Sayso"),
        ({"SITE_KEY": "a", "PLATFORM": "https://a.example.com", "REFRESH_SECONDS": 0}, "from 1 to 3600"),
        ({"SITE_KEY": "a", "PLATFORM": "https://a.example.com", "REFRESH_SECONDS": "60"}, "from 1 to 3600"),
        ({"SITE_KEY": "a", "PLATFORM": "https://a.example.com", "REGION_HEADER": "X-Region"}, "Set both"),
        ({"SITE_KEY": "a", "PLATFORM": "https://a.example.com", "COUNTRY_HEADER": "HTTP_X_COUNTRY"}, "as it is sent"),
        ({"SITE_KEY": "a", "PLATFORM": "https://a.example.com", "KEEP_PATH": "//evil.example"}, "such as /sayso/keep"),
        ({"SITE_KEY": "a", "PLATFORM": "https://a.example.com", "COOKIE_DOMAIN": "https://a.b"}, "such as example.com"),
        ({"SITE_KEY": "a", "PLATTFORM": "https://a.example.com"}, "SAYSO has PLATTFORM"),
    ],
)
def test_odd_settings_stop_the_start(tmp_path: Any, sayso: dict[str, Any], sentence: str) -> None:
    outcome = ForeignWebsite(tmp_path, **sayso).python("import django; django.setup()")
    assert outcome.returncode != 0
    assert "ImproperlyConfigured" in outcome.stderr
    assert sentence in outcome.stderr


def test_project_is_warned_of_a_missing_middleware(tmp_path: Any) -> None:
    website = ForeignWebsite(tmp_path, SITE_KEY="my-site", PLATFORM="https://consent.example.com/")
    check = (
        "import django; from django.conf import settings; django.setup(); {change}"
        "from django.core.management import call_command; call_command('check', fail_level='WARNING')"
    )
    fine = website.python(check.format(change=""))
    assert fine.returncode == 0, fine.stderr
    wrong = website.python(check.format(change="settings.MIDDLEWARE = []; "))
    assert wrong.returncode != 0
    assert "sayso.W001" in wrong.stderr
