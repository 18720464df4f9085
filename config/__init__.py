"""Settings, routes and the WSGI entry point."""
