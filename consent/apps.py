"""Start-up: the triggers that guard and queue evidence are put back after every migration, and a check proves that they
stand. The database of places is opened, so that a broken one is found out now."""

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = "Consent"

    def ready(self) -> None:
        from consent import append_only, checks, geography, waiting  # noqa: F401, PLC0415  models are ready only now

        post_migrate.connect(append_only.install_after_migration, sender=self)
        post_migrate.connect(waiting.install_after_migration, sender=self)
        if settings.GEOIP_DATABASE:
            geography.open_database(settings.GEOIP_DATABASE)
