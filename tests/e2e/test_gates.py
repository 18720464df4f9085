"""What waits for a yes: each kind of markup runs once, in the order of the document, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.pages import FRAME, PICTURE, TAG, gated, inline
from tests.e2e.visitor import banner, press, ran, wait_for_api, wait_for_calm, wait_for_record

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.pages import OwnWebsite
    from tests.e2e.third_parties import ThirdParties


def tag(name: str) -> str:
    """What the stand-in's script says when it ran."""
    return f"tags.example/{name}.js"


EVERY_KIND = "".join(
    [
        gated("inline one", 'data-category="performance"'),
        gated("", 'data-category="performance" data-partner="google-analytics"', TAG.format("one")),
        gated("inline two", 'data-partner="google-analytics"'),
        f'<template data-category="targeting"><p id="offer">An offer</p><script src="{TAG.format("two")}"></script>'
        f"<script>{inline('in template')}</script></template>",
        f'<img id="picture" data-category="targeting" data-src="{PICTURE.format("one")}" alt="">',
        f'<iframe id="frame" data-category="functional" data-partner="youtube" data-src="{FRAME.format("one")}"'
        ' title="A film"></iframe>',
        gated("last", 'data-category="functional"'),
    ]
)


def test_every_kind_of_markup_runs_once_and_in_order(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    own.open(page, EVERY_KIND)
    banner(page).wait_for()
    wait_for_calm(page)
    assert (third_party.sent, ran(page)) == ([], [])
    assert page.locator("#offer").count() == 0
    press(page, "accept-all")
    page.wait_for_function("() => window.ran && ran.includes('last')")
    page.frame_locator("#frame").get_by_text("Stand-in").wait_for()
    page.wait_for_function("() => document.querySelector('#picture').naturalWidth == 1")
    page.evaluate("() => window.sayso.acceptAll()")
    wait_for_calm(page)
    expected = ["inline one", tag("one"), "inline two", tag("two"), "in template", "last"]
    assert ran(page) == expected
    assert page.locator("#offer").count() == 1
    assert sorted(request.url for request in third_party.sent) == sorted(
        [TAG.format("one"), TAG.format("two"), PICTURE.format("one"), FRAME.format("one")]
    )


def test_stored_yes_runs_the_same_tags_on_the_next_page(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    own.open(page, EVERY_KIND)
    press(page, "accept-all")
    page.wait_for_function("() => window.ran && ran.includes('last')")
    first = ran(page)
    wait_for_record(page)
    page.reload()
    page.wait_for_function("() => window.ran && ran.includes('last')")
    wait_for_calm(page)
    assert ran(page) == first
    assert banner(page).count() == 0
    assert [request.url for request in third_party.sent].count(TAG.format("one")) == 2


def test_only_what_was_granted_runs(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    own.open(page, EVERY_KIND)
    wait_for_api(page)
    page.evaluate("() => window.sayso.save({categories: {performance: true}})")
    page.wait_for_function("() => window.ran && ran.includes('inline two')")
    wait_for_record(page)
    wait_for_calm(page)
    assert ran(page) == ["inline one", tag("one"), "inline two"]
    assert third_party.hosts == {"tags.example"}
    assert page.locator("#offer").count() == 0


def test_attributes_and_text_of_a_gated_script_are_kept(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    attributes = (
        'id="kept" data-category="performance" crossorigin="anonymous" referrerpolicy="no-referrer" data-x="1" async'
    )
    own.open(page, gated("", attributes, TAG.format("one")).replace("></script>", ">one: settings</script>"))
    press(page, "accept-all")
    page.wait_for_function("() => window.ran")
    script = page.locator("script#kept")
    assert script.text_content() == "one: settings"
    assert {name: script.get_attribute(name) for name in ("crossorigin", "referrerpolicy", "data-x")} == {
        "crossorigin": "anonymous",
        "referrerpolicy": "no-referrer",
        "data-x": "1",
    }
    assert script.evaluate("(script) => script.async")
    assert [request.referer for request in third_party.sent] == [None]


def test_gated_module_runs_as_a_module(page: Page, own: OwnWebsite) -> None:
    own.put("/own.js", "window.ran = [import.meta.url.split('/').pop()]", kind="text/javascript")
    own.open(page, '<script type="text/plain" data-type="module" data-category="performance" src="/own.js"></script>')
    press(page, "accept-all")
    page.wait_for_function("() => window.ran")
    assert ran(page) == ["own.js"]


def test_script_that_fails_to_load_holds_up_nothing(page: Page, own: OwnWebsite) -> None:
    # Nobody answers at this port.
    own.open(
        page,
        gated("", 'data-category="performance"', "http://127.0.0.1:1/gone.js")
        + gated("after", 'data-category="performance"'),
    )
    press(page, "accept-all")
    page.wait_for_function("() => window.ran")
    assert ran(page) == ["after"]


# --- Added later, as single-page applications do -----------------------------------------------------


ADD = """([kind, attributes, text]) => {
    const element = document.createElement(kind);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    if (text) element.textContent = text;
    const box = document.createElement("div");
    box.append(element);
    document.body.append(box);
}"""


def test_tag_added_after_the_yes_runs_too(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    own.open(page)
    press(page, "accept-all")
    wait_for_record(page)
    page.evaluate(ADD, ["script", {"type": "text/plain", "data-category": "targeting"}, inline("added")])
    page.evaluate(ADD, ["img", {"data-src": PICTURE.format("added"), "data-category": "targeting", "alt": ""}, ""])
    page.wait_for_function("() => window.ran && document.querySelector('img').naturalWidth == 1")
    assert ran(page) == ["added"]


def test_tag_added_before_the_answer_waits(page: Page, own: OwnWebsite, third_party: ThirdParties) -> None:
    own.open(page)
    banner(page).wait_for()
    page.evaluate(ADD, ["script", {"type": "text/plain", "data-category": "targeting"}, inline("added")])
    page.evaluate(ADD, ["iframe", {"data-src": FRAME.format("added"), "data-category": "functional", "title": "x"}, ""])
    wait_for_calm(page)
    assert (ran(page), third_party.sent) == ([], [])
    press(page, "accept-all")
    page.wait_for_function("() => window.ran")
    page.frame_locator("iframe").get_by_text("Stand-in").wait_for()
    assert ran(page) == ["added"]


# --- Mistakes in the markup --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ('data-category="marketing"', "marketing"),
        ('data-category="performance" data-partner="nobody"', "nobody"),
        ('data-category="constructor"', "constructor"),
        ('data-category="performance" data-partner="__proto__"', "__proto__"),
        ('data-category=""', ""),
    ],
)
def test_what_nobody_knows_never_runs_and_the_console_says_so(
    attributes: str, name: str, page: Page, own: OwnWebsite, third_party: ThirdParties
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    own.open(
        page,
        gated("", attributes, TAG.format("unknown"))
        + gated("inline", attributes)
        + gated("known", 'data-category="performance"'),
    )
    press(page, "accept-all")
    page.wait_for_function("() => window.ran")
    wait_for_calm(page)
    assert ran(page) == ["known"]
    assert third_party.sent == []
    told = [text for text in said if text.startswith("sayso: unknown") and name in text]
    assert len(told) == 1


def test_partner_speaks_for_itself_whatever_category_its_markup_names(page: Page, own: OwnWebsite) -> None:
    # google-ads is a targeting partner: calling it performance gets it nowhere.
    own.open(
        page,
        gated("disguised", 'data-category="performance" data-partner="google-ads"')
        + gated("plain", 'data-category="performance"'),
    )
    wait_for_api(page)
    page.evaluate("() => window.sayso.save({categories: {performance: true}})")
    page.wait_for_function("() => window.ran")
    wait_for_calm(page)
    assert ran(page) == ["plain"]


def test_strictly_necessary_markup_runs_without_a_question(page: Page, own: OwnWebsite) -> None:
    own.open(page, gated("needed", 'data-category="strictly_necessary"'))
    page.wait_for_function("() => window.ran")
    assert ran(page) == ["needed"]
    assert banner(page).count() == 1
