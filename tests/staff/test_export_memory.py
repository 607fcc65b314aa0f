"""A list of a hundred thousand rows as a file: read from a cursor, never whole in memory."""

from __future__ import annotations

import tracemalloc

import pytest
from sqlalchemy import text

from tests.staff.test_exports import _export


def fill(world, number: int) -> None:
    with world.as_owner() as owner:
        owner.execute(
            text(
                "INSERT INTO registry_entry (program_id, bn, legal_name, name_folded, base,"
                " language, street, city, region, postal_code, country, origin)"
                " SELECT :program, (200000000 + i)::text, 'Firm ' || i, 'firm ' || i, 'CA', 'en',"
                " 's', 'c', 'QC', 'p', 'CA', 'import' FROM generate_series(1, :number) i"
            ),
            {"program": world.program().id, "number": number},
        )


def peak_of(client, kind: str) -> int:
    """The most memory, in bytes, that Python held at once while the file was made."""
    client.get("/staff/registry/list/")  # what the first page loads once is not the export's
    tracemalloc.start()
    answer = _export(client, "/staff/registry/list/", kind)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert answer.response.status_code == 200
    return peak - len(answer.data)  # the answer that the test's client keeps whole


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_takes_no_more_memory_for_more_rows(kind, world, sign_in, client):
    sign_in(world.staff("program_officer"))
    fill(world, 2_000)
    few = peak_of(client, kind)
    with world.as_owner() as owner:
        owner.execute(text("DELETE FROM registry_entry"))
    fill(world, 10_000)
    many = peak_of(client, kind)
    assert many < few + 4_000_000  # ten thousand entries held at once take about 20 MB


@pytest.mark.nightly
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_hundred_thousand_rows_are_exported_in_bounded_memory(kind, world, sign_in, client):
    sign_in(world.staff("program_officer"))
    fill(world, 100_000)
    peak = peak_of(client, kind)
    print(f"100,000 rows as {kind}: {peak / 1e6:.0f} MB at most")  # noqa: T201 (its figure)
    assert peak < 60_000_000
