"""What the demonstration's businesses have behind them: accounts, roles, registrations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Open:
    """A business with an account: its owner, since how many days, and which standing.

    ``standing`` counts through the definition's standings, in its order, from 0.
    """

    business: str
    owner: str
    days: int
    standing: int


FIRST: Final = Open("Aciéries Beauharnois inc.", "m.theriault", 410, 0)
"""The business on which somebody holds each role."""

OPEN: Final = (
    FIRST,
    Open("Minoterie Saint-Faustin ltée", "f.lapierre", 300, 0),
    Open("Les Vergers du Suroît S.E.N.C.", "g.suroit", 120, 0),
    Open("Cabot Strait Freight Ltd.", "e.macneil", 900, 1),
    Open("Transport Rivière-aux-Rats ltée", "r.awashish", 640, 1),
    Open("Prairie Seed Exporters Co-op", "j.friesen", 1300, 2),
    Open("Harbour & Sons Warehousing Ltd.", "o.hadley", 220, 0),
    Open("Coopérative des pêcheurs de Cap-aux-Meules", "l.arseneau", 500, 1),
    Open("Fundy Cold Storage Ltd.", "k.ingersoll", 80, 0),
    Open("Messageries Nord-Sud inc.", "m.nordsud", 60, 0),
    Open("Great Divide Lumber Inc.", "b.lefort", 760, 3),
    Open("Verrerie Portneuf inc.", "s.portneuf", 1500, 4),
    Open("Great Lakes Carriers LLC", "c.dubuc", 45, 1),
)


@dataclass(frozen=True, slots=True)
class Held:
    """A role somebody holds beside the owner. ``role`` counts from the highest role, 0."""

    business: str
    person: str
    role: int
    status: str
    days: int
    title: str | None = None


_FIRST, _SECOND, _THIRD = FIRST.business, OPEN[1].business, OPEN[2].business
_CABOT, _RIVER = OPEN[3].business, OPEN[4].business
HELD: Final = (
    Held(_FIRST, "d.macisaac", 1, "active", 390, "Customs manager"),
    Held(_FIRST, "a.diallo", 2, "active", 200, "Courtière"),
    Held(_FIRST, "jc.leblanc", 3, "active", 60, "Adjoint administratif"),
    Held(_FIRST, "l.bouchard", 2, "offered", 2, "Technicienne en logistique"),
    Held(_FIRST, "k.yamamoto", 3, "waiting", 3, "Shipping clerk"),
    Held(_FIRST, "e.brule", 2, "suspended", 330, "Analyste en sécurité"),
    Held(_FIRST, "p.dumont", 3, "ended", 400, None),
    Held(_FIRST, "s.marchetti", 1, "active", 260, "Consultante"),
    Held(_SECOND, "s.marchetti", 1, "active", 280, "Consultante"),
    Held(_THIRD, "s.marchetti", 2, "active", 110, "Consultante"),
    Held(_CABOT, "s.marchetti", 2, "active", 700, "Consultante"),
    Held(_CABOT, "i.macneil", 1, "active", 600, "Operations"),
    Held(_RIVER, "s.marchetti", 3, "active", 500, "Consultante"),
    Held(OPEN[5].business, "s.marchetti", 2, "suspended", 900, "Consultante"),
    Held(OPEN[6].business, "s.marchetti", 2, "offered", 1, None),
    Held(OPEN[7].business, "f.lapierre", 2, "active", 90, None),
)


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer of ownership, from the owner to somebody of the account."""

    business: str
    to: str
    state: str
    days: int


MOVED: Final = (
    Moved(_CABOT, "i.macneil", "offered", 2),
    Moved(_RIVER, "s.marchetti", "declined", 140),
    Moved(_SECOND, "s.marchetti", "withdrawn", 90),
    Moved(OPEN[7].business, "f.lapierre", "lapsed", 70),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A registration that has not led to an account (yet).

    ``days`` is how many ago it was sent, ``letter`` the state of its latest letter and
    ``letter_days`` how many days ago that state was reached. ``code`` is the state of the
    letter's code. ``replaced`` says that an earlier letter was replaced by this one.
    """

    business: str
    person: str
    state: str
    days: int
    reason: str | None = None
    letter: str | None = None
    letter_days: int = 0
    code: str = "valid"
    replaced: bool = False


NOT_REGISTERED: Final = ("100024066", "Tisserands du Nord-du-Québec inc.")
"""A business that the registry does not hold: number and legal name as somebody typed them."""

CASES: Final = (
    Case("Pépinières Abénakis S.E.C.", "v.obomsawin", "draft", 0),
    Case("Selkirk & Daughters Textiles Ltd.", "n.selkirk", "ineligible", 1),
    Case("Diallo Courtage en douane inc.", "k.diallo", "routed", 15),
    Case("Kootenay Rail Services Ltd.", "p.kootenay", "officer", 3, "address"),
    Case(NOT_REGISTERED[1], "i.saguenay", "officer", 6, "not_in_registry"),
    Case("Fundy Cold Storage Ltd.", "t.okanagan", "officer", 1, "already_active",
         letter="withheld", letter_days=1),
    Case("Fils et Laines Charlevoix inc.", "e.charlevoix", "officer", 9, "answers"),
    Case("Quincaillerie Boréale inc.", "ra.gagne", "letter", 1, letter="due", letter_days=1),
    Case("Avalon Marine Towing Ltd.", "f.avalon", "letter", 5, letter="due", letter_days=5),
    Case("Aurora Air Cargo Inc.", "d.aurora", "letter", 9, letter="due", letter_days=9),
    Case("Boulangerie industrielle Kamouraska inc.", "h.kamouraska", "letter", 4,
         letter="prepared", letter_days=2),
    Case("Thousand Lakes Boat Works Ltd.", "a.kenora", "letter", 5,
         letter="printed", letter_days=1),
    Case("Marchetti Conseil inc.", "s.marchetti", "letter", 31, letter="posted", letter_days=28),
    Case("Logistique Trois-Frontières inc.", "y.lacolle", "letter", 45,
         letter="posted", letter_days=42),
    Case("Adirondack Freight Lines Inc.", "j.adirondack", "letter", 12,
         letter="delivered", letter_days=4),
    Case("Peace Country Feeds Co-op", "g.peace", "letter", 52,
         letter="delivered", letter_days=46),
    Case("Imprimerie du Haut-Richelieu ltée", "m.richelieu", "letter", 24,
         letter="returned", letter_days=2),
    Case("Red Willow Machinery Ltd.", "w.brandon", "letter", 20,
         letter="posted", letter_days=9, code="locked", replaced=True),
    Case("Les Produits d’érable Mégantic S.E.N.C.", "o.megantic", "refused", 70),
    Case("Okanagan Orchard Packers Inc.", "t.okanagan", "withdrawn", 64,
         letter="cancelled", letter_days=62),
    Case("Entrepôts frigorifiques Saguenay ltée", "i.saguenay", "lapsed", 190,
         letter="returned", letter_days=150, code="replaced"),
)  # fmt: skip
