"""Documents: what answers a question by a file."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Moment, Now, Words
from app.base.db import Model
from app.cases.models.filled import CasePart
from app.documents.kinds import Kind
from app.documents.scanning import ScanState
from app.parties.models import Person

KINDS = ", ".join(f"'{kind}'" for kind in Kind)
SCANS = ", ".join(f"'{state}'" for state in ScanState)


class Document(Model):
    """A file that was sent as the answer to a question of a part, and stays as it came.

    One that is removed is kept, and may come back, until what was filled in is submitted without
    it. The store keeps it under ``key``, and its preview beside it; both go when it is purged.
    """

    __tablename__ = "document"
    __table_args__ = (
        CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        CheckConstraint(f"scan IN ({SCANS})", name="scan"),
        CheckConstraint("size > 0", name="size"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
        CheckConstraint("(scan = 'waiting') = (scanned_at IS NULL)", name="scanned"),
        CheckConstraint("(removed_at IS NULL) = (removed_by IS NULL)", name="removed"),
        CheckConstraint("purged_at IS NULL OR removed_at IS NOT NULL", name="purged_is_removed"),
        CheckConstraint(
            "num_nonnulls(preview_type, preview_width, preview_height) IN (0, 3)", name="preview"
        ),
        CheckConstraint("preview_type IN ('image/jpeg', 'image/png')", name="preview_type"),
        Index("ix_document_part_id", "part_id"),
        Index("ix_document_sent_at_id", "sent_at", "id"),
        Index("uq_document_key", "key", unique=True),
    )

    id: Mapped[Key]
    part_id: Mapped[int] = mapped_column(ForeignKey("case_part.id"))
    question: Mapped[Words]
    key: Mapped[Words] = mapped_column(comment="where the store keeps it; made by us")
    name: Mapped[Words] = mapped_column(
        comment="made safe of the name that the person’s device gave; may be personal"
    )
    kind: Mapped[Words]
    size: Mapped[int] = mapped_column(BigInteger, comment="octets")
    sha256: Mapped[Words]
    pages: Mapped[int | None] = mapped_column(comment="of a PDF")
    scan: Mapped[Words] = mapped_column(default=ScanState.WAITING)
    scanned_at: Mapped[Moment | None]
    preview_type: Mapped[str | None] = mapped_column(Text, comment="none without a preview")
    preview_width: Mapped[int | None] = mapped_column(comment="pixels")
    preview_height: Mapped[int | None]
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[Now]
    removed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[Moment | None]
    purged_at: Mapped[Moment | None] = mapped_column(comment="the store keeps nothing of it since")

    part: Mapped[CasePart] = relationship()
    sender: Mapped[Person] = relationship(foreign_keys=[sent_by])


class Upload(Model):
    """A file that is on its way, in parts that go on after a broken connection or in one piece.

    Its row is there before anything is put into the store, and gone when the document stands: so
    what an upload that died has left there is known, and nothing else is ever swept away.
    """

    __tablename__ = "upload"
    __table_args__ = (
        CheckConstraint("size > 0", name="size"),
        Index(
            "uq_upload_file",
            "part_id",
            "question",
            "person_id",
            "file_name",
            "size",
            "modified",
            unique=True,
        ),
    )

    id: Mapped[Words] = mapped_column(primary_key=True, comment="random; names its parts’ folder")
    part_id: Mapped[int] = mapped_column(ForeignKey("case_part.id"))
    question: Mapped[Words]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    file_name: Mapped[Words] = mapped_column(comment="as the person’s device gave it")
    size: Mapped[int] = mapped_column(BigInteger, comment="octets of the whole file")
    modified: Mapped[int | None] = mapped_column(
        BigInteger,
        comment="when the file last changed there, in milliseconds; none of one sent in one piece",
    )
    begun_at: Mapped[Now]

    part: Mapped[CasePart] = relationship()
