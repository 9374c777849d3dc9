"""What an identity provider (OpenID Connect) must prove before anything that it says is believed."""

from collections.abc import Mapping
from typing import Any

import jwt
import requests
from django.conf import settings

# Signed with a key that only the provider has; never with a secret that we share, never unsigned.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
NEEDED = ("iss", "sub", "aud", "exp", "iat", "nonce")
LEEWAY = 60
WELL_KNOWN = "/.well-known/openid-configuration"


class NotProven(Exception):
    """The provider, or somebody in its place, sent something that proves nothing."""


def discover(session: requests.Session, *, issuer: str) -> dict[str, Any]:
    """The provider's own description. Raises NotProven when it describes another issuer."""
    found = _json(session.get(issuer.rstrip("/") + WELL_KNOWN))
    if found.get("issuer") != issuer:
        raise NotProven
    if any(not found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")):
        raise NotProven
    return found


def wants_basic_auth(found: Mapping[str, Any]) -> bool:
    """Whether the provider takes our secret in a header only."""
    return "client_secret_post" not in found.get(
        "token_endpoint_auth_methods_supported", ["client_secret_basic"]
    )


def verified_claims(
    session: requests.Session, id_token: str, *, found: Mapping[str, Any], client_id: str
) -> dict[str, Any]:
    """What the token says, once signature, issuer, audience and age are right. Raises NotProven.

    OpenID Connect Core 1.0, section 3.1.3.7. The nonce is the caller's to compare.
    """
    try:
        header = jwt.get_unverified_header(id_token)
        if header.get("alg") not in ALGORITHMS:
            raise NotProven
        key = _key(_json(session.get(found["jwks_uri"])), header)
        claims: dict[str, Any] = jwt.decode(
            id_token, key, algorithms=[header["alg"]], issuer=found["issuer"], audience=client_id,
            leeway=LEEWAY, options={"require": list(NEEDED)},
        )  # fmt: skip
    except jwt.PyJWTError:
        raise NotProven from None
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and claims.get("azp") != client_id:
        raise NotProven
    if not claims["sub"]:
        raise NotProven
    return claims


def groups_of(claims: Mapping[str, Any]) -> frozenset[str]:
    """Groups in the claim that OIDC_ROLES_CLAIM names; a dot leads inside, as in realm_access.roles."""
    said: Any = claims
    for name in settings.OIDC_ROLES_CLAIM.split("."):
        said = said.get(name) if isinstance(said, Mapping) else None
    values = [said] if isinstance(said, str) else said if isinstance(said, list) else []
    return frozenset(value for value in values if isinstance(value, str))


def has_several_factors(claims: Mapping[str, Any]) -> bool:
    """Whether the provider says that it asked for several factors, in words that the operator trusts."""
    amr = claims.get("amr")
    said = {value for value in amr if isinstance(value, str)} if isinstance(amr, list) else set()
    if isinstance(acr := claims.get("acr"), str):
        said.add(acr)
    return bool(said & set(settings.OIDC_TRUSTED_FACTORS))


def _key(keys: Any, header: Mapping[str, Any]) -> Any:
    """The key that the token names; without a name, the only one."""
    try:
        known = jwt.PyJWKSet.from_dict(keys).keys
    except (jwt.PyJWTError, AttributeError, TypeError):
        raise NotProven from None
    named = [key for key in known if key.key_id == header.get("kid")] if header.get("kid") else known
    if len(named) != 1:
        raise NotProven
    return named[0].key


def _json(response: requests.Response) -> dict[str, Any]:
    response.raise_for_status()
    try:
        said = response.json()
    except ValueError:
        raise NotProven from None
    if not isinstance(said, dict):
        raise NotProven
    return said
