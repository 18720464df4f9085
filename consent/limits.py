"""How much a website can have before visitors can't be shown it, or their answer can't be kept. Pure."""

from __future__ import annotations

from collections.abc import Collection

# An event's body, and how many exceptions it may name. The consent cookie names them in fewer bytes, so it fits too.
MOST_BYTES = 4096
MOST_EXCEPTIONS = 100
# What an event holds at most beside its exceptions, and what each of them adds to its slug: `"slug":false,`.
OTHER_BYTES, BYTES_PER_EXCEPTION = 640, 9

MOST_OF_A_BUTTON, MOST_OF_A_HEADING, MOST_OF_A_TEXT = 80, 120, 1000
# Words on buttons, and others that stand in a line with something.
BUTTONS = frozenset(
    {
        "accept_all",
        "always_on",
        "changes_allow",
        "changes_refuse",
        "choose",
        "close",
        "declaration_change",
        "details_link",
        "history_erase",
        "history_erase_no",
        "history_erase_yes",
        "news_close",
        "notice_keep",
        "notice_opt_in",
        "notice_opt_out",
        "notice_stay_out",
        "page_erase",
        "page_erase_cancel",
        "page_erase_confirm",
        "page_save_return",
        "placeholder_always",
        "placeholder_once",
        "privacy_choices",
        "reject_all",
        "returned_apply",
        "returned_ignore",
        "save",
        "settings_button",
        "withdraw",
    }
)


def text_fault(key: str, text: str) -> str | None:
    """What is wrong with the length of a text that visitors read."""
    kind, most = _room(key)
    return f"{kind} has room for {most} characters, and these are {len(text)}." if len(text) > most else None


def _room(key: str) -> tuple[str, int]:
    if key in BUTTONS:
        return "A button or link", MOST_OF_A_BUTTON
    if key.endswith("_title"):
        return "A heading", MOST_OF_A_HEADING
    return "A text", MOST_OF_A_TEXT


def partners_fault(slugs: Collection[str]) -> str | None:
    """What is wrong with the partners that visitors decide about: an answer about each of them alone must fit into
    one event, or there would be no evidence of it."""
    if len(slugs) > MOST_EXCEPTIONS:
        return (
            f"Visitors can decide about at most {MOST_EXCEPTIONS} partners one by one, and these are {len(slugs)}. "
            "Archive those that the website no longer uses."
        )
    most = MOST_BYTES - OTHER_BYTES - BYTES_PER_EXCEPTION * len(slugs)
    if (length := sum(map(len, slugs))) > most:
        return (
            f"The short names of the {len(slugs)} partners that visitors decide about have {length} characters "
            f"together, and an answer about each of them has room for {most}. Archive partners that the website no "
            "longer uses, or add some again under shorter names."
        )
    return None
