"""A client of the machine API, for Python 3.11 or newer. It needs nothing but the standard library: copy this folder
into your project, under any name.

    from client import Client

    client = Client("https://consent.example.com", token)
    for partner in client.partners():
        print(partner.name, partner.category)
"""

from .calls import Client
from .errors import ApiProblem, ChangedMeanwhile, NoAnswer, NotAllowed, NotFound, Refused, TooManyRequests
from .records import (
    Cookie,
    Draft,
    Export,
    Finding,
    Partner,
    Publication,
    Record,
    TokenFacts,
    Version,
    Website,
)

__all__ = [
    "ApiProblem",
    "ChangedMeanwhile",
    "Client",
    "Cookie",
    "Draft",
    "Export",
    "Finding",
    "NoAnswer",
    "NotAllowed",
    "NotFound",
    "Partner",
    "Publication",
    "Record",
    "Refused",
    "TokenFacts",
    "TooManyRequests",
    "Version",
    "Website",
]
