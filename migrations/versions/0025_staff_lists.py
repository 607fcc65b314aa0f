"""Indexes by which the staff's lists of documents, submissions and consents walk."""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them, each in the order in which its list begins."""
    op.create_index("ix_document_sent_at_id", "document", ["sent_at", "id"])
    op.create_index("ix_submission_submitted_at_id", "submission", ["submitted_at", "id"])
    op.create_index(
        "ix_given_consent_program_id_given_at_id", "given_consent", ["program_id", "given_at", "id"]
    )


def downgrade() -> None:
    """Refused: migrations go forward only; a backup is the way back."""
    raise NotImplementedError("migrations go forward only")
