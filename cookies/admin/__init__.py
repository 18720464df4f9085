"""The marketer's pages about facts: websites, partners, cookies, teams. One module per subject."""

from cookies.admin import catalogue, cookie_lists, history, install, necessity, partners, site, team, tokens

__all__ = ["catalogue", "cookie_lists", "history", "install", "necessity", "partners", "site", "team", "tokens"]
