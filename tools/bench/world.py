"""A made-up world of any size, row by row, the same at every run.

With a size of n: n people, n businesses, 1.5 n accounts in two programs, as many owners, n
delegations and 3 n assignments. Three brokers have n/10 clients each, spread over the alphabet;
every other delegation is to one of n/35 small brokers.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

Row = tuple[object, ...]

BIG_BROKERS: Final = 3
CLIENTS_OF_SMALL: Final = 35
MANAGER, EMPLOYEE = 11, 21
"""The person of the first big broker who is on all its clients, and the one who is on three."""

COMMON, RARE, NOWHERE = "transport", "zibeline", "qwxzv"
"""Words of names: in a third of them, in one of ten thousand, in none."""

_WORDS: Final = """
Aciéries Ardoise Bleuet Boréal Caribou Cèdre Chardon Chaudière Comète Corail Dorval Écluse Érable
Estran Étoile Falaise Fjord Forges Gaspé Glacier Goéland Granit Harfang Havre Iris Jalon Kénogami
Laurier Lièvre Lynx Marée Mélèze Minoterie Mistral Nickel Nordet Océan Ormeau Outarde Pêcherie
Pivert Prairie Quai Rivière Saguenay Sapin Sillage Tadoussac Toundra Verger
"""
_FIRST: Final = tuple(_WORDS.split())
_SECOND: Final = ("Transport", "Freight", "Logistique", "Import", "Transport", "Export")
_FOLDED: Final = str.maketrans("àâäçéèêëîïôöùûüÀÂÄÇÉÈÊËÎÏÔÖÙÛÜ", "aaaceeeeiioouuuAAACEEEEIIOOUUU")
_SPREAD: Final = 2_654_435_761  # Knuth's multiplier: scatters neighbours, repeats nothing


@dataclass(frozen=True, slots=True)
class Program:
    """What the rows must name of a program: its number, roles, a standing, a level.

    ``owner`` is the role of who owns an account, ``employee`` one that anybody may hold in it.
    """

    id: int
    owner: str
    standing: str
    employee: str
    level: str = "broker"


@dataclass(frozen=True, slots=True)
class World:
    """A world of ``n`` people, between two programs."""

    n: int
    first: Program
    second: Program

    # ── names ───────────────────────────────────────────────────────────────────────────

    def business_name(self, i: int) -> str:
        """The legal name of business ``i``; its place in the alphabet has nothing to do with i."""
        mixed = i * _SPREAD % 2**32
        first = _FIRST[mixed % len(_FIRST)]
        second = _SECOND[mixed // 64 % len(_SECOND)]
        third = " Zibeline" if i % 10_000 == 7 else ""
        return f"{first} {second}{third} {mixed % 1_000_003} Ltd"

    def person_name(self, i: int) -> tuple[str, str]:
        """The given and the family name of person ``i``."""
        mixed = i * _SPREAD % 2**32
        return _FIRST[mixed // 64 % len(_FIRST)], f"{_FIRST[mixed % len(_FIRST)]}-{mixed % 999_983}"

    def bn(self, i: int) -> str:
        """A business number; its check digit does not count here."""
        return f"{100_000_000 + i}"

    # ── tables ──────────────────────────────────────────────────────────────────────────

    def users(self) -> Iterator[Row]:
        """FAB's users, one a person."""
        for i in range(1, self.n + 1):
            given, family = self.person_name(i)
            yield i, given, family, f"p{i}", f"p{i}@users.invalid", True

    def parties(self) -> Iterator[Row]:
        """People first, then businesses."""
        for i in range(1, self.n + 1):
            name = " ".join(self.person_name(i))
            yield i, "person", name, folded(name)
        for i in range(1, self.n + 1):
            name = self.business_name(i)
            yield self.n + i, "business", name, folded(name)

    def people(self) -> Iterator[Row]:
        """Active people with a reference number."""
        for i in range(1, self.n + 1):
            given, family = self.person_name(i)
            mail = f"p{i}@mail.example"
            yield i, i, f"N{i:08d}", given, family, mail, mail, "fr" if i % 4 else "en", "active"

    def businesses(self) -> Iterator[Row]:
        """Businesses by business number."""
        for i in range(1, self.n + 1):
            yield self.n + i, self.bn(i), "CA"

    def entries(self) -> Iterator[Row]:
        """The registry of the first program."""
        for i in range(1, self.n + 1):
            name = self.business_name(i)
            yield (
                self.first.id, self.bn(i), name, folded(name), "CA", "en", f"{i}, rue du Quai",
                "Québec", "QC", "G1A 1A1", "CA", "import",
            )  # fmt: skip

    def accounts(self) -> Iterator[Row]:
        """Every business in the first program, the first half of them in the second too."""
        for i in range(1, self.n + 1):
            yield i, self.n + i, self.first.id, self.first.standing
        for i in range(1, self.n // 2 + 1):
            yield self.n + i, self.n + i, self.second.id, self.second.standing

    def memberships(self) -> Iterator[Row]:
        """An owner for each account, the same for both of a business; then who acts for brokers."""
        for account in range(1, self.n + self.n // 2 + 1):
            i, program = (
                (account, self.first) if account <= self.n else (account - self.n, self.second)
            )
            yield i, account, program.id, program.owner, True, True, "active"
        for first in (MANAGER, EMPLOYEE):
            for broker in range(BIG_BROKERS):
                person, account = first + broker, 1 + broker
                yield person, account, self.first.id, self.first.employee, False, False, "active"

    def delegations(self) -> Iterator[Row]:
        """Every account of the first program lets one broker act for it."""
        for i in range(1, self.n + 1):
            yield i, i, self.first.id, self.broker_of(i), self.first.level, "active"

    def broker_of(self, i: int) -> int:
        """The party that acts for business ``i``."""
        if i % 10 < BIG_BROKERS:
            return self.n + 1 + i % 10
        return self.n + 10 + i % max(self.n // CLIENTS_OF_SMALL, 1)

    def assignments(self) -> Iterator[Row]:
        """Three people on each delegation: with a big broker, its manager and two at random."""
        for i in range(1, self.n + 1):
            people = [i * 7919 % self.n + 1, i * 104_729 % self.n + 1, i]
            if i % 10 < BIG_BROKERS:
                people[0] = MANAGER + i % 10
            if i in {10, 20, 30}:  # three clients of the first big broker
                people[1] = EMPLOYEE
            reserved = range(MANAGER, EMPLOYEE + BIG_BROKERS)
            for place, person in enumerate(people):
                mine = person
                if mine in reserved and not (place < 2 and i % 10 < BIG_BROKERS):
                    mine = self.n - 50 + place
                if place and mine in reserved and i not in {10, 20, 30}:
                    mine = self.n - 50 + place
                yield i, mine, self.first.level


def folded(name: str) -> str:
    """What ``fold_words`` makes of these names, fifty times faster."""
    return name.translate(_FOLDED).lower().replace("-", " ")
