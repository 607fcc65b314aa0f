"""The words that `run.py` prints when everything runs, in both languages."""

import shutil
from collections.abc import Sequence

from config import Settings


def welcome(settings: Settings, people: Sequence[Sequence[str]]) -> str:
    """Return the addresses, and the demonstration's people with their password.

    Each of `people` is a sign-in name, and in English and French what that person is.
    """
    lines = ["", "Guichet is ready · Guichet est prêt", ""]
    lines.append(f"  Portal · Portail       {settings.base_url}")
    if settings.mail_catcher:
        lines.append(f"  Mail · Courriels       http://localhost:{settings.mail_port}")
        lines.append(f"  SMTP                   localhost:{settings.smtp_port}")
    if people:
        lines += ["", "  Demonstration accounts · Comptes de démonstration", ""]
        lines += _lines(people)
        lines += ["", f"  Password · Mot de passe   {settings.demo_password}"]
    lines += ["", "Ctrl-C stops everything · Ctrl-C arrête tout", ""]
    return "\n".join(lines)


def _lines(people: Sequence[Sequence[str]]) -> list[str]:
    width = max(len(name) for name, _, _ in people)
    room = shutil.get_terminal_size().columns - width - 6
    lines = []
    for name, english, french in people:
        whole = f"{english} · {french}"
        if len(whole) <= room:
            lines.append(f"    {name:{width}}  {whole}")
        else:
            lines += [f"    {name:{width}}  {english}", f"    {'':{width}}  {french}"]
    return lines
