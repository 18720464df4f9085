"""The closed sets that describe what a website uses, and the English words people see for them.

Data only. Codes appear in evidence: a set only ever grows, and no code is renamed or removed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

CATEGORIES = ("strictly_necessary", "performance", "functional", "targeting")
OPTIONAL_CATEGORIES = CATEGORIES[1:]

# One letter each, as the consent cookie writes them.
CATEGORY_LETTERS: Mapping[str, str] = MappingProxyType(
    {"strictly_necessary": "s", "performance": "p", "functional": "f", "targeting": "t"}
)

TECHNOLOGIES = ("cookie", "local_storage", "session_storage", "indexed_db", "pixel", "web_beacon", "tag")

PARTIES = ("first", "third")

LOAD_MODES = ("managed", "gated", "signalled")

PURPOSES = (
    "audience_measurement",
    "advertising",
    "personalisation",
    "tag_management",
    "video",
    "maps",
    "chat",
    "crm",
    "payments",
    "security",
    "session_recording",
    "forms",
    "functionality",
)

STEP_VERBS = ("set", "stub", "push", "gtag", "call", "script")

# When the steps of a signal run.
SIGNAL_MOMENTS = ("default", "update", "grant", "deny", "answer")

LIFETIME_UNITS = ("second", "minute", "hour", "day", "week", "month", "year")

# For a full match. Always singular (`2 year`): pages turn it into words of the visitor's language.
LIFETIME_PATTERN = rf"(session|persistent|[1-9][0-9]* ({'|'.join(LIFETIME_UNITS)}))"

CATEGORY_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "strictly_necessary": "Strictly necessary",
        "performance": "Performance",
        "functional": "Functional",
        "targeting": "Targeting",
    }
)

TECHNOLOGY_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "cookie": "Cookie",
        "local_storage": "Local storage",
        "session_storage": "Session storage",
        "indexed_db": "Browser database (IndexedDB)",
        "pixel": "Pixel",
        "web_beacon": "Web beacon",
        "tag": "Tag",
    }
)

PARTY_LABELS: Mapping[str, str] = MappingProxyType(
    {"first": "First party (this website)", "third": "Third party (another website)"}
)

LOAD_MODE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "managed": "Managed: Sayso loads the tag after consent",
        "gated": "Gated: the tag in the website's own markup waits for consent",
        "signalled": "Signalled: the tag loads itself and is told about consent",
    }
)

PURPOSE_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "audience_measurement": "Audience measurement",
        "advertising": "Advertising",
        "personalisation": "Personalisation",
        "tag_management": "Tag management",
        "video": "Video",
        "maps": "Maps",
        "chat": "Chat",
        "crm": "Customer relations",
        "payments": "Payments",
        "security": "Security",
        "session_recording": "Session recording",
        "forms": "Forms",
        "functionality": "Functionality",
    }
)

STEP_VERB_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "set": "Set a global value",
        "stub": "Create a function that queues calls until the tag is there",
        "push": "Add to a queue",
        "gtag": "Tell Google's tags",
        "call": "Call a function if it exists",
        "script": "Load a script",
    }
)
