"""What is read for people. Reads only; statistics are in a module of their own."""

from consent.reports.websites import SiteState, history, site_states

__all__ = ["SiteState", "history", "site_states"]
