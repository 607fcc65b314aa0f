"""A real service does not start on a laptop's settings, and says which variable to set."""

import base64
import os

import pytest

import config
from tools import laptop

GOOD_KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(32, 64))).decode()
REAL_SERVICE = {
    "GUICHET_ENV": "production",
    "DATABASE_URL": "postgresql://guichet_app:secret@db.example.ca/guichet",
    "SECRET_KEY": "k7QdX4mpT92htLw3eRz8bNcV5sJ6gYfA",
    "CODE_KEYS": f"2026-a:{GOOD_KEY}",
    "BASE_URL": "https://portal.example.ca",
    "SMTP_HOST": "mail.example.ca",
    "SMTP_PORT": "587",
    "SMTP_SECURITY": "starttls",
    "MAIL_FROM": "portal@example.ca",
    "ANCHOR_DIR": "/srv/anchors",
    "ANCHOR_KEY": GOOD_KEY,
    "DOCUMENT_STORE_URL": "s3://documents/guichet",
    "S3_ACCESS_KEY_ID": "reader",
    "S3_SECRET_ACCESS_KEY": "k7QdX4mpT92htLw3eRz8",
}


@pytest.fixture
def environment(monkeypatch):
    for name in config.Settings.model_fields:
        monkeypatch.delenv(config.variable(name), raising=False)

    def use(values):
        for name, value in values.items():
            monkeypatch.setenv(name, value)

    return use


def refusal(environment, **changes):
    environment(REAL_SERVICE | changes)
    with pytest.raises(config.ConfigError) as caught:
        config.load()
    return str(caught.value)


def test_a_complete_environment_starts(environment):
    environment(REAL_SERVICE)
    settings = config.load()
    assert settings.production
    assert settings.database_url == "postgresql+psycopg://guichet_app:secret@db.example.ca/guichet"
    assert settings.database_dsn == "postgresql://guichet_app:secret@db.example.ca/guichet"
    assert settings.trusted_hosts == ("portal.example.ca",)


def test_without_a_word_about_it_a_service_is_a_real_one(environment):
    environment({k: v for k, v in REAL_SERVICE.items() if k != "GUICHET_ENV"})
    assert config.load().production


@pytest.mark.parametrize(
    "variable",
    ["DATABASE_URL", "SECRET_KEY", "CODE_KEYS", "ANCHOR_DIR", "ANCHOR_KEY", "DOCUMENT_STORE_URL"],
)
def test_a_missing_variable_is_named(environment, variable):
    environment({k: v for k, v in REAL_SERVICE.items() if k != variable})
    with pytest.raises(config.ConfigError) as caught:
        config.load()
    assert str(caught.value) == f"{variable}: is not set"


REPETITIVE = base64.b64encode(b"a" * 32).decode()


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DEBUG", "true"),
        ("MAIL_CATCHER", "true"),
        ("BASE_URL", "http://portal.example.ca"),
        ("SMTP_SECURITY", "none"),
        ("MAIL_FROM", "guichet@localhost"),
        ("DEMO_PASSWORD", "a demonstration"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 40),
        ("SECRET_KEY", "development:k7QdX4mpT92htLw3eRz8bNcV5sJ6gYfA"),
        ("CODE_KEYS", f"2026-a:{REPETITIVE}"),
        ("CODE_KEYS", "2026-a:c2hvcnQ="),
        ("CODE_KEYS", f"2026-a:{GOOD_KEY},2026-a:{OTHER_KEY}"),
        ("CODE_KEYS", GOOD_KEY),
        ("ANCHOR_KEY", REPETITIVE),
        ("ANCHOR_KEY", "not base64"),
        ("ANCHOR_KEY", base64.b64encode(bytes(range(33))).decode()),
        ("DATABASE_URL", "sqlite:///guichet.db"),
        ("DATABASE_URL", "nonsense"),
        ("BASE_URL", "https://example.ca/portal"),
        ("PORT", "70000"),
        ("WEB_THREADS", "1"),
        ("SMTP_SECURITY", "ssl"),
        ("DOCUMENT_STORE_URL", "/srv/documents"),
        ("DOCUMENT_STORE_URL", "file://host/documents"),
        ("DOCUMENT_STORE_URL", "file:///srv/guichet/../documents"),
        ("DOCUMENT_STORE_URL", "s3://key:secret@documents"),
        ("DOCUMENT_STORE_URL", "https://documents.example.ca"),
        ("S3_ENDPOINT", "http://objects.example.ca"),
        ("S3_ENDPOINT", "objects.example.ca"),
        ("S3_ACCESS_KEY_ID", ""),
        ("S3_SECRET_ACCESS_KEY", ""),
        ("CLAMD_ADDRESS", "clamd"),
        ("CLAMD_ADDRESS", "clamd:none"),
        ("CLAMD_ADDRESS", ":3310"),
    ],
)
def test_an_unsafe_or_wrong_value_is_refused_by_name(environment, variable, value):
    lines = refusal(environment, **{variable: value}).splitlines()
    assert [line.split(":")[0] for line in lines] == [variable]


