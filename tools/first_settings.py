"""Prints the first .env of an installation: the demo on, and a secret key that nobody else has."""

import secrets


def first_settings() -> str:
    return (
        "# This installation's settings; docs/configuration.md describes them. Keep this file to yourself.\n"
        f"SECRET_KEY={secrets.token_urlsafe(50)}\n"
        "DEMO=true\n"
        "DEBUG=false\n"
    )


if __name__ == "__main__":
    print(first_settings(), end="")
