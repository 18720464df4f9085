"""A coarse device class from the User-Agent, which is then dropped. Pure."""

import re

# Cubot makes phones.
_PROGRAMS = re.compile(r"(?<!cu)bot\b|crawler|spider|headlesschrome|lighthouse|pagespeed", re.IGNORECASE)


def is_program(user_agent: str) -> bool:
    """Whether it says itself that nobody sits in front of it: crawlers, and browsers that a program drives."""
    return _PROGRAMS.search(user_agent) is not None


def device_class(user_agent: str) -> str:
    """`phone`, `tablet`, `desktop` or `other`. Good enough for a count, useless for recognising anyone."""
    agent = user_agent.lower()
    if "ipad" in agent or "tablet" in agent or ("android" in agent and "mobile" not in agent):
        return "tablet"
    if "mobi" in agent or "iphone" in agent:
        return "phone"
    if any(system in agent for system in ("windows", "macintosh", "x11", "linux", "cros")):
        return "desktop"
    return "other"
