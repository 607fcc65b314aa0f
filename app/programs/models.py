"""What a definition says, as rows: so that foreign keys and triggers can hold it.

Only ``sync`` writes these tables; people change the YAML file.
"""

from __future__ import annotations

from datetime import date

from flask_babel import get_locale
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.base.columns import Key, Now, Words
from app.base.db import Model


def reader() -> str:
    """The language of whoever reads the page or the file that is being made."""
    locale = get_locale()
    return locale.language if locale is not None else "en"


class Program(Model):
    """One program, by the code of its definition file."""

    __tablename__ = "program"

    id: Mapped[Key]
    code: Mapped[Words] = mapped_column(unique=True)
    name_en: Mapped[Words]
    name_fr: Mapped[Words]
    version: Mapped[int] = mapped_column(comment="the published version now in force")

    def name(self, language: str) -> str:
        """The program's official name in ``language``."""
        return self.name_fr if language == "fr" else self.name_en

    @property
    def title(self) -> str:
        """The official name in the reader’s language."""
        return self.name(reader())

    def __str__(self) -> str:
        return self.title


class ProgramVersion(Model):
    """The source text of a published definition; a trigger refuses any change."""

    __tablename__ = "program_version"

    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[Words] = mapped_column(
        deferred=True, comment="the YAML file as it was published"
    )
    sha256: Mapped[Words]
    published_at: Mapped[Now]


class ProgramRole(Model):
    """A role that a person may hold in an account of the program."""

    __tablename__ = "program_role"
    __table_args__ = (
        UniqueConstraint("program_id", "code", "exclusive", "required"),
        CheckConstraint("reach IN ('account', 'program_account')", name="reach"),
        CheckConstraint("NOT required OR reach = 'account'", name="required_reaches_the_account"),
    )

    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), primary_key=True)
    code: Mapped[Words] = mapped_column(primary_key=True)
    label_en: Mapped[Words]
    label_fr: Mapped[Words]
    rank: Mapped[int] = mapped_column(comment="1 is the highest; nobody gives one above their own")
    exclusive: Mapped[bool] = mapped_column(comment="at most one person an account")
    required: Mapped[bool] = mapped_column(comment="never nobody in an open account")
    reach: Mapped[Words] = mapped_column(
        default="account",
        server_default="account",
        comment="the whole account, or one program account of it",
    )
    retired: Mapped[bool] = mapped_column(
        default=False, server_default="false", comment="gone from the definition; kept for history"
    )

    program: Mapped[Program] = relationship(viewonly=True)

    def label(self, language: str) -> str:
        """The role's official name in ``language``."""
        return self.label_fr if language == "fr" else self.label_en

    def __str__(self) -> str:
        return self.label(reader())


class ProgramAction(Model):
    """A deed that a role may be granted, as ``noun.verb``."""

    __tablename__ = "program_action"

    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), primary_key=True)
    code: Mapped[Words] = mapped_column(primary_key=True)
    label_en: Mapped[Words]
    label_fr: Mapped[Words]


class RoleAction(Model):
    """A cell of the matrix: this role may do this action."""

    __tablename__ = "role_action"
    __table_args__ = (
        ForeignKeyConstraint(
            ["program_id", "role_code"], ["program_role.program_id", "program_role.code"]
        ),
        ForeignKeyConstraint(
            ["program_id", "action_code"], ["program_action.program_id", "program_action.code"]
        ),
    )

    program_id: Mapped[int] = mapped_column(primary_key=True)
    role_code: Mapped[Words] = mapped_column(primary_key=True)
    action_code: Mapped[Words] = mapped_column(primary_key=True)


