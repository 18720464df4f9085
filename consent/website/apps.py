"""Start-up in the website's project: wrong settings are found out now, not with the first visitor."""

from django.apps import AppConfig
from django.core.checks import register

from consent.website.checks import check_middleware
from consent.website.configuration import configured


class WebsiteConfig(AppConfig):
    name = "consent.website"
    # Many a project has an app called `website`.
    label = "sayso"
    verbose_name = "Sayso"

    def ready(self) -> None:
        configured()
        register(check_middleware)
