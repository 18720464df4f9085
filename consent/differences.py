"""What a publication would change, in plain sentences for marketers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from babel import Locale
from babel.dates import format_date

from consent.news import Change, news_between
from consent.payload import loads_early
from consent.regime_words import consequence, place_name, place_of, rule_name
from consent.schedules import day_words

NECESSARY = "strictly_necessary"
RULES_BY_PLACE = (
    "Visitors meet the rule of their place. Their browsers ask this server once where they are; where it can't tell, "
    "the strictest rule holds."
)


def changes(
    before: dict[str, Any] | None, after: dict[str, Any], *, asked_from: date | None = None, now: datetime | None = None
) -> list[str]:
    """What a visitor would see differently, one plain sentence each.

    `asked_from`: until then those who have chosen are not asked. `now`: what has begun by then begins at once.
    """
    if before is None:
        return ["This is the first version: everything is new."]
    begun = now.timestamp() if now else 0
    sentences = [
        *_partner_changes(_by(before["partners"], "slug"), _by(after["partners"], "slug"), asked_from, begun),
        *_category_changes(_by(before["categories"], "code"), _by(after["categories"], "code"), asked_from),
        *_cookie_changes(before["cookies"], after["cookies"]),
        *_text_changes(before["texts"], after["texts"]),
        *_regime_changes(before["regimes"], after["regimes"]),
        *_policy_changes(before["policy"], after["policy"]),
    ]
    for part, sentence in (
        ("site", "The facts about the website changed."),
        ("appearance", "The appearance of the banner changed."),
        ("opt_out_links", "The other ways to opt out changed."),
    ):
        if before[part] != after[part]:
            sentences.append(sentence)
    return sentences


def asks_again(before: dict[str, Any] | None, after: dict[str, Any]) -> bool:
    """Whether the change asks anybody who has chosen already."""
    if before is None:
        return False
    begun = _category_changes(_by(before["categories"], "code"), _by(after["categories"], "code"), None)
    news = [change for change in news_between(before, after) if change.kind != "removed"]
    return bool(begun) or any(change.category != NECESSARY for change in news)


def announcements(news: Iterable[Change], payload: dict[str, Any], *, now: datetime) -> list[str]:
    """What those who have chosen are told, as they read it in the website's own language."""
    language = payload["site"]["default_language"]
    texts = payload["texts"][language]
    return [_announcement(change, texts, language, now.timestamp()) for change in news]


def late_notices(before: dict[str, Any] | None, after: dict[str, Any], *, notice_days: int, today: date) -> list[str]:
    """The new partners that work sooner than the website promises to announce them."""
    if before is None or not notice_days:
        return []
    promised = today + timedelta(days=notice_days)
    return [
        f"{change.name} would work {_from_words(change.starts_at, today)}. You announce new partners {notice_days} "
        f"days ahead: that is {day_words(promised)}."
        for change in news_between(before, after)
        if change.kind == "added" and _day(change.starts_at) < promised
    ]


def _by(rows: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in rows}


def _day(seconds: int) -> date:
    return datetime.fromtimestamp(seconds, UTC).date()


def _from_words(starts_at: int, today: date) -> str:
    return "at once" if _day(starts_at) <= today else f"from {day_words(_day(starts_at))}"


def _announcement(change: Change, texts: dict[str, str], language: str, begun: float) -> str:
    is_later = change.kind == "added" and change.starts_at > begun
    text = texts[f"news_{change.kind}{'_later' if is_later else ''}"]
    day = format_date(_day(change.starts_at), "long", language.replace("-", "_"))
    parts = {"{name}": change.name, "{category}": texts[f"{change.category}_title"], "{date}": day}
    for placeholder, words in parts.items():
        text = text.replace(placeholder, words)
    return text


def _asked(category: str, asked_from: date | None, starts: date | None = None) -> str:
    """Who is asked again, and from when. Nobody is asked about what does not work yet."""
    if category == NECESSARY:
        return "It runs without asking, so nobody is asked again."
    who = f"Who accepted {category.replace('_', ' ')} is asked again"
    if starts and starts >= (asked_from or starts):
        return f"{who} then."
    return f"{who} from {day_words(asked_from)}; until then it stays off for them." if asked_from else f"{who}."


def _partner_changes(
    before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]], asked_from: date | None, begun: float
) -> list[str]:
    sentences = []
    for slug, partner in after.items():
        starts_at = partner.get("starts_at", 0)
        starts = _day(starts_at) if starts_at > begun else None
        asked = _asked(partner["category"], asked_from, starts)
        if starts:
            asked = f"It works from {day_words(starts)}; until then it is off for everybody. {asked}"
        sentences += _partner_change(before.get(slug), partner, starts, asked)
        sentences += _loading_change(before.get(slug), partner)
    sentences += [f"{old['name']} is gone. Nobody is asked again." for slug, old in before.items() if slug not in after]
    return sentences


