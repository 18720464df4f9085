"""A visitor decides, takes a receipt, checks it offline, erases the record, and checks the receipt again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from consent.builtin_texts import builtin_texts, direction
from consent.pages.verify import verify_words
from consent.pages.wordings import locale_of
from tests.e2e.test_accessibility import faults
from tests.e2e.visitor import centre, press, wait_for_record

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.conftest import NewContext
    from tests.e2e.server import Server


def take_receipt(page: Page) -> Path:
    with page.expect_download() as download:
        centre(page).get_by_role("button", name="Download receipt").first.click()
    return Path(download.value.path())


def command(server: Server, name: str) -> str:
    """A command of manage.py on the server's data; what it printed."""
    return server.shell(f"""
import io
from django.core.management import call_command
out = io.StringIO()
call_command({name!r}, stdout=out)
print(out.getvalue())
""")


def verdict(page: Page, receipt: Path | dict[str, object]) -> str:
    content = receipt.read_bytes() if isinstance(receipt, Path) else json.dumps(receipt).encode()
    page.set_input_files("#file", {"name": "receipt.json", "mimeType": "application/json", "buffer": content})
    page.locator("#verdict:not(:empty)").wait_for()
    page.wait_for_function("() => document.activeElement.id == 'result'")
    found = page.locator("#verdict").inner_text()
    page.evaluate("() => document.activeElement.blur()")
    return found


def test_receipt_proves_offline_and_after_erasure(
    page: Page, website: str, server: Server, new_context: NewContext, platform: str, tmp_path: Path
) -> None:
    page.goto(website + "/demo/")
    press(page, "reject-all")
    wait_for_record(page)
    page.locator("[data-sayso=open]").first.click()
    centre(page).locator("summary", has_text="Your record").click()
    unsealed = take_receipt(page)
    checking = centre(page).get_by_role("link", name="Check a receipt")
    assert checking.get_attribute("href") == platform + "/verify/?language=en"
    command(server, "maintain")
    receipt = take_receipt(page)

    # The page, saved to a disk and opened without a network.
    saved = tmp_path / "verify.html"
    saved.write_bytes(page.request.get(platform + "/verify/").body())
    checker = new_context()
    checker.set_offline(True)
    offline = checker.new_page()
    problems: list[str] = []
    offline.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    offline.goto(saved.as_uri())
    assert verdict(offline, unsealed) == "Not proved yet"
    assert verdict(offline, receipt) == "Proved"
    assert offline.locator("#steps li.good").count() == 5
    assert "Rejected all" in offline.locator("#facts").inner_text()
    assert faults(offline) == []

    # The same in other languages: what is said, and which way it runs.
    for language, answer in (("de", "Alles abgelehnt"), ("ar", "رفض الكل")):
        saved.write_bytes(page.request.get(f"{platform}/verify/?language={language}").body())
        offline.goto(saved.as_uri())
        words = verify_words(language)
        assert verdict(offline, receipt) == words["verdict_good"]
        assert offline.locator("#steps li").all_inner_texts() == [
            f"{words['holds']}\n{words[f'step_{step}']}\n{words[f'holds_{step}']}"
            for step in ("form", "leaf", "values", "place", "signature")
        ]
        facts = offline.locator("#facts").inner_text()
        assert answer in facts
        # Codes are told in words: the language, and whose rules held.
        assert locale_of(language).languages["en"] in facts
        assert locale_of(language).territories["EU"] in facts
        assert offline.evaluate("getComputedStyle(document.body).direction") == direction(language)
        # One language was saved: there is nowhere to go for another.
        assert offline.locator("#languages").count() == 0
    changed = json.loads(receipt.read_text())
    changed["opened"]["country"]["value"] = "FR"
    assert verdict(offline, changed) == words["verdict_wrong"]
    country = builtin_texts("ar")["page_country"]
    assert words["why_value"].replace("{name}", country) in offline.locator("#steps li.wrong").inner_text()
    assert faults(offline) == []

    record = centre(page)
    record.get_by_role("button", name="Erase my record").first.click()
    record.get_by_role("button", name="Erase it").first.click()
    record.get_by_role("status").filter(has_text="erased").wait_for()
    command(server, "maintain")
    assert "everything agrees" in command(server, "verify_ledger")
    assert verdict(offline, receipt) == words["verdict_good"]
    forged = json.loads(receipt.read_text())
    forged["leaf"] = forged["leaf"].replace('"targeting":false', '"targeting":true')
    assert verdict(offline, forged) == words["verdict_wrong"]
    assert verdict(offline, {}) == words["verdict_wrong"]
    assert problems == []
