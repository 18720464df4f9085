"""Hosted pages: preference centre, declaration, receipt, the platform's front page."""