def test_every_problem_is_told_at_once(environment):
    lines = refusal(environment, DEBUG="true", MAIL_CATCHER="true", SECRET_KEY="short")
    assert {line.split(":")[0] for line in lines.splitlines()} == {
        "DEBUG",
        "MAIL_CATCHER",
        "SECRET_KEY",
    }


def test_a_mail_password_never_travels_in_clear_not_even_on_a_laptop(environment):
    told = refusal(
        environment,
        GUICHET_ENV="development",
        SMTP_PASSWORD="hunter2",
        SMTP_SECURITY="none",
        SMTP_HOST="localhost",
    )
    assert told.startswith("SMTP_SECURITY:")


def test_every_secret_made_for_a_laptop_is_refused_by_a_real_service(environment, tmp_path):
    made = laptop.secrets_of(tmp_path)
    told = refusal(environment, **made)
    assert {line.split(":")[0] for line in told.splitlines()} == set(made)


def test_a_laptops_secrets_are_made_once_and_kept_for_us_alone(tmp_path):
    instance = tmp_path / "instance"
    first = laptop.secrets_of(instance)
    assert laptop.secrets_of(instance) == first
    assert laptop.secrets_of(tmp_path / "another") != first
    assert (instance / "development.json").stat().st_mode & 0o777 == 0o600
    assert instance.stat().st_mode & 0o777 == 0o700


def test_a_laptop_needs_no_variable_and_variables_win(environment, tmp_path, monkeypatch):
    environment({"PORT": "9000", "DEMO_PASSWORD": "our own password"})
    made = laptop.environment(tmp_path)
    assert made["PORT"] == "9000"
    assert made["DEMO_PASSWORD"] == "our own password"
    for name, value in made.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE_URL", "postgresql:///guichet")
    settings = config.load()
    assert settings.env == "development"
    assert settings.mail_catcher
    assert settings.base_url == "http://localhost:9000"


def test_the_first_code_key_is_current_and_older_ones_still_verify(environment):
    environment(REAL_SERVICE | {"CODE_KEYS": f"new:{GOOD_KEY}, old:{OTHER_KEY}"})
    keys = config.load().code_keys
    assert [key.id for key in keys] == ["new", "old"]
    assert keys[0].secret == bytes(range(32))


def test_no_secret_is_shown_when_settings_are_printed(environment):
    environment(REAL_SERVICE | {"SMTP_PASSWORD": "hunter2"})
    shown = repr(config.load())
    for secret in (
        REAL_SERVICE["SECRET_KEY"],
        "secret@db",
        "hunter2",
        repr(bytes(range(32)))[2:20],
    ):
        assert secret not in shown


def test_a_wrong_value_is_not_repeated_in_the_message(environment):
    told = refusal(environment, CODE_KEYS="id:verysecretbutnotbase64!")
    assert "verysecret" not in told


def test_settings_cannot_be_changed_while_the_process_runs(environment):
    environment(REAL_SERVICE)
    with pytest.raises(ValueError, match="frozen"):
        config.load().debug = True


def test_a_taken_port_is_named_by_its_variable(free_port):
    import socket

    port = free_port()
    told = pytest.raises(config.ConfigError, match=f"MAIL_PORT: port {port} is in use")
    with socket.create_server(("127.0.0.1", port)), told:
        laptop.refuse_taken_ports({"MAIL_PORT": port})
    laptop.refuse_taken_ports({"MAIL_PORT": port})


def test_code_that_knows_no_flask_gets_the_installed_settings(environment, monkeypatch):
    from app.base import settings

    monkeypatch.setattr(settings, "_installed", None)
    with pytest.raises(RuntimeError):
        settings.get()
    environment(REAL_SERVICE)
    values = config.load()
    settings.install(values)
    assert settings.get() is values
    assert "SECRET_KEY" in os.environ  # and they came from there


def test_a_laptop_keeps_documents_in_its_own_folder(environment, tmp_path, monkeypatch):
    environment(laptop.environment(tmp_path) | {"DATABASE_URL": "postgresql:///guichet"})
    settings = config.load()
    assert settings.document_store_url == f"file://{tmp_path}/documents"
    assert settings.clamd_address is None
    monkeypatch.setenv("DOCUMENT_STORE_URL", "file:///srv/documents")
    assert config.load().document_store_url == "file:///srv/documents"


def test_keys_of_the_store_stand_in_no_line_of_a_log(environment):
    environment(REAL_SERVICE | {"CLAMD_ADDRESS": "scanner.example.ca:3310"})
    settings = config.load()
    assert settings.s3_secret_access_key not in repr(settings)
    assert "'reader'" not in repr(settings)
    assert {"S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"} <= set(config.SECRET_VARIABLES)
