"""The signed links that show a website's draft on the website itself: whose, and for how long.

A link shows the draft as it is when it is opened. Another SECRET_KEY closes all of them at once.
"""

from __future__ import annotations

from django.core import signing

SALT = "consent.preview-link"
OPEN_FOR_SECONDS = 60 * 60


def make_token(key: str) -> str:
    """For the website with this key, from now on."""
    return signing.dumps({"site": key}, salt=SALT)


def opens(token: str, key: str) -> bool:
    """Whether it was made for this website, less than an hour ago."""
    try:
        said = signing.loads(token, salt=SALT, max_age=OPEN_FOR_SECONDS)
    except signing.BadSignature:
        return False
    return bool(said == {"site": key})
