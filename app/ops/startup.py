"""What web and worker check before they start to serve."""

import logging

from sqlalchemy import Engine, create_engine, pool, text
from sqlalchemy.exc import OperationalError

from config import ConfigError, Settings

log = logging.getLogger(__name__)

_ROLE = text(
    """
    SELECT r.rolname, r.rolsuper, pg_has_role(r.oid, d.datdba, 'MEMBER') AS owns,
           r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls OR r.rolreplication AS powerful
    FROM pg_roles AS r, pg_database AS d
    WHERE r.rolname = current_user AND d.datname = current_database()
    """
)


def role_problem(engine: Engine) -> str | None:
    """Return what is wrong with the role of DATABASE_URL, or None.

    Whoever breaks into the portal has this role's rights: the trail and the submissions are
    safe only while it is neither a superuser nor the owner of the tables.
    """
    with engine.connect() as connection:
        role = connection.execute(_ROLE).one()
    if role.rolsuper:
        return f"DATABASE_URL: set another role, {role.rolname} is a superuser"
    if role.owns:
        return f"DATABASE_URL: set another role, {role.rolname} owns the database"
    if role.powerful:
        return f"DATABASE_URL: set another role, {role.rolname} may create roles or databases"
    return None


def refuse_unfit_role(settings: Settings) -> None:
    """Ask the database itself, over a connection of its own; raise ConfigError as below."""
    engine = create_engine(
        settings.database_url, poolclass=pool.NullPool, connect_args={"connect_timeout": 10}
    )
    try:
        check_service(engine, settings)
    except OperationalError as error:
        raise ConfigError(f"DATABASE_URL: the database does not answer ({error.orig})") from None


def check_service(engine: Engine, settings: Settings) -> None:
    """Raise ConfigError when web or worker must not serve with these rights.

    A real service is refused; elsewhere, where a laptop's own PostgreSQL may know only one
    role, it is told in the log.
    """
    problem = role_problem(engine)
    if problem is None and settings.production and settings.database_owner_url is not None:
        problem = "DATABASE_OWNER_URL: unset it for web and worker; only commands may own tables"
    if problem is None:
        return
    if settings.production:
        raise ConfigError(problem)
    log.warning("%s (refused in production)", problem)
