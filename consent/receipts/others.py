"""The same record in the forms of others: ISO/IEC TS 27560 through the W3C DPV profile, and Kantara 1.1. Pure.

Modelled on them, and certified by nobody. Kantara's form knows consent only: a refusal lists no service, and says so in
`x-refused`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from consent.receipts.ours import Addresses

OPTIONAL = ("performance", "functional", "targeting")
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
# What partners get by being loaded at all; a website's own policy may name more.
PERSONAL_DATA = ("online identifiers", "usage data")


def iso_27560(
    *, leaf: Mapping[str, Any], values: Mapping[str, str], payload: Mapping[str, Any], addresses: Addresses
) -> dict[str, Any]:
    """A consent receipt in JSON-LD. `leaf`, `values`: of the record; `payload`: the version that was shown."""
    language = values["language"]
    return {
        "@context": CONTEXT,
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": "https://w3id.org/dpv/schema/dpv-27560#receipt",
        "dpv:hasIdentifier": leaf["event_id"],
        "dct:created": leaf["received_at"],
        "dpv:hasConsentStatus": _status(leaf["action"], any(_granted(leaf).values())),
        "dpv:hasDataSubject": {"@type": "dpv:DataSubject", "dpv:hasIdentifier": values["consent_ref"]},
        "dpv:hasDataController": {
            "@type": "dpv:DataController",
            "dpv:hasName": payload["site"]["controller"]["name"],
            "dpv:hasContact": payload["site"]["controller"]["contact"],
        },
        "dpv:hasJurisdiction": leaf["regime_shown"],
        "dpv:hasNotice": {
            "@type": "dpv:ConsentNotice",
            "@id": addresses.notice,
            "dpv:hasIdentifier": leaf["version"],
            "dct:language": language,
        },
        "dpv:hasConsentControl": [
            {"@type": "dpv:WithdrawConsent", "@id": addresses.preferences},
            {"@type": "dpv:ManageConsent", "@id": addresses.preferences},
        ],
        "dpv:hasProcess": [_process(category, leaf, payload, language) for category in OPTIONAL],
    }


def kantara(
    *, leaf: Mapping[str, Any], values: Mapping[str, str], payload: Mapping[str, Any], addresses: Addresses
) -> dict[str, Any]:
    """A consent receipt in the form of Kantara's version 1.1."""
    controller, language = payload["site"]["controller"], values["language"]
    refused = [category for category, granted in _granted(leaf).items() if not granted]
    return {
        "version": "KI-CR-v1.1.0",
        "jurisdiction": leaf["regime_shown"],
        "consentTimestamp": int(datetime.fromisoformat(leaf["received_at"]).timestamp()),
        "collectionMethod": f"web, {leaf['surface']}",
        "consentReceiptID": leaf["event_id"],
        "publicKey": "",
        "language": language,
        "piiPrincipalId": values["consent_ref"],
        "piiControllers": [
            {
                "piiController": controller["name"],
                "onBehalf": False,
                "contact": controller["contact"],
                "address": {},
                "email": controller["contact"] if "@" in controller["contact"] else "",
                "phone": "",
            }
        ],
        "policyUrl": controller["privacy_policy_url"],
        "services": [_service(partner, language, addresses) for partner in _granted_partners(leaf, payload)],
        "sensitive": False,
        "spiCat": [],
        "x-notice": {"digest": leaf["version"], "url": addresses.notice},
        "x-refused": refused,
    }


def _granted(leaf: Mapping[str, Any]) -> dict[str, bool]:
    return {category: leaf["categories"][category] for category in OPTIONAL}


def _status(action: str, granted: bool) -> str:
    if action == "withdraw":
        return "dpv:ConsentWithdrawn"
    return "dpv:ConsentGiven" if granted else "dpv:ConsentRefused"


def _process(category: str, leaf: Mapping[str, Any], payload: Mapping[str, Any], language: str) -> dict[str, Any]:
    titles = {each["code"]: each["title"] for each in payload["categories"]}
    partners = [partner for partner in payload["partners"] if partner["category"] == category]
    return {
        "@type": "dpv:Process",
        "dpv:hasIdentifier": category,
        "dpv:hasPurpose": {"@type": "dpv:Purpose", "rdfs:label": _said(titles.get(category, category), language)},
        "dpv:hasLegalBasis": "dpv:Consent",
        "dpv:hasConsentStatus": _status(leaf["action"], leaf["categories"][category]),
        "dpv:hasPersonalData": list(PERSONAL_DATA),
        "dpv:hasStorageCondition": [
            {"rdfs:label": cookie["name"], "dpv:hasDuration": cookie["lifetime"]}
            for cookie in payload["cookies"]
            if cookie["category"] == category
        ],
        "dpv:hasRecipientThirdParty": [
            {
                "@type": "dpv:ThirdParty",
                "dpv:hasIdentifier": partner["slug"],
                "dpv:hasName": partner["legal_entity"] or partner["name"],
                "dpv:hasPurpose": _said(partner["purpose"], language),
                "dpv:hasLocation": partner["country"],
                "dpv:hasConsentStatus": _status(leaf["action"], _allows(leaf, partner)),
            }
            for partner in partners
        ],
    }


def _allows(leaf: Mapping[str, Any], partner: Mapping[str, Any]) -> bool:
    return bool(leaf["partners"].get(partner["slug"], leaf["categories"][partner["category"]]))


def _granted_partners(leaf: Mapping[str, Any], payload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for partner in payload["partners"]:
        if partner["category"] in OPTIONAL and _allows(leaf, partner):
            yield partner


def _service(partner: Mapping[str, Any], language: str, addresses: Addresses) -> dict[str, Any]:
    return {
        "service": partner["name"],
        "purposes": [
            {
                "purpose": _said(partner["purpose"], language),
                "purposeCategory": list(partner["purposes"]),
                "consentType": "EXPLICIT",
                "piiCategory": list(PERSONAL_DATA),
                "primaryPurpose": False,
                "termination": f"withdrawal, at {addresses.preferences}",
                "thirdPartyDisclosure": True,
                "thirdPartyName": partner["legal_entity"] or partner["name"],
            }
        ],
    }


def _said(texts: Any, language: str) -> str:
    """A text in the language that was shown, else in any."""
    if isinstance(texts, str):
        return texts
    return str(texts.get(language) or next(iter(texts.values()), ""))
