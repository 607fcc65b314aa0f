"""Whom the ledger is visible to. Imported once, at start."""

from __future__ import annotations

from app.authority.scopes import Scope, register
from app.ledger.models import LedgerImport, LedgerLine, LedgerUpload

register(LedgerLine, Scope(program=LedgerLine.program_id))
register(LedgerImport, Scope(program=LedgerImport.program_id))
register(LedgerUpload, Scope(program=LedgerUpload.program_id))
