"""Who lives in the demonstration: invented people, half of them in each language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Someone:
    """One invented person.

    ``last_seen`` is how many days ago they last signed in; none means never. ``state`` is the
    person's own, as in the table.
    """

    sign_in_name: str
    given: str
    family: str
    email: str
    language: str
    phone: str | None = None
    last_seen: int | None = None
    state: str = "active"


# One for each role of an account, from the highest to the lowest, on one business.
ROLE_HOLDERS: Final = (
    Someone("m.theriault", "Marguerite", "Thériault", "m.theriault@beauharnois.example", "fr",
            "+14505550110", 1),
    Someone("d.macisaac", "Daniel", "MacIsaac", "d.macisaac@beauharnois.example", "en",
            "+14505550111", 3),
    Someone("a.diallo", "Amara", "Diallo", "amara@diallo.example", "fr", "+15145550112", 18),
    Someone("jc.leblanc", "Jean-Christophe", "Leblanc-Ouellet", "jc.leblanc@beauharnois.example",
            "fr", "+14505550113", 6),
)  # fmt: skip

CONSULTANT: Final = Someone(
    "s.marchetti", "Solène", "Marchetti", "s.marchetti@marchetti.example", "fr", "+15145550120", 2
)
NEWCOMER: Final = Someone(
    "p.raghunathan", "Priya", "Raghunathan", "priya@raghunathan.example", "en", "+16135550121", 0
)
WAITING: Final = Someone(
    "ra.gagne", "Rose-Aimée", "Gagné", "ra.gagne@boreale.example", "fr", "+14185550122", 4
)
"""Registered a business; her letter is still to be sent."""

STAFF: Final = {
    "program_officer": Someone(
        "h.okafor", "Hope", "Okafor", "h.okafor@agence.example", "en", "+16135550130", 1
    ),
    "technical_support": Someone(
        "d.roy", "Denis", "Roy", "d.roy@agence.example", "fr", "+16135550131", 1
    ),
    "supervisor": Someone(
        "c.beaulieu", "Claire", "Beaulieu-Singh", "c.beaulieu@agence.example", "fr",
        "+16135550132", 2,
    ),
    "auditor": Someone(
        "t.kowalczyk", "Thomas", "Kowalczyk", "t.kowalczyk@agence.example", "en",
        "+16135550133", 9,
    ),
    "administrator": Someone(
        "n.hebert", "Nadia", "Hébert", "n.hebert@agence.example", "fr", "+16135550134", 1
    ),
}  # fmt: skip

SECOND_ADMINISTRATOR: Final = Someone(
    "w.tootoosis", "Wayne", "Tootoosis", "w.tootoosis@agence.example", "en", "+16135550135", 12
)

# Owners of the other accounts, in the order of ``businesses.OPEN``.
OWNERS: Final = (
    Someone("f.lapierre", "Fabienne", "Lapierre", "f.lapierre@faustin.example", "fr", None, 5),
    Someone("g.suroit", "Gaëtan", "Larivière", "gaetan@suroit.example", "fr", None, 11),
    Someone("e.macneil", "Effie", "MacNeil", "effie@cabotstrait.example", "en", None, 2),
    Someone("r.awashish", "Roland", "Awashish", "r.awashish@auxrats.example", "fr", None, 30),
    Someone("j.friesen", "Joanna", "Friesen", "joanna@prairieseed.example", "en", None, 8),
    Someone("o.hadley", "Owen", "Hadley", "o.hadley@harbour.example", "en", None, 1),
    Someone("l.arseneau", "Léontine", "Arseneau", "leontine@capauxmeules.example", "fr", None, 21),
    Someone("k.ingersoll", "Kate", "Ingersoll", "kate@fundycold.example", "en", None, 3),
    Someone("m.nordsud", "Mehdi", "Benali", "m.benali@nordsud.example", "fr", None, 1),
    Someone("b.lefort", "Bruce", "Lefort", "bruce@greatdivide.example", "en", None, 44),
    Someone("s.portneuf", "Sylvain", "Hamel", "s.hamel@portneuf.example", "fr", None, 400),
    Someone("c.dubuc", "Carla", "Dubuc", "carla@greatlakes.example", "en", None, 6),
)  # fmt: skip

# People who registered a business and have no account yet, in the order of ``CASES``.
REGISTRANTS: Final = (
    Someone("v.obomsawin", "Viviane", "Obomsawin", "viviane@abenakis.example", "fr", None, 0),
    Someone("n.selkirk", "Nora", "Selkirk", "nora@selkirk.example", "en", None, 1),
    Someone("p.kootenay", "Paul", "Demchuk", "p.demchuk@kootenay.example", "en", None, 2),
    Someone("i.saguenay", "Isabelle", "Gauthier", "i.gauthier@saguenay.example", "fr", None, 3),
    Someone("t.okanagan", "Tara", "Gill", "tara@okanagan.example", "en", None, 5),
    Someone("e.charlevoix", "Émile", "Tremblay", "emile@charlevoix.example", "fr", None, 7),
    Someone("f.avalon", "Frances", "Power", "frances@avalon.example", "en", None, 9),
    Someone("d.aurora", "Dene", "Beaulieu", "dene@aurora.example", "en", None, 10),
    Someone("h.kamouraska", "Hélène", "Pelletier", "helene@kamouraska.example", "fr", None, 12),
    Someone("a.kenora", "Alan", "Skead", "alan@thousandlakes.example", "en", None, 20),
    Someone("y.lacolle", "Yves", "Duteau", "yves@troisfrontieres.example", "fr", None, 33),
    Someone("g.peace", "Grace", "Cardinal", "grace@peacecountry.example", "en", None, 41),
    Someone("m.richelieu", "Maude", "Frappier", "maude@hautrichelieu.example", "fr", None, 50),
    Someone("w.brandon", "Will", "Spence", "will@redwillow.example", "en", None, 60),
    Someone("o.megantic", "Océane", "Rodrigue", "oceane@megantic.example", "fr", None, 70),
    Someone("j.adirondack", "Jesse", "Lavigne", "jesse@adirondack.example", "en", None, 4),
    Someone("k.diallo", "Kadiatou", "Diallo", "kadiatou@diallo.example", "fr", None, 15),
)  # fmt: skip

# Colleagues on the first account, one in each state that access can have, and the person to
# whom an account is being transferred.
COLLEAGUES: Final = (
    Someone("l.bouchard", "Lise", "Bouchard", "l.bouchard@beauharnois.example", "fr", None, 14),
    Someone("k.yamamoto", "Ken", "Yamamoto", "k.yamamoto@beauharnois.example", "en", None, 3),
    Someone("e.brule", "Éloïse", "Brûlé-Castonguay", "e.brule@beauharnois.example", "fr", None, 95),
    Someone("p.dumont", "Patrick", "Dumont", "p.dumont@beauharnois.example", "fr", None, 380),
    Someone("i.macneil", "Ishbel", "MacNeil", "ishbel@cabotstrait.example", "en", None, 2),
)

LOCKED: Final = Someone(
    "l.whitehorse", "Leah", "Whitehorse", "leah@northernlights.example", "en", None, 1
)
DISABLED: Final = Someone(
    "r.bellechasse", "Réjean", "Bellechasse", "rejean@bellechasse.example", "fr", None, 210,
    "disabled",
)  # fmt: skip


def everybody() -> tuple[Someone, ...]:
    """Every invented person once."""
    return (
        *ROLE_HOLDERS, CONSULTANT, NEWCOMER, WAITING, *STAFF.values(), SECOND_ADMINISTRATOR,
        *OWNERS, *REGISTRANTS, *COLLEAGUES, LOCKED, DISABLED,
    )  # fmt: skip
