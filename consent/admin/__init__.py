"""The marketer's pages about what is asked, published and recorded. One module per subject."""

from consent.admin import (
    ab_test,
    banner,
    check_page,
    compare,
    events,
    evidence,
    exports,
    home,
    install,
    numbers,
    overview,
    policy,
    preview,
    publish,
    retention,
    review,
    user_links,
    versions,
    webhooks,
)
from consent.builtin_texts import available_languages
from consent.services.publishing import draft_of
from cookies.admin.languages import LanguageSource, use_languages

use_languages(LanguageSource(spoken=lambda site: draft_of(site)[0].languages, offered=available_languages))

__all__ = [
    "ab_test",
    "banner",
    "check_page",
    "compare",
    "events",
    "evidence",
    "exports",
    "home",
    "install",
    "numbers",
    "overview",
    "policy",
    "preview",
    "publish",
    "retention",
    "review",
    "user_links",
    "versions",
    "webhooks",
]
