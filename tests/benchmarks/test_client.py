"""What the benchmark makes of its runs. That its page works is shown in a browser: tests/e2e/test_benchmark.py."""

from __future__ import annotations

from benchmarks.client import website
from benchmarks.client.figures import table
from benchmarks.client.traces import script_milliseconds


def test_website_has_four_categories_six_partners_and_twenty_cookies() -> None:
    payload = website.payload()
    assert len(payload["categories"]) == 4
    assert len(payload["partners"]) == 6
    assert len(payload["cookies"]) == 20


def test_tags_of_each_optional_category_wait_in_the_page() -> None:
    assert {tag.category for tag in website.TAGS} == {"performance", "functional", "targeting"}


def test_figure_is_the_median_and_its_ratio_is_to_the_best_peer() -> None:
    runs = {"one": {"gone": [50, 40, 900]}, "other": {"gone": [80]}, "sayso": {"gone": [20, 25, 600]}}
    row = next(row for row in table(runs) if row[0].startswith("Accept all → banner gone"))
    assert row[1:] == ["50", "80", "25", "0.50", "≤ 35", "yes"]


def test_what_no_banner_can_do_without_is_told_and_is_no_peer() -> None:
    rows = table({"least": {"gone": [5]}, "one": {"gone": [50]}, "sayso": {"gone": [20]}})
    row = next(row for row in rows if row[0].startswith("Accept all → banner gone"))
    assert rows[0][1:4] == ["least", "one", "sayso"]
    assert row[1:] == ["5.0", "50", "20", "0.40", "≤ 35", "yes"]


def test_what_was_not_seen_is_a_dash_and_meets_nothing() -> None:
    rows = table({"one": {}, "sayso": {}})[1:]
    assert {cell for row in rows for cell in row[1:4]} == {"—"}
    assert {row[-1] for row in rows} == {"—"}


def test_truth_that_failed_once_is_not_held() -> None:
    row = next(row for row in table({"sayso": {"once": [True, False, True]}}) if row[0] == "each gated tag once")
    assert row[1:] == ["no (1 of 3)", "—", "yes", "NO"]


def test_script_time_counts_nested_work_once_and_others_not_at_all() -> None:
    def event(name: str, start: int, duration: int, url: str, **more: object) -> dict[str, object]:
        times = {"ts": start, "dur": 2 * duration, "tts": start, "tdur": duration}
        return {"ph": "X", "name": name, "pid": 1, "tid": 1, **times, "args": {"data": {"url": url}}, **more}

    page, files = "http://localhost/page", "http://localhost/files/"
    navigation = {"name": "navigationStart", "pid": 1, "ts": 0, "args": {"data": {"documentLoaderURL": page}}}
    events = [
        navigation,
        event("EvaluateScript", 1_000, 5_000, files + "a.js"),
        event("FunctionCall", 2_000, 1_000, files + "a.js"),
        event("EvaluateScript", 7_000, 2_000, page),
        event("EvaluateScript", 10_000, 9_000, "http://elsewhere.test/tag.js"),
        event("EvaluateScript", 20_000, 4_000, files + "a.js", pid=2),
        event("FunctionCall", 90_000, 8_000, files + "a.js"),
    ]
    assert script_milliseconds(events, page=page, files=files, until=50) == 7
