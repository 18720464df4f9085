"""Facts about websites, as rows."""

from cookies.models.catalogue import Cookie, Partner
from cookies.models.site import Member, Role, Site
from cookies.models.token import Token

__all__ = ["Cookie", "Member", "Partner", "Role", "Site", "Token"]
