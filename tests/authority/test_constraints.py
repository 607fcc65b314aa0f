"""The same promises, attacked in SQL with the application's own role."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

END = (
    "UPDATE membership SET status = 'ended', ended_at = guichet_now(), end_reason = 'x'"
    " WHERE id = :id"
)
BEGIN = (
    "INSERT INTO membership (person_id, account_id, program_id, role_code, exclusive, required,"
    " status, starts_at) VALUES (:person, :account, :program, :role, :exclusive, :required,"
    " 'active', guichet_now())"
)


@pytest.fixture
def attack(engine):
    """`attack(sql, …)`: run statements in one transaction; what the database refused, or None."""

    def run(*statements):
        try:
            with engine.begin() as connection:
                for statement, values in statements:
                    connection.execute(text(statement), values)
        except DBAPIError as refused:
            return str(refused.orig)
        return None

    return run


@pytest.fixture
def owners_row(world, account, owner, membership):
    return membership(account, owner)


def _begin(account, role, person, **other):
    values = {
        "person": person.id,
        "account": account.id,
        "program": account.program_id,
        "role": role.code,
        "exclusive": role.exclusive,
        "required": role.required,
    }
    return BEGIN, values | other


def test_an_account_cannot_lose_its_owner(attack, owners_row):
    assert "would have no" in attack((END, {"id": owners_row.id}))


def test_an_account_cannot_have_two_owners(world, attack, account):
    role = world.roles()[0]
    refused = attack(_begin(account, role, world.person()))
    assert "ex_membership_exclusive_role" in refused


def test_the_swap_passes_in_either_order(world, attack, account, owners_row):
    role, heir = world.roles()[0], world.person()
    begin = _begin(account, role, heir)
    assert attack(begin, (END, {"id": owners_row.id})) is None
    mine = {
        "id": world.db.execute(
            text("SELECT id FROM membership WHERE person_id = :p"), {"p": heir.id}
        ).scalar_one()
    }
    world.db.rollback()
    assert attack((END, mine), _begin(account, role, world.person())) is None


def test_the_flag_that_makes_a_role_exclusive_cannot_be_dropped(world, attack, account, owners_row):
    role = world.roles()[0]
    plain = _begin(account, role, world.person(), exclusive=False, required=False)
    assert "fk_membership" in attack(plain)
    drop = "UPDATE membership SET exclusive = false, required = false WHERE id = :id"
    assert "fk_membership" in attack((drop, {"id": owners_row.id}))


def test_the_owner_cannot_be_suspended_or_given_an_end(attack, owners_row):
    suspend = "UPDATE membership SET status = 'suspended' WHERE id = :id"
    assert "required_is_never_suspended" in attack((suspend, {"id": owners_row.id}))
    limit = "UPDATE membership SET ends_at = guichet_now() + interval '1 day' WHERE id = :id"
    assert "required_has_no_end" in attack((limit, {"id": owners_row.id}))


def test_an_ownership_is_not_moved_to_another_person_or_account(world, attack, owners_row):
    for column, value in (("person_id", world.person().id), ("account_id", world.account().id)):
        move = f"UPDATE membership SET {column} = :value WHERE id = :id"
        assert "never changes" in attack((move, {"value": value, "id": owners_row.id}))


def test_the_owner_cannot_be_demoted_in_place(world, attack, owners_row):
    lower = world.roles()[1]
    demote = "UPDATE membership SET role_code = :role, exclusive = :e, required = :r WHERE id = :id"
    values = {"role": lower.code, "e": lower.exclusive, "r": lower.required, "id": owners_row.id}
    assert "would have no" in attack((demote, values))


def test_memberships_and_transfers_are_never_deleted(world, attack, account, owners_row):
    transfer = world.transfer(account)
    for table, key in (("membership", owners_row.id), ("ownership_transfer", transfer.id)):
        gone = attack((f"DELETE FROM {table} WHERE id = :id", {"id": key}))
        assert "permission denied" in gone
        assert "permission denied" in attack((f"TRUNCATE {table}", {}))


def test_an_ended_membership_does_not_come_back(world, attack, account, roles):
    row = world.member(account, roles.full, status="ended")
    back = (
        "UPDATE membership SET status = 'active', ended_at = NULL, end_reason = NULL WHERE id = :id"
    )
    assert "is closed" in attack((back, {"id": row.id}))


def test_a_transfer_is_answered_once(world, attack, account):
    transfer = world.transfer(account)
    answer = (
        "UPDATE ownership_transfer SET state = :state,"
        " answered_at = CASE WHEN :state = 'offered' THEN NULL ELSE guichet_now() END"
        " WHERE id = :id"
    )
    assert attack((answer, {"state": "withdrawn", "id": transfer.id})) is None
    for state in ("offered", "accepted", "declined", "lapsed"):
        assert "is closed" in attack((answer, {"state": state, "id": transfer.id}))


def test_a_transfer_keeps_whom_it_names_and_until_when(world, attack, account):
    transfer = world.transfer(account)
    for column, value in (("to_person_id", world.person().id), ("role_code", "emperor")):
        change = f"UPDATE ownership_transfer SET {column} = :value WHERE id = :id"
        assert "never changes" in attack((change, {"value": value, "id": transfer.id}))
    later = "UPDATE ownership_transfer SET expires_at = expires_at + interval '1 day' WHERE id = :i"
    assert "never changes" in attack((later, {"i": transfer.id}))


def test_an_account_has_one_open_transfer(world, account):
    world.transfer(account)
    with pytest.raises(DBAPIError, match="uq_ownership_transfer_open"):
        world.transfer(account)
    world.db.rollback()


def test_a_person_has_one_live_membership_of_an_account(world, attack, account, roles):
    row = world.member(account, roles.full)
    role = next(role for role in world.roles() if role.code == roles.administrator)
    assert "uq_membership_live" in attack(_begin(account, role, world.person_of(row)))


def test_a_closed_account_is_not_opened_without_an_owner(world, attack, account, owners_row):
    world.close_account(account)
    assert attack((END, {"id": owners_row.id})) is None
    reopen = "UPDATE account SET state = 'authorised', closed_at = NULL WHERE id = :id"
    assert "would have no" in attack((reopen, {"id": account.id}))


def test_an_account_does_not_begin_without_an_owner(world, attack):
    business = world.business()
    sql = (
        "INSERT INTO account (party_id, program_id, standing_code)"
        " SELECT :party, program_id, code FROM standing LIMIT 1"
    )
    assert "would have no" in attack((sql, {"party": business.id}))


def test_the_application_changes_no_role_and_no_grant(attack):
    for sql in (
        "UPDATE program_role SET exclusive = false, required = false",
        "INSERT INTO role_grant SELECT program_id, role_code, giver_code, kind FROM role_grant",
        "DELETE FROM role_action",
        "ALTER TABLE membership DISABLE TRIGGER ALL",
        "DROP TRIGGER membership_leaves_required_roles ON membership",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION guichet_now() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    ):
        refused = attack((sql, {}))
        assert refused is not None, sql
        assert "permission denied" in refused or "must be owner" in refused


@pytest.mark.parametrize("isolation", ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"])
def test_two_holders_of_a_required_role_who_leave_together_never_leave_none(
    world, account, settings, owner_engine, isolation
):
    """A required role that several may hold: each of two ends sees the other one still there."""
    role = world.roles()[1]
    with owner_engine.begin() as connection:
        connection.execute(
            text("UPDATE program_role SET required = true WHERE code = :code"), {"code": role.code}
        )
    pair = [world.member(account, role.code).id for _ in range(2)]
    ready = threading.Barrier(2)
    engine = create_engine(settings.database_url, isolation_level=isolation)

    def end(key):
        try:
            with engine.begin() as connection:
                connection.execute(text(END), {"id": key})
                ready.wait(10)  # both have ended their own before either commits
        except DBAPIError:
            pass

    threads = [threading.Thread(target=end, args=(key,)) for key in pair]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    engine.dispose()
    left = world.db.execute(
        text("SELECT count(*) FROM membership WHERE status = 'active' AND id = ANY(:pair)"),
        {"pair": pair},
    ).scalar_one()
    world.db.rollback()
    # Under REPEATABLE READ both ends are refused: a count at the start of each would see the other.
    assert left == (2 if isolation == "REPEATABLE READ" else 1)