class RoleGrant(Model):
    """Who may give, take away or only propose which role."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("kind IN ('give', 'propose')", name="kind"),
        ForeignKeyConstraint(
            ["program_id", "giver_code"], ["program_role.program_id", "program_role.code"]
        ),
        ForeignKeyConstraint(
            ["program_id", "role_code"], ["program_role.program_id", "program_role.code"]
        ),
    )

    program_id: Mapped[int] = mapped_column(primary_key=True)
    giver_code: Mapped[Words] = mapped_column(primary_key=True)
    role_code: Mapped[Words] = mapped_column(primary_key=True)
    kind: Mapped[Words]


class LevelAction(Model):
    """What a delegation at this level lets its delegate do."""

    __tablename__ = "level_action"
    __table_args__ = (
        ForeignKeyConstraint(
            ["program_id", "action_code"], ["program_action.program_id", "program_action.code"]
        ),
    )

    program_id: Mapped[int] = mapped_column(primary_key=True)
    level: Mapped[Words] = mapped_column(primary_key=True)
    action_code: Mapped[Words] = mapped_column(primary_key=True)


class Standing(Model):
    """A state in an account's own life in the program: member, suspended and the like."""

    __tablename__ = "standing"

    program_id: Mapped[int] = mapped_column(ForeignKey("program.id"), primary_key=True)
    code: Mapped[Words] = mapped_column(primary_key=True)
    label_en: Mapped[Words]
    label_fr: Mapped[Words]

    def label(self, language: str) -> str:
        """The standing's name in ``language``."""
        return self.label_fr if language == "fr" else self.label_en


class CaseState(Model):
    """Where a case of this kind may be, as one version of the definition says; never changed."""

    __tablename__ = "case_state"
    __table_args__ = (
        ForeignKeyConstraint(
            ["program_id", "version"], ["program_version.program_id", "program_version.version"]
        ),
        Index(
            "uq_case_state_initial",
            "program_id",
            "version",
            "case_type",
            unique=True,
            postgresql_where=text("initial"),
        ),
    )

    program_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_type: Mapped[Words] = mapped_column(primary_key=True)
    code: Mapped[Words] = mapped_column(primary_key=True)
    label_en: Mapped[Words]
    label_fr: Mapped[Words]
    initial: Mapped[bool] = mapped_column(comment="where a case of this kind begins")
    final: Mapped[bool] = mapped_column(comment="no move leaves it: the case is closed there")

    def __str__(self) -> str:
        return self.label_fr if reader() == "fr" else self.label_en


class CaseStep(Model):
    """From which state a move leads to which, in one version; what is not here cannot be done."""

    __tablename__ = "case_step"
    __table_args__ = tuple(
        ForeignKeyConstraint(
            ["program_id", "version", "case_type", end],
            [
                "case_state.program_id",
                "case_state.version",
                "case_state.case_type",
                "case_state.code",
            ],
        )
        for end in ("from_state", "to_state")
    )

    program_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    case_type: Mapped[Words] = mapped_column(primary_key=True)
    move: Mapped[Words] = mapped_column(primary_key=True)
    from_state: Mapped[Words] = mapped_column(primary_key=True)
    to_state: Mapped[Words]


class ConsentPartner(Model):
    """With whom a consent shares, while it does, as one version of the definition says."""

    __tablename__ = "consent_partner"
    __table_args__ = (
        CheckConstraint("ends > begins", name="dates"),
        ForeignKeyConstraint(
            ["program_id", "version"], ["program_version.program_id", "program_version.version"]
        ),
    )

    program_id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    consent: Mapped[Words] = mapped_column(primary_key=True)
    wording: Mapped[int] = mapped_column(
        primary_key=True, autoincrement=False, comment="the words that are agreed to"
    )
    partner: Mapped[Words] = mapped_column(primary_key=True)
    label_en: Mapped[Words]
    label_fr: Mapped[Words]
    begins: Mapped[date | None] = mapped_column(comment="none where no source gives the day")
    ends: Mapped[date | None] = mapped_column(comment="the first day on which it is none any more")

    def __str__(self) -> str:
        return self.label_fr if reader() == "fr" else self.label_en


class StaffRoleAction(Model):
    """What a kind of staff may do in the programs it is assigned to."""

    __tablename__ = "staff_role_action"

    staff_role: Mapped[Words] = mapped_column(primary_key=True)
    action_code: Mapped[Words] = mapped_column(primary_key=True)
