"""The words that `run.py` prints when everything runs, in both languages."""

import shutil

from config import Settings


def welcome(settings: Settings) -> str:
    """Return addresses, demonstration accounts and their password."""
    lines = ["", "Guichet is ready · Guichet est prêt", ""]
    lines.append(f"  Portal · Portail       {settings.base_url}")
    if settings.mail_catcher:
        lines.append(f"  Mail · Courriels       http://localhost:{settings.mail_port}")
        lines.append(f"  SMTP                   localhost:{settings.smtp_port}")
    if settings.env == "development" and settings.demo_password:
        lines += ["", "  Demonstration accounts · Comptes de démonstration", ""]
        lines += _accounts()
        lines += ["", f"  Password · Mot de passe   {settings.demo_password}"]
    lines += ["", "Ctrl-C stops everything · Ctrl-C arrête tout", ""]
    return "\n".join(lines)


def _accounts() -> list[str]:
    from app.ops import demo

    accounts = demo.accounts()
    width = max((len(name) for name, _, _ in accounts), default=0)
    room = shutil.get_terminal_size().columns - width - 6
    lines = []
    for name, english, french in accounts:
        whole = f"{english} · {french}"
        if len(whole) <= room:
            lines.append(f"    {name:{width}}  {whole}")
        else:
            lines += [f"    {name:{width}}  {english}", f"    {'':{width}}  {french}"]
    return lines
