"""What stands between a draft and its publication: rules over the payload, each with its source and its cure. Pure.

A finding blocks where the law is clear, and advises where it is not. Whoever publishes runs all of them; there is no
way to switch one off, but for what a reviewer may acknowledge (`ACKNOWLEDGEABLE`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from consent.contrast import LEAST_FOR_TEXT, contrast_ratio
from consent.differences import english_name
from consent.payload import loads_early
from consent.regime_words import place_name
from consent.regimes import REGIMES
from cookies.vocabulary import CATEGORY_LABELS

Payload = Mapping[str, Any]

NECESSARY = "strictly_necessary"
LOADS_EARLY = "loads_before_yes"
# What the law leaves open enough that a person may answer for it, in writing.
ACKNOWLEDGEABLE = frozenset({LOADS_EARLY})
LONGEST_YES, ADVISED_YES = 395, 190
# Words of other buttons: a refusal that reads like one of them is none.
OTHER_BUTTONS = ("accept_all", "choose", "save", "settings_button", "preferences_title", "details_link", "close")
# Which of these a language has is its grammar's business.
PLURALS = ("_zero", "_one", "_two", "_few", "_many")
FIRST_LAYER = ("accept_all", "reject_all")
SELLS = frozenset({"advertising"})


@dataclass(frozen=True)
class Source:
    name: str
    url: str


@dataclass(frozen=True)
class Finding:
    """One fault, and where it is mended: `page` is a page of the website in the admin, `field` a field on it.

    `partner` is a slug and `language` a code where the page is about one.
    """

    code: str
    is_blocking: bool
    sentence: str
    source: Source
    page: str
    field: str = ""
    partner: str = ""
    language: str = ""


@dataclass(frozen=True)
class Facts:
    """What the payload does not say.

    acknowledged: (code, partner) that a reviewer answers for. own_words: per language the texts that the website wrote
    itself. unseen_domains: origins that never embedded the line; None where nobody has looked.
    """

    acknowledged: frozenset[tuple[str, str]] = frozenset()
    own_words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    unseen_domains: tuple[str, ...] | None = None


EPRIVACY = Source("Directive 2002/58/EC, Art. 5(3)", "https://eur-lex.europa.eu/eli/dir/2002/58/oj")
GDPR_7 = Source("General Data Protection Regulation, Art. 4(11) and 7", "https://eur-lex.europa.eu/eli/reg/2016/679/oj")
GDPR_13 = Source("General Data Protection Regulation, Art. 13(1)", "https://eur-lex.europa.eu/eli/reg/2016/679/oj")
TASKFORCE = (
    "https://www.edpb.europa.eu/our-work-tools/our-documents/other/report-work-undertaken-cookie-banner-taskforce_en"
)
REFUSAL = Source("EDPB cookie banner taskforce (2023), points 8 and 14", TASKFORCE)
INTEREST = Source("EDPB cookie banner taskforce (2023), point 24", TASKFORCE)
ESSENTIAL = Source("EDPB cookie banner taskforce (2023), points 26 to 29", TASKFORCE)
PLANET49 = Source(
    "Court of Justice, C-673/17 (Planet49)", "https://curia.europa.eu/juris/liste.jsf?language=en&num=C-673/17"
)
WCAG = Source("WCAG 2.2, success criterion 1.4.3", "https://www.w3.org/TR/WCAG22/#contrast-minimum")
LANGUAGES = Source(
    "EDPB guidelines 03/2022, language discontinuity",
    "https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines/guidelines-032022-deceptive-design-patterns-social-media_en",
)
PROOF = Source(
    "EDPB guidelines 05/2020 on consent",
    "https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines/guidelines-052020-consent-under-regulation-2016679_en",
)
SIX_MONTHS = Source(
    "CNIL, recommendation 2020-092",
    "https://www.cnil.fr/fr/cookies-et-autres-traceurs/regles/cookies/lignes-directrices-modificatives-et-recommandation",
)
AEPD = Source("AEPD, guide on the use of cookies", "https://www.aepd.es/guias/guia-cookies.pdf")
SCOPE = Source(
    "EDPB guidelines 2/2023 on Art. 5(3)",
    "https://www.edpb.europa.eu/our-work-tools/our-documents/guidelines/guidelines-22023-technical-scope-art-53-eprivacy-directive_en",
)


def findings(payload: Payload, facts: Facts | None = None) -> list[Finding]:
    """Everything that speaks against publishing this payload, what blocks first."""
    facts = facts or Facts()
    found = [finding for rule in RULES for finding in rule(payload, facts)]
    return sorted(found, key=lambda finding: not finding.is_blocking)


def blocking(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.is_blocking]


def _missing_texts(payload: Payload, facts: Facts) -> Iterator[Finding]:
    own = payload["texts"].get(payload["site"]["default_language"], {})
    for language in payload["languages"]:
        texts = payload["texts"].get(language, {})
        missing = [key for key in own if not key.endswith(PLURALS) and not texts.get(key, "").strip()]
        if missing or not texts:
            yield Finding(
                "texts_missing",
                True,
                f"{english_name(language)} lacks {_count(len(missing), 'text')} that visitors would have to read.",
                LANGUAGES,
                "texts",
                missing[0] if missing and texts else "",
                language=language,
            )


def _words_only_in_own_language(payload: Payload, facts: Facts) -> Iterator[Finding]:
    own = payload["site"]["default_language"]
    for language in payload["languages"]:
        behind = sorted(facts.own_words.get(own, frozenset()) - facts.own_words.get(language, frozenset()))
        if language != own and behind:
            yield Finding(
                "texts_not_translated",
                False,
                f"{_count(len(behind), 'text')} of your own in {english_name(own)} {_is(len(behind))} not yet in "
                f"{english_name(language)}: visitors read the built-in words there.",
                LANGUAGES,
                "texts",
                behind[0],
                language=language,
            )


def _no_controller(payload: Payload, facts: Facts) -> Iterator[Finding]:
    controller = payload["site"]["controller"]
    for key, name, sentence in (
        ("name", "controller_name", "Nobody is named who is responsible for the website."),
        ("contact", "controller_contact", "There is no contact of whoever is responsible for the website."),
    ):
        if not controller[key].strip():
            yield Finding("no_controller", True, sentence, GDPR_13, "details", name)


def _no_privacy_notice(payload: Payload, facts: Facts) -> Iterator[Finding]:
    if not payload["site"]["controller"]["privacy_policy_url"]:
        sentence = "There is no link to the website's privacy policy."
        yield Finding("no_privacy_notice", True, sentence, GDPR_13, "details", "privacy_policy_url")


def _refusal_is_no_refusal(payload: Payload, facts: Facts) -> Iterator[Finding]:
    for language, texts in payload["texts"].items():
        refusal = _plain(texts.get("reject_all", ""))
        others = {_plain(texts.get(key, "")) for key in OTHER_BUTTONS}
        if refusal and refusal in others:
            yield Finding(
                "reject_not_equal",
                True,
                f"In {english_name(language)} the button that refuses reads “{texts['reject_all']}”, as another one "
                "does. It has to say that it refuses.",
                REFUSAL,
                "texts",
                "reject_all",
                language=language,
            )


def _refusal_is_smaller(payload: Payload, facts: Facts) -> Iterator[Finding]:
    """Nothing in the admin can make it so. A payload that came another way is looked at all the same."""
    look = payload["appearance"]
    if any(name.startswith(("reject_", "refuse_", "accept_")) for name in look):
        sentence = "The two answers would not look the same."
        yield Finding("reject_not_equal", True, sentence, REFUSAL, "look")
    for row in payload["regimes"]:
        missing = row["model"] == "opt_in" and not set(FIRST_LAYER) <= set(row.get("first_layer", FIRST_LAYER))
        if missing:
            sentence = f"{place_name(row)}: refusing would take more clicks than accepting."
            yield Finding("reject_not_equal", True, sentence, REFUSAL, "policy", "scope")


def _contrast(payload: Payload, facts: Facts) -> Iterator[Finding]:
    look = payload["appearance"]
    for ground, text, scheme in (
        ("brand_colour", "brand_text_colour", "light"),
        ("dark_brand_colour", "dark_brand_text_colour", "dark"),
    ):
        ratio = contrast_ratio(look[ground], look[text])
        if ratio < LEAST_FOR_TEXT:
            # Rounded down, so that 4.49 is never shown as the 4.5 that it is not.
            sentence = (
                f"The words on the buttons stand out by {int(ratio * 10) / 10:.1f} to 1 in {scheme} mode. "
                f"Everybody can read them from {LEAST_FOR_TEXT} to 1."
            )
            yield Finding("contrast", True, sentence, WCAG, "look", text)


def _necessary_without_reason(payload: Payload, facts: Facts) -> Iterator[Finding]:
    for partner in _partners(payload, NECESSARY):
        if not partner["necessity_justification"].strip():
            yield Finding(
                "necessary_without_reason",
                True,
                f"{partner['name']} runs without a question, and nobody has written why it is strictly necessary.",
                ESSENTIAL,
                "partner-necessity",
                "necessity_justification",
                partner["slug"],
            )


def _advertising_without_a_yes(payload: Payload, facts: Facts) -> Iterator[Finding]:
    """A legitimate interest is no ground for advertising that stores or reads something in a browser."""
    free = {
        code
        for row in payload["regimes"]
        if row["model"] == "opt_in"
        for code, is_on in row.get("defaults", {}).items()
        if is_on
    }
    for partner in payload["partners"]:
        if SELLS.isdisjoint(partner["purposes"]) or partner["category"] == "targeting":
            continue
        label = CATEGORY_LABELS[partner["category"]]
        runs = partner["category"] == NECESSARY or partner["category"] in free
        sentence = (
            f"{partner['name']} advertises, and as {label.lower()} it would run before a yes. A legitimate interest "
            "does not carry that: put it under Targeting."
            if runs
            else f"{partner['name']} advertises, and stands under {label}. Visitors look for it under Targeting."
        )
        yield Finding(
            "advertising_without_yes" if runs else "advertising_elsewhere",
            runs,
            sentence,
            INTEREST,
            "partner",
            "category",
            partner["slug"],
        )


def _ticked_beforehand(payload: Payload, facts: Facts) -> Iterator[Finding]:
    """Where visitors are asked, nothing is on before they answer, but what the table of law lets be."""
    for row in payload["regimes"]:
        known = REGIMES.get(row["code"])
        allowed = {code for code, is_on in known.defaults.items() if is_on} if known else set()
        on = {code for code, is_on in row.get("defaults", {}).items() if is_on}
        if row["model"] == "opt_in" and on - allowed:
            names = " and ".join(CATEGORY_LABELS[code] for code in sorted(on - allowed))
            sentence = f"{place_name(row)}: {names} would be on before a yes, as if a legitimate interest allowed it."
            yield Finding("ticked_beforehand", True, sentence, PLANET49, "policy", "scope")


def _remembered_too_long(payload: Payload, facts: Facts) -> Iterator[Finding]:
    days = max((row["grant_days"] for row in payload["regimes"] if row["model"] == "opt_in"), default=0)
    if days > LONGEST_YES:
        sentence = f"A yes would be remembered for {days} days. Thirteen months ({LONGEST_YES} days) is the longest."
        yield Finding("remembered_too_long", True, sentence, AEPD, "policy", "grant_days")
    elif days > ADVISED_YES:
        sentence = f"A yes is remembered for {days} days. Regulators advise about six months."
        yield Finding("remembered_long", False, sentence, SIX_MONTHS, "policy", "grant_days")


def _loads_before_a_yes(payload: Payload, facts: Facts) -> Iterator[Finding]:
    """Google calls its own form of it advanced Consent Mode."""
    if not any(row["model"] == "opt_in" for row in payload["regimes"]):
        return
    for partner in filter(loads_early, payload["partners"]):
        is_acknowledged = (LOADS_EARLY, partner["slug"]) in facts.acknowledged
        sentence = (
            f"{partner['name']} loads before a yes, as a reviewer acknowledged."
            if is_acknowledged
            else f"{partner['name']} loads before a yes and is only told the answer (for Google: advanced Consent "
            "Mode). A reviewer has to acknowledge that, with a reason."
        )
        yield Finding(
            LOADS_EARLY,
            not is_acknowledged,
            sentence,
            SCOPE,
            "acknowledge",
            "reason",
            partner["slug"],
        )


def _partner_without_notice(payload: Payload, facts: Facts) -> Iterator[Finding]:
    for partner in payload["partners"]:
        if not partner["privacy_notice_url"]:
            sentence = f"{partner['name']} has no link to its privacy notice."
            yield Finding(
                "partner_without_notice",
                False,
                sentence,
                GDPR_13,
                "partner",
                "privacy_notice_url",
                partner["slug"],
            )


def _partner_without_cookies(payload: Payload, facts: Facts) -> Iterator[Finding]:
    declared = {cookie["partner"] for cookie in payload["cookies"]}
    for partner in payload["partners"]:
        if partner["slug"] not in declared:
            sentence = f"No cookie of {partner['name']} is declared. If it keeps nothing in browsers, all is well."
            yield Finding("partner_without_cookies", False, sentence, PLANET49, "cookies", partner=partner["slug"])


def _purpose_of_partners(payload: Payload, facts: Facts) -> Iterator[Finding]:
    for partner in payload["partners"]:
        if fault := _untold(partner["purpose"], payload["languages"]):
            code, is_blocking, words = fault
            sentence = f"{partner['name']}: what it is for {words}"
            yield Finding(f"partner_{code}", is_blocking, sentence, EPRIVACY, "partner", "", partner["slug"])


def _purpose_of_cookies(payload: Payload, facts: Facts) -> Iterator[Finding]:
    """One finding per kind of fault: a website may have hundreds of cookies."""
    faults: dict[tuple[str, bool, str], list[str]] = {}
    for cookie in payload["cookies"]:
        if fault := _untold(cookie["purpose"], payload["languages"]):
            faults.setdefault(fault, []).append(cookie["name"])
    for (code, is_blocking, words), names in faults.items():
        more = f" and {len(names) - 3} more" if len(names) > 3 else ""
        sentence = f"Cookies whose purpose {words.removesuffix('.')}: {', '.join(names[:3])}{more}."
        yield Finding(f"cookie_{code}", is_blocking, sentence, EPRIVACY, "cookies")


def _untold(purpose: Mapping[str, str], languages: list[str]) -> tuple[str, bool, str] | None:
    """What is wrong with a purpose. In another language it is still said; said nowhere it is not."""
    if not any(purpose.get(code, "").strip() for code in purpose):
        return "without_purpose", True, "is said nowhere."
    missing = [english_name(code) for code in languages if not purpose.get(code, "").strip()]
    if not missing:
        return None
    named = ", ".join(missing[:4]) + (f" and {len(missing) - 4} more" if len(missing) > 4 else "")
    return "purpose_not_translated", False, f"is not said in {named}."


def _never_seen(payload: Payload, facts: Facts) -> Iterator[Finding]:
    for domain in facts.unseen_domains or ():
        sentence = f"{domain} was never seen with the embed line. Until it is there, nobody is asked there."
        yield Finding("domain_never_seen", False, sentence, PROOF, "install")


Rule = Callable[[Payload, Facts], Iterator[Finding]]
RULES: tuple[Rule, ...] = (
    _no_controller,
    _no_privacy_notice,
    _missing_texts,
    _refusal_is_no_refusal,
    _refusal_is_smaller,
    _contrast,
    _necessary_without_reason,
    _advertising_without_a_yes,
    _ticked_beforehand,
    _remembered_too_long,
    _loads_before_a_yes,
    _purpose_of_partners,
    _purpose_of_cookies,
    _words_only_in_own_language,
    _partner_without_notice,
    _partner_without_cookies,
    _never_seen,
)


def _partners(payload: Payload, category: str) -> list[Mapping[str, Any]]:
    return [partner for partner in payload["partners"] if partner["category"] == category]


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".…!:")


def _count(number: int, noun: str) -> str:
    return f"One {noun}" if number == 1 else f"{number} {noun}s"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
