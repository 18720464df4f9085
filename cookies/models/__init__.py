"""Facts about websites, as rows."""

from cookies.models.catalogue import Cookie, Partner
from cookies.models.site import Member, Role, Site

__all__ = ["Cookie", "Member", "Partner", "Role", "Site"]
