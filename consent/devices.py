"""A coarse device class from the User-Agent, which is then dropped. Pure."""


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
