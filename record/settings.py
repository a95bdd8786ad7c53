"""Settings: the environment over `.env` over `counterfoil.toml`; defaults that work.

A misspelt key is an error that names it, never ignored.
"""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

PREFIX = "COUNTERFOIL_"
TOML = Path("counterfoil.toml")
DOTENV = Path(".env")


class BadSetting(Exception):
    """A setting that is misspelt or cannot be read; the message names it."""


class Settings(BaseSettings):
    """What an installation may set."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=DOTENV, toml_file=TOML, extra="forbid"
    )

    store: str = "sqlite:///counterfoil.db"
    """Where the log is kept."""
    database_pool: int = Field(default=10, ge=1)
    """How many may read a PostgreSQL store at once, in one process."""
    database_timeout: float = Field(default=10.0, gt=0)
    """Seconds after which a connection, the pen, or a statement is given up."""
    keys: str | None = None
    """Where the keys of sealed words are kept, written as a store is; by default a file
    beside the store, or a schema of its own in its database."""
    wrapping_key: SecretStr | None = None
    """The key that wraps those keys: 64 hexadecimal digits. Or, better:"""
    wrapping_key_file: Path | None = None
    """The file that holds it, and nothing else; by default beside a SQLite store."""
    safeguarding_key_file: Path | None = None
    """The file with the key that opens the words of concerns; by default beside a SQLite
    store. Without it they are still sealed, and not read."""
    quarantine_days: Annotated[int, Field(ge=1, le=3_650)] = 90
    """How many days after its month the key of quarantined bytes is destroyed."""
    columns: str | None = None
    """The folder of the columns; by default beside the store."""
    memory_limit: str = "1200MB"
    """What DuckDB may use, as it writes it. The rest goes to `spill_folder`."""
    threads: int | None = None
    """How many threads DuckDB may use."""
    spill_folder: str | None = None
    """Where DuckDB may put what does not fit into memory; by default the system's folder
    for temporary files."""
    broker: str | None = None
    """The courier of `counterfoil intake`."""
    ops: str = "127.0.0.1:9464"
    """Where health and numbers are told: HOST:PORT, for nobody but the operators."""
    http: str = "127.0.0.1:8080"
    """Where HTTP is listened to: HOST:PORT. TLS is spoken by a proxy in front."""
    token_key_file: Path | None = None
    """The key under which tokens are kept; by default beside a SQLite store."""
    jwt_issuer: str | None = None
    """Whose JWTs let a sender in: the `iss` they must carry."""
    jwt_audience: str | None = None
    """For whom those JWTs are: the `aud` they must carry."""
    jwt_keys: Path | None = None
    """The issuer's public keys: a file with a JWKS."""
    jwt_names: Literal["sub", "client_id"] = "sub"
    """The claim that is the name of a credential here."""
    sender_events_per_second: Annotated[int, Field(ge=1)] = 5_000
    """How many events a second one sender may hand in by HTTP, over ten seconds."""
    sender_events_in_flight: Annotated[int, Field(ge=1)] = 20_000
    """How many events of one sender may wait to be recorded, by HTTP."""
    broker_user: str | None = None
    """As whom the broker is entered."""
    broker_password_file: Path | None = None
    """The file that holds that user's password, and nothing else."""
    broker_ca_file: Path | None = None
    """Certificates to trust in place of the system's, where the broker is spoken to by TLS."""
    broker_stream_bytes: int = 8 << 30
    """How large the broker's stream is made where it is missing."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the library's signature
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then `.env`, then `counterfoil.toml`."""
        return (
            init_settings,
            EnvSettingsSource(settings_cls),
            DotEnvSettingsSource(settings_cls),
            TomlConfigSettingsSource(settings_cls),
        )


def _must_know(name: str, where: str) -> None:
    key = name[len(PREFIX) :].lower()
    if key not in Settings.model_fields:
        near = get_close_matches(key, Settings.model_fields, 1)
        meant = f"; did you mean {PREFIX}{near[0].upper()}?" if near else ""
        raise BadSetting(f"{where}: unknown setting {name}{meant}")


def load_settings() -> Settings:
    """The settings in force here. Raises `BadSetting`, which names the key."""
    for name in os.environ:
        if name.startswith(PREFIX):
            _must_know(name, "environment")
    try:
        if DOTENV.is_file():
            for line in DOTENV.read_text(encoding="utf-8").splitlines():
                name = line.partition("=")[0].removeprefix("export ").strip()
                if name.upper().startswith(PREFIX):
                    _must_know(name.upper(), str(DOTENV))
        return Settings()
    except ValidationError as errors:
        found = [f"{e['loc'][0]}: {e['msg']}" for e in errors.errors()]
        near = [
            f"did you mean {m[0]}?"
            for e in errors.errors()
            if (m := get_close_matches(str(e["loc"][0]), Settings.model_fields, 1))
            and e["type"] == "extra_forbidden"
        ]
        raise BadSetting("settings: " + "; ".join(found + near)) from None
    except (OSError, ValueError) as error:
        raise BadSetting(f"settings cannot be read: {error}") from None
