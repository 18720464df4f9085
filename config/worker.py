"""What each worker of Granian loads: the WSGI application, deaf to Ctrl-C.

A terminal sends Ctrl-C to every process. The first one stops its workers by SIGTERM, and a worker that gets both
signals at once can stand still until it is killed.
"""

import signal

signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})

from config.wsgi import application  # noqa: E402  the threads that it starts inherit the mask

__all__ = ["application"]
