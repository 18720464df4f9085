"""Start-up: the append-only triggers are put back after every migration, and a check proves that they stand."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ConsentConfig(AppConfig):
    name = "consent"
    verbose_name = "Consent"

    def ready(self) -> None:
        from consent import append_only, checks  # noqa: F401, PLC0415  models are ready only now

        post_migrate.connect(append_only.install_after_migration, sender=self)
