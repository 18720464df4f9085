"""How the visitors' texts are ordered and called where they are edited. Words only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class TextGroup:
    """Texts that stand together on a page; `important` ones are not folded away."""

    title: str
    explanation: str
    labels: Mapping[str, str]
    important: bool = False


GROUPS = (
    TextGroup(
        "Banner",
        "The question that visitors meet first.",
        {
            "banner_title": "Heading",
            "banner_text": "Text",
            "details_link": "Link to the cookie list",
            "reject_all": "Button that refuses everything",
            "accept_all": "Button that allows everything",
            "choose": "Button that opens the preference centre",
        },
        important=True,
    ),
    TextGroup(
        "Preference centre",
        "Where visitors decide for each category and each partner.",
        {
            "preferences_title": "Heading",
            "preferences_intro": "Text under the heading",
            "save": "Button that saves the choice",
            "withdraw": "Button that takes a yes back",
            "settings_button": "Our small button on your pages",
            "confirmation": "What is said after a choice",
        },
        important=True,
    ),
    TextGroup(
        "Categories",
        "The four categories, one plain line each.",
        {
            "strictly_necessary_title": "Strictly necessary: name",
            "strictly_necessary_description": "Strictly necessary: what it means",
            "performance_title": "Performance: name",
            "performance_description": "Performance: what it means",
            "functional_title": "Functional: name",
            "functional_description": "Functional: what it means",
            "targeting_title": "Targeting: name",
            "targeting_description": "Targeting: what it means",
        },
    ),
    TextGroup(
        "How the banner counts and lists",
        "The parts that are put into the banner's text, and the text for websites with less to ask.",
        {
            "purpose_performance": "Performance, in the middle of a sentence",
            "purpose_functional": "Functional, in the middle of a sentence",
            "purpose_targeting": "Targeting, in the middle of a sentence",
            "partners_one": "One partner",
            "partners_other": "Several partners",
            "cookies_one": "One cookie",
            "cookies_other": "Several cookies",
            "banner_text_alone": "Text where no partner needs consent",
            "banner_text_nothing": "Text where nothing needs consent",
        },
    ),
    TextGroup(
        "Inside the preference centre",
        "Small words beside switches and in the tables.",
        {
            "close": "Closing it without a change",
            "always_on": "Beside strictly necessary",
            "last_decision": "When the visitor last decided",
            "no_decision": "Before the first decision",
            "consent_id": "Name of the consent id",
            "record_link": "Link to the visitor's own record",
            "other_ways": "Heading of the other ways to opt out",
            "other_ways_browser": "What the browser itself can do",
            "own_use": "The website itself, among the partners",
            "nothing_used": "An empty category",
            "privacy_notice": "Link to a partner's privacy notice",
            "opt_out": "Link to a partner's opt-out page",
            "cookie_name": "Column: name",
            "cookie_purpose": "Column: purpose",
            "cookie_technology": "Column: kind",
            "cookie_party": "Column: set by",
            "cookie_lifetime": "Column: kept for",
            "technology_cookie": "Kind: cookie",
            "technology_local_storage": "Kind: local storage",
            "technology_session_storage": "Kind: session storage",
            "technology_indexed_db": "Kind: browser database",
            "technology_pixel": "Kind: pixel",
            "technology_web_beacon": "Kind: web beacon",
            "technology_tag": "Kind: tag",
            "party_first": "Set by the website",
            "party_third": "Set by a partner",
            "lifetime_session": "Kept until the browser closes",
            "lifetime_persistent": "Kept until it is deleted",
        },
    ),
    TextGroup(
        "Signals from the browser",
        "What is said when a browser sends Do Not Track or Global Privacy Control.",
        {
            "signal_dnt": "Do Not Track",
            "signal_gpc": "Global Privacy Control",
            "signal_both": "Both signals",
            "signal_answered": "A signal, and a choice made in spite of it",
            "signal_disregarded": "Do Not Track where the website disregards it",
            "declaration_signals_title": "Heading in the cookie list",
            "declaration_dnt_honour": "In the cookie list: Do Not Track is honoured",
            "declaration_dnt_disregard": "In the cookie list: Do Not Track is disregarded",
            "declaration_gpc": "In the cookie list: Global Privacy Control",
            "declaration_signals_conflict": "In the cookie list: a signal against an earlier choice",
            "declaration_signals_by_place": "In the cookie list: where rules differ by place",
            "declaration_dnt_disregarded": "Do Not Track is disregarded, where rules differ by place",
            "signal_sale": "Where a signal refuses sale and sharing",
        },
    ),
    TextGroup(
        "Where things run until refused",
        "For places whose law lets them, such as California. It names the link and the status: keep those words.",
        {
            "notice_title": "Notice: heading",
            "notice_text": "Notice: text",
            "notice_opt_out": "Notice: button that opts out",
            "notice_keep": "Notice: button that leaves it",
            "privacy_choices": "The lasting link",
            "signal_status": "Status beside the link",
            "sale_title": "Switch of sale and sharing: name",
            "sale_text": "Switch of sale and sharing: what it means",
            "notice_again_title": "A year after an opt-out: heading",
            "notice_again_text": "A year after an opt-out: text",
            "notice_stay_out": "A year after an opt-out: button that keeps it",
            "notice_opt_in": "A year after an opt-out: button that allows it",
        },
    ),
    TextGroup(
        "When something changes",
        "What those who have chosen before are asked or told after you publish.",
        {
            "changes_title": "Question about what is new: heading",
            "changes_text": "Question about what is new: text",
            "changes_refuse": "Button that refuses what is new",
            "changes_allow": "Button that allows what is new",
            "news_title": "What changed: heading",
            "news_text": "What changed: what it means",
            "news_added": "A new partner",
            "news_added_later": "A new partner that works later",
            "news_moved": "A partner in another category",
            "news_purpose_added": "A partner with a new purpose",
            "news_removed": "A partner that is gone",
            "news_close": "Button that closes it",
            "partner_from": "Beside a partner that works later",
        },
    ),
    TextGroup(
        "Videos, maps and other embeds",
        "What stands in the place of an embed until the visitor allows it.",
        {
            "placeholder_title": "Heading",
            "placeholder_text": "Text",
            "placeholder_once": "Button: this time",
            "placeholder_always": "Button: always",
            "placeholder_link": "Link to the original",
        },
    ),
    TextGroup(
        "Cookie list",
        "The list of cookies on your website, and the one that Sayso shows itself.",
        {
            "declaration_title": "Heading",
            "declaration_intro": "Text under it",
            "declaration_partner": "Partner",
            "declaration_purpose": "Purpose",
            "declaration_notice": "Privacy notice",
            "declaration_change": "Button to change the choice",
            "declaration_controller": "Who is responsible",
            "declaration_contact": "Contact",
            "declaration_policy": "Privacy policy",
            "declaration_version": "Which version is shown",
            "consent_cookie_purpose": "What our own cookie is for",
            "consent_queue_purpose": "What our own storage is for",
            "page_company": "Company of a partner",
            "page_country": "Its country",
            "page_kinds": "What it uses",
            "page_necessity": "Why it is necessary",
            "page_no_opt_out": "A partner without an opt-out page",
            "page_partner_keeps_nothing": "A partner without cookies",
            "page_version_proof": "How to check the version",
            "page_download": "Link to the version as data",
        },
    ),
    TextGroup(
        "Preference page without JavaScript",
        "The page that Sayso shows itself, and the way back from it.",
        {
            "page_preferences_title": "Heading",
            "page_languages": "Choice of languages",
            "page_save_return": "Save and go back",
            "page_back": "Link back",
            "page_own_domain": "Under the website's own address",
            "page_return": "Elsewhere, with a way back",
            "page_elsewhere": "Elsewhere, without a way back",
            "page_foreign_return": "A way back to a foreign address",
            "page_partner_kept": "A partner that follows its category",
            "page_partner_allowed": "A partner allowed all the same",
            "page_memory": "How long answers are remembered",
            "page_memory_by_place": "How long, where rules differ by place",
            "page_saved": "After saving",
            "page_saved_nothing": "After refusing everything",
            "page_not_kept": "The browser kept nothing",
            "returned_title": "Back on the website: heading",
            "returned_text": "Back on the website: text",
            "returned_apply": "Back on the website: apply",
            "returned_ignore": "Back on the website: leave",
        },
    ),
    TextGroup(
        "The visitor's own record",
        "The page on which visitors read and erase what is kept of their choice.",
        {
            "page_receipt_title": "Heading",
            "page_receipt_intro": "Text under it",
            "page_receipt_how": "How to open it",
            "page_receipt_script": "Where JavaScript is off",
            "page_receipt_time": "Column: when",
            "page_receipt_decision": "Column: decision",
            "page_receipt_granted": "Column: allowed",
            "page_receipt_refused": "Column: refused",
            "page_receipt_exceptions_granted": "Partners allowed all the same",
            "page_receipt_exceptions_refused": "Partners refused all the same",
            "page_receipt_version": "Which version was shown",
            "page_receipt_language": "Language",
            "page_receipt_signals": "Signals",
            "page_receipt_no_signals": "No signals",
            "page_receipt_this": "Heading of this decision",
            "page_receipt_history": "Heading of all decisions",
            "page_receipt_others": "Heading of the other decisions",
            "page_receipt_absent": "The decision is not in the record",
            "page_receipt_none": "Nothing is kept",
            "page_receipt_failed": "It could not be fetched",
            "page_receipt_wait": "While it is fetched",
            "page_action_accept_all": "Decision: accepted all",
            "page_action_reject_all": "Decision: rejected all",
            "page_action_save": "Decision: chose one by one",
            "page_action_withdraw": "Decision: withdrew",
            "page_action_embed_unlock": "Decision: loaded an embed",
            "page_erase": "Button that erases",
            "page_erase_title": "Before erasing: heading",
            "page_erase_text": "Before erasing: text",
            "page_erase_confirm": "Before erasing: yes",
            "page_erase_cancel": "Before erasing: no",
            "page_receipt_erasing": "While it is erased",
            "page_erased": "After erasing",
            "page_receipt_not_erased": "It could not be erased",
        },
    ),
    TextGroup(
        "When something is not possible",
        "What Sayso's own pages say when an address or a form is wrong.",
        {
            "page_unknown_title": "Unknown website: heading",
            "page_unknown_text": "Unknown website: text",
            "page_unpublished_title": "Nothing published: heading",
            "page_unpublished_text": "Nothing published: text",
            "page_foreign_form_title": "A form from elsewhere: heading",
            "page_foreign_form_text": "A form from elsewhere: text",
            "page_unknown_choice_title": "An unknown choice: heading",
            "page_unknown_choice_text": "An unknown choice: text",
            "page_busy_title": "Too many requests: heading",
            "page_busy_text": "Too many requests: text",
            "page_not_saved_title": "Not saved: heading",
            "page_not_saved_text": "Not saved: text",
        },
    ),
)
OTHERS = "More words"


def grouped(keys: Iterable[str]) -> Iterator[TextGroup]:
    """The groups, holding just these keys. A text that no group knows stands in a last one: none is ever hidden."""
    wanted = list(keys)
    known = {key for group in GROUPS for key in group.labels}
    for group in GROUPS:
        labels = {key: label for key, label in group.labels.items() if key in wanted}
        if labels:
            yield TextGroup(group.title, group.explanation, labels, group.important)
    if unknown := {key: key.replace("_", " ").capitalize() for key in wanted if key not in known}:
        yield TextGroup(OTHERS, "The rest of what visitors may read.", unknown)
