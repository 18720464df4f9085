"""The WSGI entry point that Granian and `runserver` load."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from consent.delivery import live  # noqa: E402  models can be imported only once Django is set up
from consent.services import counting  # noqa: E402

live.start_refresher()
counting.start_flusher()
