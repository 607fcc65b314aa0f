"""Settings: everything that differs between a laptop, a test run and a real service.

They are read from environment variables, once, at the start of a process. A wrong or missing
value ends the start with one line that names the variable. `run.py` fills in what a laptop
needs; a production service is started with every variable set by its operator.
"""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url

import config_values as read
from config_values import KEY_BYTES, CodeKey

ROOT: Final = Path(__file__).resolve().parent
DEVELOPMENT_MARK: Final = "development:"
"""Every secret made for a laptop begins with this, so that a real service can refuse it."""

_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")


class ConfigError(Exception):
    """The environment cannot be used; one line a problem, each naming its variable."""


Port = Annotated[int, Field(ge=1, le=65535)]
Address = Annotated[str, AfterValidator(read.address)]
DatabaseUrl = Annotated[str, AfterValidator(read.database_url)]


class Settings(BaseSettings):
    """The settings of one process; a field's variable is its name in capitals."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", populate_by_name=True, hide_input_in_errors=True
    )

    env: Literal["development", "test", "production"] = Field("production", alias="GUICHET_ENV")
    debug: bool = False
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "plain"] | None = None
    """By default one JSON object a line on a real service, plain lines elsewhere."""
    instance_dir: Path = ROOT / "instance"

    metrics_token: str | None = Field(None, repr=False)
    """What Prometheus shows to read /metrics, as a bearer; without it there is no such page."""
    metrics_port: Port | None = None
    """Where the worker, which has no pages, serves its own /metrics."""

    database_url: DatabaseUrl = Field(repr=False)
    """The application's role: it can change no table and touch no trail."""
    database_owner_url: DatabaseUrl | None = Field(None, repr=False)
    """The owner's role, for migrations, sync and tests; web and worker never receive it."""

    secret_key: str = Field(repr=False)
    """Signs cookies and forms."""
    code_keys: Annotated[
        tuple[CodeKey, ...],
        NoDecode,
        BeforeValidator(read.code_keys),
        Field(repr=False, min_length=1),
    ]
    """Keys of one-time codes and of letter codes; kept outside the database."""

    base_url: Address = ""
    """The address people type, without a path; letters and e-mails quote it."""
    listen: str = "127.0.0.1"
    """The network address to listen on; a reverse proxy with TLS stands in front of it."""
    port: Port = 8000
    trusted_hosts: Annotated[tuple[str, ...], NoDecode, BeforeValidator(read.names)] = ()
    """Host names that requests may ask for; by default the one of `base_url`."""
    trusted_proxies: int = Field(0, ge=0, le=5)
    """How many reverse proxies stand in front: their X-Forwarded-* headers are believed."""
    request_id_proxies: Annotated[
        tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(read.networks)
    ] = ()
    """Proxies whose X-Request-Id becomes the reference of a request; by default it is ours."""
    web_workers: int = Field(2, ge=1, le=64)
    web_threads: int = Field(8, ge=2, le=64)
    """Threads a web process: with one, a slow upload holds everybody up."""

    smtp_host: str = "localhost"
    smtp_port: Port = 1025
    smtp_user: str | None = None
    smtp_password: str | None = Field(None, repr=False)
    smtp_security: Literal["none", "starttls", "tls"] = "none"
    mail_from: str = "guichet@localhost"
    mail_catcher: bool = False
    """`run.py` starts the development mail catcher, and mail goes nowhere else."""
    mail_port: Port = 8025
    """Where the mail catcher shows its page."""

    anchor_dir: Path
    """Where the trail's signed heads are written, outside database and backup."""
    anchor_key: Annotated[bytes, NoDecode, BeforeValidator(read.anchor_key), Field(repr=False)]
    """The seed of the Ed25519 key that signs them."""

    document_store_url: Annotated[str, AfterValidator(read.store)]
    """Where documents are kept: a folder (`file://`) or a bucket (`s3://`)."""
    s3_endpoint: Address | None = None
    """The server that speaks S3; by default the one of Amazon in `s3_region`."""
    s3_region: str = "ca-central-1"
    s3_access_key_id: str | None = Field(None, repr=False)
    s3_secret_access_key: str | None = Field(None, repr=False)

    clamd_address: Annotated[str, AfterValidator(read.scanner)] | None = None
    """The virus scanner, host:port or the path of its socket; without it nothing is scanned."""

    demo_password: str | None = Field(None, repr=False)
    """The one password of the demonstration accounts; never used in production."""

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Fill in what follows from another setting."""
        if not values.get("base_url"):
            values["base_url"] = f"http://localhost:{values.get('port') or 8000}"
        if not values.get("trusted_hosts"):
            host = urlsplit(str(values["base_url"])).hostname or "localhost"
            local = _LOOPBACK[:2] if host in _LOOPBACK else ()
            values["trusted_hosts"] = tuple(dict.fromkeys((host, *local)))
        real = (values.get("GUICHET_ENV") or values.get("env") or "production") == "production"
        if not values.get("document_store_url") and not real:
            instance = Path(values.get("instance_dir") or ROOT / "instance").resolve()
            values["document_store_url"] = (instance / "documents").as_uri()
        return values

    @property
    def production(self) -> bool:
        """Whether this is a real service, whose unsafe settings are refused."""
        return self.env == "production"

    @property
    def log_as_json(self) -> bool:
        """Whether machines read the log."""
        return (self.log_format or ("json" if self.production else "plain")) == "json"

    @property
    def database_dsn(self) -> str:
        """The application's address in the form that psycopg and procrastinate take."""
        url = make_url(self.database_url).set(drivername="postgresql")
        return url.render_as_string(hide_password=False)

    def problems(self) -> Iterator[str]:
        """Yield what a real service must not start with, one line each; none elsewhere."""
        if self.smtp_password and self.smtp_security == "none":
            yield "SMTP_SECURITY: set starttls or tls, or the mail password travels in clear"
        if self.metrics_port is not None and self.metrics_token is None:
            yield "METRICS_TOKEN: set it, METRICS_PORT serves nobody without one"
        if self.metrics_token is not None and len(self.metrics_token) < KEY_BYTES:
            yield "METRICS_TOKEN: set at least 32 random characters"
        yield from self._store_problems()
        if self.production:
            yield from self._development_leftovers()
            yield from self._secret_problems()

    def _store_problems(self) -> Iterator[str]:
        if self.document_store_url.startswith("s3:"):
            if not self.s3_access_key_id:
                yield "S3_ACCESS_KEY_ID: set it, DOCUMENT_STORE_URL names a bucket"
            if not self.s3_secret_access_key:
                yield "S3_SECRET_ACCESS_KEY: set it, DOCUMENT_STORE_URL names a bucket"
        s3 = urlsplit(self.s3_endpoint or "https:")
        if self.production and s3.scheme != "https" and s3.hostname not in _LOOPBACK:
            yield "S3_ENDPOINT: set an https address; documents must not travel in clear"

    def _development_leftovers(self) -> Iterator[str]:
        if self.debug:
            yield "DEBUG: unset it, it shows the program's inside to visitors"
        if self.mail_catcher:
            yield "MAIL_CATCHER: unset it, no mail would reach anybody"
        if not self.base_url.startswith("https://"):
            yield "BASE_URL: set the https address of the portal; sessions need TLS"
        if self.smtp_security == "none" and self.smtp_host not in _LOOPBACK:
            yield "SMTP_SECURITY: set starttls or tls; one-time codes must not travel in clear"
        if self.mail_from.endswith("@localhost"):
            yield "MAIL_FROM: set the address that the portal's mail comes from"
        if self.demo_password is not None:
            yield "DEMO_PASSWORD: unset it, a real service has no demonstration accounts"

    def _secret_problems(self) -> Iterator[str]:
        mark = DEVELOPMENT_MARK.encode()
        if self.secret_key.startswith(DEVELOPMENT_MARK):
            yield "SECRET_KEY: set a new secret, this one was made for development"
        elif len(self.secret_key) < 32 or len(set(self.secret_key)) < 10:
            yield "SECRET_KEY: set at least 32 random characters"
        for key in self.code_keys:
            if key.secret.startswith(mark):
                yield f"CODE_KEYS: replace the key {key.id}, it was made for development"
            elif len(set(key.secret)) < 10:
                yield f"CODE_KEYS: replace the key {key.id}, it is not random"
        if self.anchor_key.startswith(mark):
            yield "ANCHOR_KEY: set a new seed, this one was made for development"
        elif len(set(self.anchor_key)) < 10:
            yield "ANCHOR_KEY: set a seed of 32 random bytes"


