"""JWTs: signed by a key of the issuer, for us, in force; all others are answered alike."""

from __future__ import annotations

import base64
import hmac
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from consumers.http import http_app
from consumers.jwts import Issuer, issuer
from record.clock import SteppedClock
from record.errors import UnsafeSetting
from record.log import Log
from record.settings import BadSetting, Settings
from tests.door import Server, client, door, door_settings, is_problem, let_in, post_event
from tests.door import statuses as became
from tests.feeds import ASH, NOON, heartbeat

ISSUER, AUDIENCE = "https://login.example", "counterfoil"
NOW = int(NOON.timestamp())
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
ED448 = OKPKey.generate_key("Ed448", {"kid": "ed448"})
STRANGE = RSAKey.generate_key(2048, {"kid": "rsa"})
KEYS = KeySet([RSA, EC, ED, ED448])
GOOD: dict[str, Any] = {"iss": ISSUER, "aud": AUDIENCE, "exp": NOW + 60, "sub": "ash"}


class Anything(jws.JWSRegistry):
    """Signs with whatever is asked for, as a forger would."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]


def signed(
    key: Any = RSA, alg: str = "RS256", kid: str | None = "rsa", **claims: Any
) -> str:
    """A JWT; claims that are None are left out."""
    header = {"alg": alg} | ({"kid": kid} if kid else {})
    told = {name: value for name, value in (GOOD | claims).items() if value is not None}
    return jwt.encode(header, told, key, registry=Anything())


def part(content: Any) -> str:
    """A part of a JWT, not signed."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def with_public_key_as_secret() -> str:
    """The confusion of old: an HMAC under the issuer's public key."""
    said = f"{part({'alg': 'HS256', 'kid': 'rsa'})}.{part(GOOD)}"
    made = hmac.digest(RSA.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(made).rstrip(b'=').decode()}"


def altered() -> str:
    """A good JWT whose claims were exchanged afterwards."""
    head, _, signature = signed().split(".")
    return ".".join([head, part(GOOD | {"sub": "birch"}), signature])


GOOD_ONES = {
    "RS256": signed(),
    "ES256": signed(EC, "ES256", "ec"),
    "Ed25519": signed(ED, "Ed25519", "ed"),
    "EdDSA": signed(ED, "EdDSA", "ed"),
    "several audiences": signed(aud=["other", AUDIENCE]),
    "just expired": signed(exp=NOW - 29),
}
BAD_ONES = {
    "not signed": f"{part({'alg': 'none'})}.{part(GOOD)}.",
    "not signed, in capitals": f"{part({'alg': 'NONE'})}.{part(GOOD)}.",
    "a public key as a secret": with_public_key_as_secret(),
    "a key of the sender's own": signed(STRANGE),
    "an unknown key": signed(kid="other"),
    "no key named": signed(kid=None),
    "another's key named": signed(kid="ec"),
    "an algorithm that is not read": signed(RSA, "RS512"),
    "a curve that is not read": signed(ED448, "EdDSA", "ed448"),
    "altered": altered(),
    "another issuer": signed(iss="https://evil.example"),
    "issuers": signed(iss=[ISSUER]),
    "no issuer": signed(iss=None),
    "another audience": signed(aud="other"),
    "an empty audience": signed(aud=[]),
    "no audience": signed(aud=None),
    "expired": signed(exp=NOW - 30),
    "no expiry": signed(exp=None),
    "an expiry that is text": signed(exp=str(NOW + 60)),
    "an endless expiry": signed(exp=float("nan")),
    "not yet": signed(nbf=NOW + 120),
    "no subject": signed(sub=None),
    "a subject that is a number": signed(sub=7),
    "garbage": "garbage",
    "parts of garbage": "a.b.c",
    "five parts": "a.b.c.d.e",
    "deep": f"{part({'alg': 'RS256', 'kid': 'rsa'})}.{'W' * 12_000}.x",
}


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A file: which kind of store there is makes no difference here."""
    return f"sqlite:///{tmp_path}/council.db"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """The issuer's public keys."""
    place = tmp_path / "keys.json"
    place.write_text(json.dumps(KEYS.as_dict(private=False)))
    return place


@pytest.fixture
def settings(log: Log, tmp_path: Path, keys: Path) -> Settings:
    """Settings of a door that also knows an issuer."""
    return door_settings(
        log, tmp_path, jwt_issuer=ISSUER, jwt_audience=AUDIENCE, jwt_keys=keys
    )


@pytest.fixture
def known(log: Log, settings: Settings, clock: SteppedClock) -> None:
    """A sender without a token."""
    let_in(log, settings, "ash", ASH, now=clock.now(), with_token=False)


@pytest.mark.parametrize("token", GOOD_ONES.values(), ids=GOOD_ONES)
def test_a_jwt_of_the_issuer_lets_its_subject_in(
    known: None, server: Server, token: str
) -> None:
    # given a JWT as it should be; when an event is posted with it, then it is recorded
    with client(server, token) as sender:
        assert became(post_event(sender, heartbeat("a"))) == ["recorded"]


