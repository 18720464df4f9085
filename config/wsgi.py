"""The WSGI entry point that Granian and `runserver` load."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

django_application = get_wsgi_application()

from config.front_door import FrontDoor  # noqa: E402  models can be imported only once Django is set up
from consent.delivery import live  # noqa: E402
from consent.garbage import spare_what_is_loaded  # noqa: E402
from consent.services import counting  # noqa: E402

application = FrontDoor(django_application)
live.start_refresher()
counting.start_flusher()
spare_what_is_loaded()
