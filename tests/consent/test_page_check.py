"""What a check of a page says: each thing that can be wrong with the embed line, and with the tags beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.page_check import read_page
from consent.page_remarks import Expected, KnownPartner, Remark

PAGE = "https://www.site.example/shop"
LINE = '<script async src="https://consent.example/s/my-site.js"></script>'
WAITED_FOR = '<script src="https://consent.example/s/my-site.js"></script>'
NOTHING_AHEAD = '<meta http-equiv="Content-Security-Policy" content="">'


def partner(slug: str, *hosts: str, **facts: Any) -> KnownPartner:
    given = {"category": "targeting", "load_mode": "gated", "is_declared": True, **facts}
    return KnownPartner(slug=slug, name=slug.capitalize(), hosts=hosts, **given)


EXPECTED = Expected(
    key="my-site",
    platform="https://consent.example",
    domains=("https://www.site.example",),
    languages=("en", "de"),
    blocks=False,
    live_files=frozenset({"ab" * 32}),
    partners=(
        partner("pixel", "pixel.example"),
        partner("tags", "tags.example", load_mode="managed"),
        partner("told", "told.example", load_mode="signalled"),
        partner("pay", "pay.example", category="strictly_necessary"),
        partner("unknown-here", "*.elsewhere.example", is_declared=False),
        partner("twin", "pixel.example", is_declared=False),
    ),
)
BLOCKS = replace(EXPECTED, blocks=True)


def remarks(page: str, expected: Expected = EXPECTED, address: str = PAGE, **headers: str) -> dict[str, Remark]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    reading = read_page(page.encode(), address=address, headers=named, is_whole=True, expected=expected)
    return {remark.code: remark for remark in reading.remarks}


def has_line(page: str, **headers: str) -> bool:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return read_page(page.encode(), address=PAGE, headers=named, is_whole=True, expected=EXPECTED).has_line


@pytest.mark.parametrize(
    "line",
    [
        LINE,
        "<script async src=https://consent.example/s/my-site.de.js></script>",
        "<script async type=text/javascript src='//consent.example/s/my-site.js'></script>",
        # Passed through the website's own domain.
        '<script async src="/s/my-site.js"></script>',
        '<base href="https://consent.example/"><script async src="s/my-site.js"></script>',
        f'<script async src="https://consent.example/s/my-site.{"ab" * 32}.js"></script>',
        f'<script async src="https://consent.example/s/my-site.{"ab" * 16}.js"></script>',
    ],
)
def test_line_in_the_head_is_all_that_is_needed(line: str) -> None:
    assert set(remarks(f"<!doctype html><html><head><meta charset=utf-8>{line}</head><body>")) == {"line_found"}
    assert has_line(line)


@pytest.mark.parametrize(
    ("page", "code"),
    [
        ("<p>Hello", "line_missing"),
        ("", "line_missing"),
        (f"<!-- {LINE} -->", "line_in_comment"),
        (f"<noscript>{LINE}</noscript>", "line_in_noscript"),
        (f"<template>{LINE}</template>", "line_in_template"),
        (LINE.replace("async", 'type="text/plain"'), "line_inert"),
        (LINE.replace("my-site", "other"), "other_website"),
        (LINE.replace("consent.example", "old.example"), "other_server"),
        # Somebody else's file with an address like ours.
        (LINE.replace("consent.example/s/my-site", "cdn.example/s/other"), "line_missing"),
    ],
)
def test_page_without_a_working_line_says_why(page: str, code: str) -> None:
    found = remarks(page)
    assert [remark for remark in found.values() if remark.tone == "wrong"] == [found[code]]
    assert not has_line(page)


@pytest.mark.parametrize(
    ("page", "code", "tone"),
    [
        (f"<body><p>Hello</p>{LINE}", "line_in_body", "wrong"),
        (LINE.replace("https:", "http:"), "line_insecure", "wrong"),
        (LINE.replace("async ", ""), "line_waits", "hint"),
        (LINE.replace("my-site", "my-site.fr"), "line_language", "hint"),
        (LINE.replace("my-site", f"my-site.{'cd' * 32}"), "line_pinned", "hint"),
        (LINE + LINE, "line_twice", "hint"),
        (LINE + LINE.replace("my-site", "other"), "other_website_too", "wrong"),
    ],
)
def test_line_that_stands_badly_is_told_how_to_stand(page: str, code: str, tone: str) -> None:
    expected = EXPECTED if "http:" not in page else replace(EXPECTED, platform="http://consent.example")
    found = remarks(page, expected)
    assert found["line_found"].tone == "good"
    assert found[code].tone == tone
    assert found[code].cure


@pytest.mark.parametrize(
    ("page", "code"),
    [
        (NOTHING_AHEAD + WAITED_FOR, None),
        (WAITED_FOR, "fetches_ahead"),
        (WAITED_FOR + NOTHING_AHEAD, "fetches_ahead"),
        (NOTHING_AHEAD + LINE, "line_too_late"),
        (NOTHING_AHEAD + LINE.replace("async", "defer"), "line_too_late"),
        (NOTHING_AHEAD + LINE.replace("async", "type=module"), "line_too_late"),
    ],
)
def test_line_that_holds_back_automatically_comes_first_and_is_waited_for(page: str, code: str | None) -> None:
    assert set(remarks(page, BLOCKS)) == {"line_found", *([code] if code else [])}


SCRIPT = '<script {} src="https://{}/x.js"></script>'
INLINE = "<script {}>(function(){{a.src='https://{}/x.js?id='+b}})()</script>"
WAITING = 'type="text/plain" data-category="targeting"'


@pytest.mark.parametrize(
    ("tag", "code", "tone"),
    [
        (SCRIPT.format(WAITING, "pixel.example"), "waits", "good"),
        (SCRIPT.format('type="text/plain" class="optanon-category-C0004"', "pixel.example"), "waits", "good"),
        (INLINE.format(WAITING, "pixel.example"), "waits", "good"),
        ('<iframe data-src="https://pixel.example/" data-partner="pixel"></iframe>', "waits", "good"),
        (SCRIPT.format("", "pixel.example"), "loads_at_once", "wrong"),
        (SCRIPT.format("async", "pixel.example"), "loads_at_once", "wrong"),
        (INLINE.format("", "pixel.example"), "loads_at_once", "wrong"),
        (INLINE.format("", "pixel.example").replace("https://", r"https:\/\/"), "loads_at_once", "wrong"),
        ('<iframe src="https://pixel.example/"></iframe>', "loads_at_once", "wrong"),
        ('<img src="//pixel.example/1.gif">', "loads_at_once", "wrong"),
        ('<link rel="preconnect" href="https://pixel.example">', "by_a_link", "wrong"),
        (SCRIPT.format('data-category="targeting"', "pixel.example"), "mark_without_effect", "wrong"),
        ('<img data-category="targeting" src="https://pixel.example/1.gif">', "mark_without_effect", "wrong"),
        (SCRIPT.format("", "tags.example"), "loaded_twice", "wrong"),
        (SCRIPT.format("", "told.example"), "told", "hint"),
        (SCRIPT.format("", "pay.example"), "necessary", "good"),
        (SCRIPT.format("", "a.elsewhere.example"), "not_declared", "wrong"),
        (SCRIPT.format("", "nobody.example"), "strangers", "hint"),
        (SCRIPT.format('type="text/plain" data-partner="pixl"', "pixel.example"), "unknown_partner", "wrong"),
        (SCRIPT.format('type="text/plain" data-category="marketing"', "pixel.example"), "unknown_category", "wrong"),
    ],
)
def test_tag_of_a_partner_is_judged(tag: str, code: str, tone: str) -> None:
    for page, where in ((LINE + tag, "after the line"), (tag + LINE, "before the line")):
        found = remarks(page)
        assert set(found) - {"line_found", "line_in_body"} == {code}
        assert found[code].tone == tone
        assert where in found[code].detail


@pytest.mark.parametrize(
    ("tag", "before", "after"),
    [
        (SCRIPT.format("", "pixel.example"), "before_the_line", "held"),
        (INLINE.format("", "pixel.example"), "before_the_line", "held"),
        ('<img src="https://pixel.example/1.gif">', "before_the_line", "held"),
        ('<iframe src="https://pixel.example/"></iframe>', "before_the_line", "frame_in_html"),
        ('<link rel="stylesheet" href="https://pixel.example/a.css">', "by_a_link", "by_a_link"),
        (SCRIPT.format(WAITING, "pixel.example"), "waits", "waits"),
    ],
)
def test_automatic_blocking_holds_what_comes_after_the_line(tag: str, before: str, after: str) -> None:
    assert before in remarks(tag + NOTHING_AHEAD + WAITED_FOR, BLOCKS)
    assert after in remarks(NOTHING_AHEAD + WAITED_FOR + tag, BLOCKS)


@pytest.mark.parametrize(
    "tag",
    [
        '<script src="/own.js"></script>',
        '<script src="https://www.site.example/own.js"></script>',
        '<script type="application/ld+json">{"@context": "https://pixel.example/"}</script>',
        '<script type="text/plain" src="https://pixel.example/x.js"></script>',
        '<template><script src="https://pixel.example/x.js"></script></template>',
        '<noscript><img src="https://pixel.example/1.gif"></noscript>',
        '<!-- <script src="https://pixel.example/x.js"></script> -->',
        '<a href="https://pixel.example/">Pixel</a>',
        '<link rel="canonical" href="https://pixel.example/">',
        '<script src="https:///"></script><img src="data:image/gif;base64,R0lGOD"><script src="http://[/"></script>',
    ],
)
def test_what_loads_nothing_of_others_is_not_mentioned(tag: str) -> None:
    assert set(remarks(LINE + tag)) <= {"line_found"}


def test_several_tags_of_one_partner_are_one_remark() -> None:
    found = remarks(LINE + SCRIPT.format("", "pixel.example") * 3 + '<img src="https://pixel.example/1.gif">')
    assert set(found) == {"line_found", "loads_at_once"}
    assert found["loads_at_once"].detail == (
        "script from pixel.example, after the line; picture from pixel.example, after the line"
    )
    # The website's own partner is named, and not another one of the library with the same host.
    assert found["loads_at_once"].sentence.startswith("Pixel is loaded")


def test_who_shares_a_host_is_told_apart_by_the_script() -> None:
    shared = [partner("counter", "shared.example", scripts=("shared.example/count/js",))]
    shared += [partner("container", "shared.example", is_declared=False, scripts=("shared.example/container.js",))]
    expected = replace(EXPECTED, partners=tuple(shared))
    for tag, code in (
        ("<script>f('https://shared.example/container.js?id='+x)</script>", "not_declared"),
        ('<script src="https://shared.example/container.js?id=1"></script>', "not_declared"),
        ('<script src="https://shared.example/count/js?id=1"></script>', "loads_at_once"),
        ('<script src="https://shared.example/else"></script>', "loads_at_once"),
    ):
        assert set(remarks(LINE + tag, expected)) == {"line_found", code}


@pytest.mark.parametrize(
    ("policy", "line", "code"),
    [
        ("default-src 'self'", LINE, "policy_script"),
        ("script-src https://consent.example; connect-src https://consent.example", LINE, None),
        ("script-src https://consent.example:443; connect-src *", LINE.replace("example/", "example:443/"), None),
        ("script-src *.example; connect-src https:", LINE, None),
        ("script-src http://consent.example", LINE, None),
        ("script-src consent.example", LINE, None),
        ("script-src 'none'; script-src-elem https://consent.example", LINE, None),
        ("default-src 'self'", '<script async src="/s/my-site.js"></script>', None),
        ("script-src 'nonce-abc'", LINE.replace("async", 'async nonce="abc"'), None),
        ("script-src 'nonce-abc' https://consent.example", LINE, None),
        ("script-src 'strict-dynamic' 'nonce-abc' https://consent.example", LINE, "policy_script"),
        ("script-src https://other.example", LINE, "policy_script"),
        ("script-src https://consent.example; connect-src 'self'", LINE, "policy_connect"),
        ("img-src *", LINE, None),
        ("script-src *, script-src 'self'", LINE, "policy_script"),
        ("script-src https://[ ;;; x", LINE, "policy_script"),
    ],
)
def test_policy_of_the_page_has_to_let_the_line_run_and_report(policy: str, line: str, code: str | None) -> None:
    expected = {"line_found", *([code] if code else [])}
    assert set(remarks(line, content_security_policy=policy)) == expected
    assert set(remarks(f'<meta http-equiv="content-security-policy" content="{policy}">{line}')) == expected
    assert has_line(line, content_security_policy=policy) is (code != "policy_script")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xef\xbb\xbf" + LINE.encode(), "text/html; charset=utf-8"),
        (LINE.encode() + "Käse".encode("latin-1"), "text/html; charset=utf-8"),
        ("日本語".encode("shift_jis") + LINE.encode(), "text/html; charset=Shift_JIS"),
        (LINE.encode(), "text/html; charset=base64"),
        (LINE.encode(), 'text/html; charset="no such"'),
        (LINE.encode("utf-16"), "text/html"),
        (LINE.encode("utf-16-le"), "text/html; charset=utf-16le"),
    ],
)
def test_page_with_a_wrong_or_rare_encoding_is_read_all_the_same(body: bytes, content_type: str) -> None:
    reading = read_page(body, address=PAGE, headers={"content-type": content_type}, is_whole=True, expected=EXPECTED)
    assert reading.has_line


def test_page_that_was_not_read_whole_says_so() -> None:
    reading = read_page(LINE.encode(), address=PAGE, headers={}, is_whole=False, expected=EXPECTED)
    assert {remark.code for remark in reading.remarks} == {"line_found", "not_whole"}
