"""Web and worker refuse a database role that could undo what the database holds for them."""

from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, pool

from app.ops.startup import check_service, role_problem
from config import ConfigError


def settings(*, production=True, owner=None):
    return SimpleNamespace(production=production, database_owner_url=owner)


@pytest.fixture
def engine_of(server):
    def engine(role):
        return create_engine(server.url(role, "guichet"), poolclass=pool.NullPool)

    return engine


def test_the_applications_role_is_accepted(engine_of):
    check_service(engine_of("guichet_app"), settings())


@pytest.mark.parametrize(
    ("role", "reason"), [("postgres", "is a superuser"), ("guichet_owner", "owns the database")]
)
def test_a_real_service_refuses_a_superuser_and_the_owner(engine_of, role, reason):
    with pytest.raises(ConfigError, match=rf"^DATABASE_URL: set another role, {role} {reason}$"):
        check_service(engine_of(role), settings())


def test_a_role_that_can_make_roles_is_refused(server, engine_of):
    with engine_of("postgres").begin() as connection:
        connection.exec_driver_sql("ALTER ROLE guichet_app CREATEROLE")
    try:
        assert "may create roles" in role_problem(engine_of("guichet_app"))
    finally:
        with engine_of("postgres").begin() as connection:
            connection.exec_driver_sql("ALTER ROLE guichet_app NOCREATEROLE")
    assert role_problem(engine_of("guichet_app")) is None


def test_a_real_service_never_holds_the_owners_address(engine_of):
    with pytest.raises(ConfigError, match=r"^DATABASE_OWNER_URL: unset it"):
        check_service(engine_of("guichet_app"), settings(owner="postgresql://…"))


def test_on_a_laptop_an_unfit_role_is_only_told(engine_of, caplog):
    check_service(engine_of("postgres"), settings(production=False))
    assert "refused in production" in caplog.text
