"""Every setting of partsearch: from the environment, else ``.env`` beside ``pyproject.toml``, else a safe default."""

import os
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from partsearch.errors import PartsearchError

_NOT_IN_A_HOME = "*?[:"
"""The supervisor takes the first three for a pattern; a virtual environment, as a release is, cannot have a colon."""

Port = Annotated[int, Field(ge=1, le=65535)]


def project_root() -> Path:
    """Return the folder with ``pyproject.toml``; the current one where partsearch is installed as a package."""
    checkout = Path(__file__).parents[2]
    return checkout if (checkout / "pyproject.toml").exists() else Path.cwd()


class SettingsError(PartsearchError):
    """The value of a setting is invalid."""


class Settings(BaseSettings):
    """The validated settings. Their names in the environment are these names in capitals."""

    model_config = SettingsConfigDict(env_file_encoding="utf-8", extra="ignore", frozen=True, env_ignore_empty=True)

    database_url: str | None = Field(None, repr=False, description="PostgreSQL 15 or newer; absent: the embedded one.")
    direct_database_url: str | None = Field(
        None, repr=False, description="The unpooled address, for migrations and bulk loads; default: from DATABASE_URL."
    )
    database_replica_url: str | None = Field(
        None, repr=False, description="A read replica, which gets the searches as long as it answers."
    )
    partsearch_home: Path = Field(Path("var"), description="Where all state lives: data, logs, sockets.")
    partsearch_port: Port = Field(8080, description="The public port: Nginx.")
    partsearch_django_ports: Annotated[tuple[Port, Port], NoDecode] = Field(
        (8000, 8001), description="Django in the slots blue and green."
    )
    partsearch_fastapi_ports: Annotated[tuple[Port, Port], NoDecode] = Field(
        (9000, 9001), description="FastAPI in the slots blue and green."
    )
    partsearch_database_port: Port | None = Field(
        None, description="A loopback port for the embedded PostgreSQL; absent: its unix socket alone."
    )
    partsearch_engine: Literal["django", "fastapi"] = Field(
        "fastapi", description="The service that answers the bare paths."
    )
    partsearch_workers: int | None = Field(
        None, ge=1, le=64, description="Worker processes of each service; default: the cores."
    )
    partsearch_nginx: Path | None = Field(None, description="Another nginx binary.")
    partsearch_rate_limit: float | None = Field(
        None,
        ge=0.02,
        le=1_000_000,
        allow_inf_nan=False,
        description="Requests per second and client address at Nginx; absent: no limit.",
    )
    partsearch_address_searches: int = Field(
        1, ge=1, le=10_000, description="Searches that one client address may have in flight with one worker process."
    )
    partsearch_address_connections: int = Field(
        60, ge=1, le=65_535, description="Requests and live searches that one client address may have open at Nginx."
    )
    partsearch_behind_proxy: bool = Field(
        default=False,
        description="Another Nginx on this machine is in front: its headers about the client are trusted.",
    )
    partsearch_query_seconds: float = Field(
        2, ge=0.01, le=60, allow_inf_nan=False, description="The time limit of a search; past it the answer is 503."
    )
    partsearch_live_sockets: int = Field(
        100,
        ge=1,
        le=1_000_000,
        description="Live searches that one client address may have open with one worker process.",
    )
    partsearch_drain_seconds: float = Field(
        30,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="How long the drain of live search takes at least.",
    )
    partsearch_log_format: Literal["text", "json"] = Field("text", description="How the processes write log lines.")
    partsearch_release: str = Field("", description="The release id of X-Release; set by partsearch itself.")
    secret_key: str | None = Field(
        None, repr=False, description="Django's; absent: generated and kept in PARTSEARCH_HOME."
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        ("localhost", "127.0.0.1", "[::1]"), description="Host names served, with commas between them."
    )
    debug: bool = Field(default=False, description="Django's; never on a public site.")

    @field_validator("partsearch_django_ports", "partsearch_fastapi_ports", "allowed_hosts", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        return tuple(piece.strip() for piece in value.split(",")) if isinstance(value, str) else value

    @field_validator("*", mode="before")
    @classmethod
    def _unquoted(cls, value: object, info: ValidationInfo) -> object:
        """Strip white space and one pair of quotes, which only a shell removes, around a value."""
        if not isinstance(value, str) or info.field_name == "secret_key":
            return value
        text = value.strip()
        is_quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "'\""
        text = text[1:-1].strip() if is_quoted else text
        return text or cls.model_fields[info.field_name or ""].default

    @field_validator("partsearch_home")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        path = (project_root() / value.expanduser()).resolve()
        for character in str(path):
            if character in _NOT_IN_A_HOME or not character.isprintable():
                raise ValueError(f"a path with the character {character!r} in it cannot be used")
        return path

    @model_validator(mode="after")
    def _no_port_twice(self) -> Self:
        users: dict[int, str] = {}
        for name, port in self._ports():
            if users.get(port) == name:
                raise ValueError(f"{name} has port {port} twice")
            if port in users:
                raise ValueError(f"{users[port]} and {name} have the same port, {port}")
            users[port] = name
        return self

    def _ports(self) -> Iterator[tuple[str, int]]:
        """Yield every port of the site, those of both slots, with its setting."""
        yield "PARTSEARCH_PORT", self.partsearch_port
        yield from (("PARTSEARCH_DJANGO_PORTS", port) for port in self.partsearch_django_ports)
        yield from (("PARTSEARCH_FASTAPI_PORTS", port) for port in self.partsearch_fastapi_ports)
        if self.partsearch_database_port:
            yield "PARTSEARCH_DATABASE_PORT", self.partsearch_database_port

    def environment(self) -> dict[str, str]:
        """Return these settings as environment variables, for processes that have to use the same."""
        return {
            name.upper(): ",".join(map(str, value)) if isinstance(value, tuple) else str(value)
            for name, value in self
            if value is not None
        }

    def own_host(self) -> str:
        """Return a host name that the services accept, for requests of partsearch itself."""
        return self.allowed_hosts[0].lstrip(".").replace("*", "localhost")

    def release(self) -> str:
        """Return the release id of X-Release."""
        return self.partsearch_release or version("partsearch")


def env_file() -> Path | None:
    """Return ``.env`` if this process may read it. The services get their settings from their parent instead."""
    path = project_root() / ".env"
    return path if os.access(path, os.R_OK) else None


@cache
def settings() -> Settings:
    """Return the settings of this process.

    Raises:
        SettingsError: a value is invalid, which is named without the value; or ``.env`` is not text.
    """
    try:
        return Settings(_env_file=env_file())
    except ValidationError as error:
        problems = "; ".join(
            ": ".join(
                [*(str(name).upper() for name in problem["loc"][:1]), problem["msg"].removeprefix("Value error, ")]
            )
            for problem in error.errors()
        )
        raise SettingsError(f"Wrong setting: {problems}.", "Correct it in the environment or in .env.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{env_file()} is not text in UTF-8.", "Save it as UTF-8.") from None
