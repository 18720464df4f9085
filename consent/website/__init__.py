"""For a website that is itself Django: put "consent.website" into its INSTALLED_APPS (docs/django.md).

Runs in the website's own process, beside its own code. So it has no models, and imports nothing of Sayso but pure rules
and the built-in words; tests/test_structure.py holds that.
"""
