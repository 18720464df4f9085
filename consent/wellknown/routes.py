"""The well-known addresses (RFC 8615)."""

from django.urls import path, re_path

from consent.wellknown import resources

KEY = r"(?P<key>[a-z0-9-]{1,40})"

urlpatterns = [
    path(".well-known/dnt/", resources.site_wide, name="tracking-status"),
    re_path(rf"^\.well-known/dnt/{KEY}$", resources.of_website, name="tracking-status-website"),
    path(".well-known/gpc.json", resources.gpc, name="gpc-support"),
]
