"""A file between its upload and its import, and the lines read of it.

Whatever staff import from a file goes this way: the registry's here, the ledger's above.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.base.columns import Key, Now, Words
from app.base.db import Model

UPLOAD_STATES = "state IN ('reading', 'read', 'importing')"


class UploadColumns:
    """A file between its upload and its import; it goes with the import, or after a day.

    *reading*: the worker reads it, line by line · *read*: it can be previewed · *importing*: an
    officer has confirmed, and the worker imports it.
    """

    id: Mapped[Key]
    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"))
    uploaded_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    file_name: Mapped[Words]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[Words]
    uploaded_at: Mapped[Now]
    state: Mapped[Words] = mapped_column(server_default="reading")
    line_count: Mapped[int] = mapped_column(server_default="0", comment="lines of the file")
    lines_read: Mapped[int] = mapped_column(
        server_default="0", comment="the last line kept: where a new worker goes on"
    )


class LineColumns:
    """A line of an uploaded file, read and checked; it goes with the upload."""

    line: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry: Mapped[dict[str, Any] | None] = mapped_column(
        JSONB(none_as_null=True), comment="what the line says, checked; none when it has errors"
    )
    errors: Mapped[list[list[Any]]] = mapped_column(
        JSONB, server_default=text("'[]'"), comment="line, column, code, value"
    )


class RegistryUpload(UploadColumns, Model):
    """A file of businesses."""

    __tablename__ = "registry_upload"
    __table_args__ = (CheckConstraint(UPLOAD_STATES, name="state"),)


class RegistryLine(LineColumns, Model):
    """A line of a file of businesses."""

    __tablename__ = "registry_line"

    upload_id: Mapped[int] = mapped_column(
        ForeignKey("registry_upload.id", ondelete="CASCADE"), primary_key=True
    )
