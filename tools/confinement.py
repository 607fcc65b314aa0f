"""Under which user the embedded PostgreSQL runs: it refuses to be root, containers often are.

Three ways, the first that works here is taken: as ourselves when we are not root; through a
user namespace, where root is called something else and the files stay ours; as the user
`nobody`, with data and programs in a place which that user can reach.
"""

import ctypes
import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tools.children import bound_to_me

_CLONE_NEWUSER: Final = 0x10000000
_NAME_INSIDE: Final = "daemon"  # any user of /etc/passwd but root: initdb looks the name up
_REACHABLE_PLACES: Final = (Path("/var/lib/guichet"), Path("/var/tmp/guichet"))  # noqa: S108
_libc = ctypes.CDLL(None, use_errno=True)


class ConfinementError(Exception):
    """No way to run PostgreSQL as somebody other than root; the message says what would help."""


@dataclass(frozen=True)
class Confinement:
    """How to become the server's user in a child; this plain one changes nothing."""

    name: str = "direct"

    @property
    def owner(self) -> pwd.struct_passwd | None:
        """Who must own the server's folders, when that is not ourselves."""
        return None

    def user(self) -> dict[str, Any]:
        """Arguments for `subprocess.Popen` that change the child's user."""
        return {}

    def enter(self) -> None:
        """Run in the child between fork and exec."""

    def home(self, data_dir: Path) -> Path:
        """Return the folder for cluster, log and socket: `data_dir` where the user reaches it."""
        return data_dir

    def binaries(self, installed: Path, home: Path) -> Path:  # noqa: ARG002
        """Return the folder of the programs, copied out when the user cannot reach them."""
        return installed / "bin"


@dataclass(frozen=True)
class Namespace(Confinement):
    """Ourselves under another name: the files stay ours, PostgreSQL sees no root."""

    name: str = "namespace"

    def enter(self) -> None:
        """Make a user namespace in which our user number is another one."""
        inside = pwd.getpwnam(_NAME_INSIDE)
        uid, gid = os.geteuid(), os.getegid()
        if _libc.unshare(_CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "unshare(CLONE_NEWUSER) failed")
        # The kernel demands this before an unprivileged group map is accepted.
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{inside.pw_uid} {uid} 1")
        Path("/proc/self/gid_map").write_text(f"{inside.pw_gid} {gid} 1")


@dataclass(frozen=True)
class AsNobody(Confinement):
    """The user `nobody`, who may reach neither a closed home nor a private instance folder."""

    name: str = "nobody"

    @property
    def owner(self) -> pwd.struct_passwd:
        """The user `nobody` of this machine."""
        return pwd.getpwnam("nobody")

    def user(self) -> dict[str, Any]:
        """Become `nobody`, with no other group."""
        return {"user": self.owner.pw_uid, "group": self.owner.pw_gid, "extra_groups": []}

    def home(self, data_dir: Path) -> Path:
        """Return `data_dir` when all may pass to it, else a folder of its own elsewhere."""
        if self._passes(data_dir.parent):
            data_dir.chmod(0o711)  # nobody passes through; passwords.json in it stays 600
            return data_dir
        digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
        for place in _REACHABLE_PLACES:
            try:
                place.mkdir(mode=0o711, exist_ok=True)
                home = place / digest
                home.mkdir(mode=0o711, exist_ok=True)
            except OSError:
                continue
            # Another user could have made the folder first, to read the data later.
            if all(folder.lstat().st_uid == 0 for folder in (place, home)) and self._passes(home):
                return home
        raise ConfinementError(
            "no folder for the embedded PostgreSQL can be reached by the user nobody: "
            "run as another user than root, or set DATABASE_URL and DATABASE_OWNER_URL"
        )

    def binaries(self, installed: Path, home: Path) -> Path:
        """Return the wheel's programs, or a copy in `home` when its folder is closed."""
        if self._passes(installed / "bin"):
            return installed / "bin"
        stamp = (installed / "bin" / "postgres").stat()
        copy = home / f"programs-{stamp.st_size}-{int(stamp.st_mtime)}"
        if not copy.exists():
            for old in home.glob("programs-*"):
                shutil.rmtree(old)
            making = copy.with_suffix(".making")
            shutil.copytree(installed, making, ignore=shutil.ignore_patterns("include"))
            making.chmod(0o755)
            making.rename(copy)
        return copy / "bin"

    def _passes(self, folder: Path) -> bool:
        """Ask as that user: mode bits alone do not tell what mounts and modules forbid."""
        return works(["/usr/bin/test", "-x", str(folder)], self)


def works(arguments: list[str], confine: Confinement) -> bool:
    """Tell whether a small program runs and succeeds under this confinement."""
    try:
        done = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            check=False,
            preexec_fn=bound_to_me(first=confine.enter),
            **confine.user(),
        )
    except (OSError, subprocess.SubprocessError):  # refused by the kernel or the container
        return False
    return done.returncode == 0


def choose() -> Confinement:
    """Return the first confinement that works here; raise ConfinementError when none does."""
    candidates: tuple[Confinement, ...] = (Namespace(), AsNobody())
    if os.geteuid() != 0:
        # initdb wants its user's name, and a container may run under a bare number.
        candidates = (Confinement(),) if _has_name(os.geteuid()) else (Namespace(),)
    for candidate in candidates:
        if works(["/usr/bin/env", "true"], candidate):
            return candidate
    raise ConfinementError(
        "PostgreSQL runs neither as root nor as a user without a name, and no user namespace "
        "can be used here: run as another user, or set DATABASE_URL and DATABASE_OWNER_URL"
    )


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
