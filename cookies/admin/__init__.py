"""The marketer's pages about facts: websites, partners, cookies, teams. One module per subject."""

from cookies.admin import catalogue, install, partners, people, site, team

__all__ = ["catalogue", "install", "partners", "people", "site", "team"]