SECRET_VARIABLES: Final = (
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "SECRET_KEY",
    "CODE_KEYS",
    "ANCHOR_KEY",
    "SMTP_PASSWORD",
    "METRICS_TOKEN",
    "S3_ACCESS_KEY_ID",
    "S3_SECRET_ACCESS_KEY",
    "DEMO_PASSWORD",
)
"""What a process need not keep in its environment once the settings are read."""


def variable(field: str) -> str:
    """Return the environment variable that sets a field."""
    return "GUICHET_ENV" if field in {"env", "GUICHET_ENV"} else field.upper()


def load(overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the environment, `overrides` (by field name) first, and refuse what is unsafe.

    Raises ConfigError with one line for each variable that is missing, wrong or unsafe.
    """
    try:
        settings = Settings(**dict(overrides or {}))
    except ValidationError as error:
        raise ConfigError("\n".join(_lines(error))) from None
    if problems := list(settings.problems()):
        raise ConfigError("\n".join(problems))
    return settings


def _lines(error: ValidationError) -> Iterator[str]:
    for problem in error.errors(include_url=False, include_input=False):
        name = variable(str(problem["loc"][0])) if problem["loc"] else "settings"
        missing = problem["type"] == "missing"
        message = "is not set" if missing else problem["msg"].removeprefix("Value error, ")
        yield f"{name}: {message}"