def test_every_other_jwt_is_answered_in_the_same_words(
    known: None, server: Server, log: Log
) -> None:
    # given JWTs each of which is wrong in its own way, and none at all
    answers: dict[str | None, httpx.Response] = {}

    # when events are posted with them
    for name, token in {**BAD_ONES, None: None}.items():
        with client(server, token) as sender:
            answers[name] = post_event(sender, heartbeat("a"))

    # then nobody is let in, and nobody learns why
    told = {answer.content for answer in answers.values()}
    assert {name for name, a in answers.items() if a.status_code != 401} == set()
    assert len(told) == 1
    for answer in answers.values():
        is_problem(answer, 401)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert log.head() == 0


@pytest.mark.parametrize("sub", ["birch", "", "Ash", "ash\n", "ash' OR '1'='1"])
def test_a_valid_jwt_of_somebody_we_do_not_know_lets_nobody_in(
    known: None, server: Server, sub: str
) -> None:
    # given a JWT for a subject without a credential; when it is shown, then it is not enough
    with client(server, signed(sub=sub)) as sender:
        is_problem(sender.get("/receipts"), 401)


def test_a_jwt_says_no_more_than_the_credential_it_names(
    known: None, server: Server
) -> None:
    # given a JWT that claims scopes of its own
    token = signed(scope="admin", sources=["/providers/birch"])

    # when its sender speaks for another, then that is refused
    with client(server, token) as sender:
        assert became(post_event(sender, heartbeat("a", "birch"))) == ["rejected"]


def test_the_claim_that_names_the_credential_is_the_operators_choice(
    log: Log, settings: Settings, clock: SteppedClock, known: None
) -> None:
    # given an installation where the client is the sender, and never the subject
    by_client = settings.model_copy(update={"jwt_names": "client_id"})

    # when a JWT names ash as its client, and another as its subject
    with door(log, clock, by_client) as server:
        with client(server, signed(sub="42", client_id="ash")) as sender:
            assert became(post_event(sender, heartbeat("a"))) == ["recorded"]
        with client(server, signed(sub="ash", client_id="42")) as sender:
            refused = post_event(sender, heartbeat("b"))

    # then the client counts, and the subject does not
    is_problem(refused, 401)


def test_a_revoked_credential_ends_its_jwts_too(
    log: Log, settings: Settings, clock: SteppedClock, server: Server
) -> None:
    # given a revoked credential without a token
    now = clock.now()
    let_in(log, settings, "ash", ASH, now=now, with_token=False, revoked_at=now)

    # when its JWT is shown, then nobody is let in
    with client(server, signed()) as sender:
        is_problem(sender.get("/quarantine"), 401)


@pytest.mark.parametrize("left_out", ["jwt_issuer", "jwt_audience", "jwt_keys"])
def test_an_issuer_that_is_set_by_half_is_no_issuer(
    log: Log, settings: Settings, clock: SteppedClock, left_out: str
) -> None:
    # given two of the three settings; when the door is made, then it is refused
    with pytest.raises(BadSetting, match="together"):
        http_app(log, clock, settings.model_copy(update={left_out: None}))


SECRET = OctKey.generate_key(256)
WEAK = RSA.as_dict(private=False) | {"n": part("x" * 120), "kid": "s"}
BAD_FILES: dict[str, tuple[bytes, type[Exception]]] = {
    "nothing": (b"", BadSetting),
    "no set": (b"[]", BadSetting),
    "an empty set": (b'{"keys":[]}', BadSetting),
    "no keys": (b'{"keys":[1]}', BadSetting),
    "half a key": (b'{"keys":[{"kty":"RSA"}]}', BadSetting),
    "a secret": (json.dumps({"keys": [SECRET.as_dict()]}).encode(), UnsafeSetting),
    "a weak key": (json.dumps({"keys": [WEAK]}).encode(), UnsafeSetting),
}


@pytest.mark.filterwarnings("ignore:Key size")  # the library warns; we refuse
@pytest.mark.parametrize(("content", "kind"), BAD_FILES.values(), ids=BAD_FILES)
def test_keys_that_cannot_be_trusted_are_refused_at_the_start(
    tmp_path: Path, content: bytes, kind: type[Exception]
) -> None:
    # given a file of keys that is none; when it is read, then it is refused by name
    place = tmp_path / "keys"
    place.write_bytes(content)
    with pytest.raises(kind, match="jwt_keys"):
        Issuer(ISSUER, AUDIENCE, place, "sub", lambda: NOON)


def test_keys_that_are_not_there_are_refused_at_the_start(tmp_path: Path) -> None:
    # given no file; when it is read, then it is refused by name
    with pytest.raises(BadSetting, match="jwt_keys"):
        Issuer(ISSUER, AUDIENCE, tmp_path / "none", "sub", lambda: NOON)


def test_without_an_issuer_no_jwt_is_read(tmp_path: Path) -> None:
    # given settings that name no issuer; when it is asked for, then there is none
    assert issuer(Settings(store=f"sqlite:///{tmp_path}/x.db"), lambda: NOON) is None
