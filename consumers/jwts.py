"""JWTs of one issuer (OAuth2): signed by a key we know, for us, in force, and by name.

Only asymmetric algorithms are read, so that nobody who knows a public key can sign with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from record.errors import UnsafeSetting
from record.settings import BadSetting, Settings

ALGORITHMS = ("RS256", "ES256", "Ed25519")
"""What a signature may be made with. `EdDSA` is an older name of the last."""
LEEWAY_SECONDS = 30
LEAST_RSA_BITS = 2048


class _Signatures(JWSRegistry):
    """The library's registry, in which `EdDSA` means Ed25519 and nothing else."""

    def get_alg(self, name: str) -> Any:
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


class Issuer:
    """Reads the JWTs of one issuer.

    Raises:
        BadSetting: the file of keys cannot be read.
        UnsafeSetting: it holds a key that must not be trusted.
    """

    def __init__(
        self,
        issuer: str,
        audience: str,
        keys: Path,
        names: str,
        now: Callable[[], datetime],
    ) -> None:
        self._keys = _read_keys(keys)
        self._names = names
        self._signatures = _Signatures(algorithms=ALGORITHMS, strict_check_header=False)
        self._claims = jwt.JWTClaimsRegistry(
            lambda: int(now().timestamp()),
            LEEWAY_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    def named_in(self, token: str) -> str | None:
        """The name of the credential that a valid *token* speaks of; None: it is not valid."""
        try:
            claims = jwt.decode(token, self._keys, registry=self._signatures).claims
            self._claims.validate(claims)
        except (JoseError, ValueError, TypeError, RecursionError):
            return None
        name = claims.get(self._names)
        return name if isinstance(name, str) else None


def issuer(settings: Settings, now: Callable[[], datetime]) -> Issuer | None:
    """The issuer that the settings name; None where they name none.

    Raises `BadSetting` where they name one by half.
    """
    asked = (settings.jwt_issuer, settings.jwt_audience, settings.jwt_keys)
    if not any(asked):
        return None
    by, to, keys = asked
    if not (by and to and keys):
        raise BadSetting(
            "jwt_issuer, jwt_audience and jwt_keys are set together or not at all"
        )
    return Issuer(by, to, keys, settings.jwt_names, now)


def _read_keys(path: Path) -> KeySet:
    try:
        found = KeySet.import_key_set(json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, JoseError) as error:
        said = error.strerror if isinstance(error, OSError) else type(error).__name__
        raise BadSetting(
            f"jwt_keys: {path} is no JWKS that can be read ({said})"
        ) from None
    for key in found:
        if not isinstance(key, RSAKey | ECKey | OKPKey):
            raise UnsafeSetting(f"jwt_keys: {path} holds a secret that both sides know")
        if isinstance(key, RSAKey) and key.raw_value.key_size < LEAST_RSA_BITS:
            raise UnsafeSetting(
                f"jwt_keys: {path} holds an RSA key of fewer than {LEAST_RSA_BITS} bits"
            )
    return found