def _loading_change(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[str]:
    early, was_early = loads_early(new), old is not None and loads_early(old)
    if early and not was_early:
        return [f"{new['name']} loads before a yes, and is told what visitors decide."]
    return [f"{new['name']} waits for a yes from now on."] if was_early and not early else []


def _partner_change(old: dict[str, Any] | None, new: dict[str, Any], starts: date | None, asked: str) -> list[str]:
    name, category = new["name"], new["category"].replace("_", " ")
    if old is None:
        return [f"{name} is new, under {category}. {asked}"]
    if old["category"] != new["category"]:
        return [f"{name} moves to {category}. {asked}"]
    if not set(new["purposes"]) <= set(old["purposes"]):
        return [f"{name} gets a new purpose. {asked}"]
    sentences = []
    if old.get("starts_at", 0) != new.get("starts_at", 0):
        when = f"from {day_words(starts)}; until then it is off for everybody" if starts else "at once"
        sentences.append(f"{name} works {when}.")
    # What has a sentence of its own is not said twice.
    told = {"added": 0, "starts_at": 0, **({"load_mode": ""} if _loading_change(old, new) else {})}
    if {**old, **told} != {**new, **told}:
        sentences.append(f"What is said about {name} changed. Nobody is asked again.")
    return sentences


def _category_changes(
    before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]], asked_from: date | None
) -> list[str]:
    return [
        f"The website itself now uses {code.replace('_', ' ')}. {_asked(code, asked_from)}"
        for code, category in after.items()
        if category["added"] and not before.get(code, category)["added"]
    ]


def _policy_changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    sentences = []
    if before["dnt"] != after["dnt"]:
        sentences.append(
            "Do Not Track is honoured from now on: where it is sent, everything optional stays off without a question."
            if after["dnt"] == "honour"
            else "Do Not Track is disregarded from now on, and the cookie list says so."
        )
    if before["dnt_explanation"] != after["dnt_explanation"]:
        sentences.append("Your explanation beside Do Not Track changed.")
    if bool(before.get("count_impressions")) != bool(after.get("count_impressions")):
        sentences.append(
            "Visits and signals are counted from now on, as numbers only."
            if after.get("count_impressions")
            else "Visits and signals are no longer counted."
        )
    if bool(before.get("onetrust_shim")) != bool(after.get("onetrust_shim")):
        sentences.append(
            "Markup and tags that were written for OneTrust are understood from now on."
            if after.get("onetrust_shim")
            else "Markup and tags that were written for OneTrust are no longer understood."
        )
    if bool(before.get("auto_block")) != bool(after.get("auto_block")):
        sentences.append(
            "What pages request from partners is held back automatically from now on. The embed line stands first in "
            "the head, without async: see the Install page."
            if after.get("auto_block")
            else "What pages request from partners is no longer held back automatically: tags without marks run."
        )
    return sentences


def _regime_changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """The rules by place: which came, went or changed, then how long answers are remembered."""
    if before == after:
        return []
    sentences = [*_place_changes(before, after), *_memory_changes(before, after)]
    return sentences or ["The rules by place follow an updated table of law."]


def _place_changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    # A website with one row has it for everybody: no place has a row of its own then.
    old = {place_of(row): row for row in before if len(before) > 1}
    new = {place_of(row): row for row in after if len(after) > 1}
    if not new:
        return ["One rule holds for everybody again: nothing optional runs before a yes."] if old else []
    sentences = [] if old else [RULES_BY_PLACE]
    for place, row in new.items():
        if place not in old and place != "unknown":
            sentences.append(f"{place_name(row)} has a rule of its own. {consequence(row)}")
        elif place in old and old[place]["code"] != row["code"]:
            sentences.append(_rule_change(old[place], row))
    gone = [place_name(row) for place, row in old.items() if place not in new]
    return [
        *sentences,
        *(f"{place} has no rule of its own any more. Nothing optional runs there before a yes." for place in gone),
    ]


def _rule_change(old: dict[str, Any], new: dict[str, Any]) -> str:
    never_asked = new["model"] == "opt_in" != old["model"]
    asked = " Who was not asked there before is asked." if never_asked else ""
    return f"{place_name(new)} changes from “{rule_name(old)}” to “{rule_name(new)}”. {consequence(new)}{asked}"


def _memory_changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    """How long answers are remembered. Places are named where not all of them change alike."""
    old = {row["code"]: row for row in before}
    both = [(old[row["code"]], row) for row in after if row["code"] in old]
    sentences = []
    for word, name in (("a yes", "grant_days"), ("a no", "refusal_days")):
        places: dict[tuple[int, int], list[str]] = {}
        for was, row in both:
            places.setdefault((was[name], row[name]), []).append(place_name(row))
        for (days_before, days), names in places.items():
            said = f"{word} is remembered for {days} days, not {days_before}."
            if days != days_before:
                sentences.append(f"{', '.join(names)}: {said}" if len(places) > 1 else said.capitalize())
    return sentences


def _cookie_changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[str]:
    def keyed(rows: list[dict[str, Any]]) -> dict[tuple[Any, ...], dict[str, Any]]:
        return {(row["partner"], row["name"], row["technology"], row["domain"]): row for row in rows}

    old, new = keyed(before), keyed(after)
    added, removed = [key for key in new if key not in old], [key for key in old if key not in new]
    changed = [key for key in new if key in old and new[key] != old[key]]
    return [
        f"{word}: {', '.join(name for _, name, *_ in keys)}."
        for word, keys in (("New cookies", added), ("Removed cookies", removed), ("Changed cookies", changed))
        if keys
    ]


def _text_changes(before: dict[str, dict[str, str]], after: dict[str, dict[str, str]]) -> list[str]:
    sentences = [f"{english_name(language)} is new as a language." for language in after if language not in before]
    sentences += [f"{english_name(language)} is gone as a language." for language in before if language not in after]
    for language, texts in after.items():
        differing = sum(texts[key] != before.get(language, {}).get(key) for key in texts)
        if language in before and differing:
            noun = "One text" if differing == 1 else f"{differing} texts"
            sentences.append(f"{noun} in {english_name(language)} changed. Nobody is asked again because of wording.")
    return sentences


def english_name(language: str) -> str:
    """`German` for `de`; the code itself where nobody has a name for it."""
    names = Locale("en").languages
    return names.get(language.replace("-", "_")) or names.get(language.split("-")[0]) or language
