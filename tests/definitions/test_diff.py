"""`flask programs diff`: what changed for whom, in plain sentences in both languages."""

import pytest

from app.cases.models import Answer, CasePart, ClientCase
from app.ops.programs.diff import told
from app.ops.programs.drafts import Touched
from app.programs import library
from app.programs.loader import parse
from app.programs.schema.definition import Definition
from tests.definitions.conftest import speaking
from tests.programs.conftest import renamed, tree, written
from tests.programs.test_cases import definition

NOW = library.definition("pip").version
FENCES = "cases/permit/sections/yard/topics/fences/questions"
GATES = "cases/permit/sections/yard/topics/gates/questions"
TEXT = {"en": "A word", "fr": "Un mot"}
N = "\u00a0"


@pytest.fixture
def told_by(run, save):
    """The sentences of the command, after its heading, with lines joined again."""

    def ask(language, before=None, **changes):
        old = save(before or definition(), "old")
        new = save(definition(**changes), "new")
        result = run("diff", old, new, "--lang", language)
        assert result.exit_code == 0, result.output
        joined = result.output.replace("\n  ", " ")
        return [line[2:] for line in joined.splitlines() if line.startswith("– ")]

    return ask


@pytest.mark.parametrize(
    ("path", "new", "english", "french"),
    [
        ("roles/full_access_user/may", ["view_users", "modify_users", "add_users",
          "company_profile", "application_profile", "security_profile", "view_status",
          "view_consent", "view_activity"],
         "“Full access user” may now: “View the account activity”.",
         "« Utilisateur à accès complet » permet maintenant : « Voir l’activité du compte »."),
        ("roles/user_administrator/may", ["view_users", "modify_users", "add_users"],
         "“User administrator” may no longer: “View membership status and system notifications”.",
         ("« Utilisateur-administrateur » ne permet plus :"
         " « Voir le statut de membre et les notifications du système ».")),
        ("roles/user_administrator/proposes", ["user_administrator"],
         "“User administrator” may no longer propose the role “Full access user”.",
         ("« Utilisateur-administrateur » ne permet plus de proposer le rôle"
         " « Utilisateur à accès complet ».")),
        ("roles/full_access_user/label", TEXT,
         "“Full access user” is now called “A word”.",
         "« Utilisateur à accès complet » s’appelle maintenant « Un mot »."),
        ("transfer/accept_within", "5 calendar days",
         "Transfer of ownership, time to accept: was 7 calendar days, and is now 5 calendar days.",
         ("Transfert de la propriété, délai pour accepter : était 7 jours civils,"
         " et devient 5 jours civils.")),
        ("service_standards/application/within", "180 calendar days",
         ("“Decision on an application for membership”, time allowed: was 180 business days,"
         " and is now 180 calendar days."),
         ("« Décision sur une demande d’adhésion », délai : était 180 jours ouvrables,"
         " et devient 180 jours civils.")),
        (f"{GATES}/locked", {"type": "yes_no", "text": TEXT},
         "“The yard”, “Gates”: the question “A word” is new. It must be answered.",
         ("« La cour », « Portails » : la question « Un mot » est nouvelle. La réponse est"
         " obligatoire.")),
        (f"{GATES}/locked", {"type": "yes_no", "text": TEXT, "required": "no"},
         "“The yard”, “Gates”: the question “A word” is new.",
         "« La cour », « Portails » : la question « Un mot » est nouvelle."),
        (f"{FENCES}/height", None,
         "“The yard”, “Fences”: the question “Height” is gone.",
         "« La cour », « Clôtures » : la question « Hauteur » disparaît."),
        (f"{FENCES}/fenced/text", TEXT,
         "“Is it fenced” is now worded “A word”.",
         "« Est-elle clôturée » est maintenant formulé ainsi : « Un mot »."),
        (f"{FENCES}/fenced/text", {"en": "Is it fenced", "fr": "Clôturée"},
         "“The yard”, “Fences”, “Is it fenced” is worded otherwise in the other language.",
         "« Est-elle clôturée » est maintenant formulé ainsi : « Clôturée »."),
        (f"{FENCES}/height/required", "no",
         "“The yard”, “Fences”, “Height” may now be left out.",
         "« La cour », « Clôtures », « Hauteur » devient facultatif."),
        (f"{FENCES}/height/most", "12",
         ("“The yard”, “Fences”, “Height”: the limits were in metres, at least 0, at most 9.5 and"
         " 1 decimal. They are now in metres, at least 0, at most 12 and 1 decimal."),
         ("« La cour », « Clôtures », « Hauteur » : les limites étaient en mètres, au moins 0,"
         " au plus 9,5 et 1 décimale. Elles sont maintenant en mètres, au moins 0,"
         " au plus 12 et 1 décimale.")),
        (f"{FENCES}/kinds/choices/wood", None,
         "“The yard”, “Fences”, “Kinds”: “Wood” can no longer be chosen.",
         "« La cour », « Clôtures », « Genres » : on ne peut plus choisir « Bois »."),
        (f"{FENCES}/kinds/choices/stone", {"label": TEXT},
         "“The yard”, “Fences”, “Kinds”: “A word” may now be chosen.",
         "« La cour », « Clôtures », « Genres » : on peut maintenant choisir « Un mot »."),
        (f"{FENCES}/height/shown_when", None,
         "“The yard”, “Fences”, “Height” is asked under other conditions.",
         "« La cour », « Clôtures », « Hauteur » est demandé à d’autres conditions."),
        ("cases/permit/moves/file/guards", ["fresh_code"],
         "“File”: no longer only when every section is complete.",
         "« Déposer » : condition retirée, toutes les sections sont remplies."),
        ("cases/permit/moves/grant/asks_reason", None,
         "“Grant” no longer asks for a reason.", "« Accorder » ne demande plus de motif."),
        ("cases/permit/moves/grant/standing", "suspended",
         "“Grant”, what the account becomes: was “Active”, and is now “Suspended”.",
         "« Accorder », statut du compte : était « Active », et devient « Suspendue »."),
        ("cases/permit/moves/grant/comes_from", ["filed", "draft"],
         "“Grant” may now be made from the state “Draft”.",
         "« Accorder » peut maintenant se faire à partir de l’état « Ébauche »."),
        ("cases/permit/states/filed/label", TEXT,
         "“Filed” is now called “A word”.", "« Déposée » s’appelle maintenant « Un mot »."),
        ("cases/permit/opened", "with_account",
         "“Permit”, beginning: was by_client, and is now with_account.",
         "« Permis », ouverture : était by_client, et devient with_account."),
        ("zone", "America/Halifax",
         "Time zone, zone: was America/Toronto, and is now America/Halifax.",
         "Fuseau horaire, zone : était America/Toronto, et devient America/Halifax."),
        ("matrix/view_users/actions/users.view/en", "See users",
         ("“View users in the portal”, users.view: was “See who has access to the account”,"
         " and is now “See users”."), None),
    ],
)  # fmt: skip
def test_a_change_is_said_in_one_plain_sentence(told_by, path, new, english, french):
    assert told_by("en", **{path: new}) == [english]
    said = told_by("fr", **{path: new})
    if french is not None:
        assert [line.replace(N, " ") for line in said] == [french]


def test_type_and_place_of_a_question_are_told(told_by):
    other = {"type": "short_text", "text": {"en": "Height", "fr": "Hauteur"}}
    said = told_by("en", **{f"{FENCES}/height": other})
    assert (
        said[0] == "“The yard”, “Fences”, “Height” is now answered by short text instead of number."
    )
    value = definition()
    topics = value["cases"]["permit"]["sections"]["yard"]["topics"]
    topics["gates"]["questions"]["height"] = topics["fences"]["questions"].pop("height")
    topics["gates"]["questions"]["height"]["most"] = "12"
    assert told_by("en", before=value)[0] == (
        "“The yard”, “Fences”, “Height” is now asked under “Fences”."
    )
    assert told_by("en", before=value)[1].startswith("“The yard”, “Fences”, “Height”: the limits")


def test_without_a_language_both_are_told_one_after_the_other(run, save):
    old, new = save(definition(), "old"), save(definition(zone="America/Halifax"), "new")
    result = run("diff", old, new)
    english, _, french = result.output.partition("\n\nPartenaires en protection")
    assert english.startswith(f"Partners in Protection: from version {NOW} to version {NOW}\n")
    assert french.startswith(f"{N}: de la version {NOW} à la version {NOW}\n")
    assert "Time zone\n─────────\n" in english
    assert "Fuseau horaire\n──────────────\n" in french


def test_where_nothing_changes_that_is_said(run, save):
    old = save(definition(), "old")
    assert run("diff", old, old, "--lang", "en").output.endswith("\nNothing changes for anybody.\n")
    assert run("diff", old, old, "--lang", "fr").output.endswith(
        "\nRien ne change pour personne.\n"
    )


def test_without_a_database_nothing_is_said_of_drafts(run, save):
    old, new = save(definition(), "old"), save(definition(**{f"{FENCES}/height": None}), "new")
    assert "raft" not in run("diff", old, new, "--lang", "en").output.partition("\n")[2]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_another_program_altogether_can_be_told_too(run, save, language):
    """Everything is gone, everything is new: each has its sentence, in both languages."""
    old, new = save(definition(), "old"), save(renamed(definition()) | {"code": "other"}, "new")
    result = run("diff", old, new, "--lang", language)
    assert result.exit_code == 0, result.exception
    assert max(map(len, result.output.splitlines())) <= 100
    assert len(result.output.splitlines()) > 100


# ── drafts ──────────────────────────────────────────────────────────────────────────────


def read(value):
    return parse(Definition, written(value), "x.yaml")


def drafts(before, after, aside=None, carried=0, left=0):
    asked = []

    def count(changed):
        asked.extend(changed)
        return Touched(carried, left, {at: (aside or {}).get(at[1], 0) for at in changed})

    with speaking().app_context():
        lines = list(told(read(before), read(after), "en", count))
    return lines[lines.index("Drafts") + 3 :], asked


def test_drafts_are_counted_and_each_question_whose_answers_no_longer_fit():
    after = definition(**{f"{FENCES}/height": None, f"{FENCES}/kinds/choices/wood": None})
    said, asked = drafts(definition(), after, {"height": 3, "kinds": 1}, 4, 1)
    assert sorted(asked) == [("yard", "height"), ("yard", "kinds")]
    assert said == [
        "– 4 drafts go on under the new version.",
        "– 1 draft stays under its own version: flask programs check names what it lacks.",
        "– 3 drafts have an answer to yard.height that no longer fits. They are kept aside.",
        "– 1 draft has an answer to yard.kinds that no longer fits. It is kept aside.",
    ]
    said, _ = drafts(definition(), after, {}, 1, 2)
    assert said == [
        "– 1 draft goes on under the new version.",
        "– 2 drafts stay under their own version: flask programs check names what they lack.",
        "No draft has an answer that this changes.",
    ]


def test_where_no_draft_is_touched_that_is_said():
    after = definition(**{f"{FENCES}/height": None})
    said, _ = drafts(definition(), after)
    assert said == ["No draft has an answer that this changes."]
    said, asked = drafts(definition(), definition(zone="America/Halifax"))
    assert asked == []
    assert said == ["No draft has an answer that this changes."]


def test_the_portal_s_own_database_says_how_many_drafts_have_an_answer(portal, world, save):
    """Open cases count, each once; what was emptied does not."""
    case_type, case = next(iter(library.definition("pip").cases.items()))
    section = next(one for one in case.sections.values() if one.kind == "questions")
    topic = next(iter(section.topics.values()))
    question = next(iter(topic.questions))
    start = next(code for code, state in case.states.items() if state.initial)
    author = world.person()
    for value in ("a text", "another", None):
        account = world.account()
        opened = ClientCase(
            account_id=account.id, program_id=account.program_id, definition_version=NOW,
            case_type=case_type, state=start, only_one=True, opened_by=author.id,
        )  # fmt: skip
        world.db.add(opened)
        world.db.flush()
        part = CasePart(case_id=opened.id, section=section.code, key="", made_by=author.id)
        world.db.add(part)
        world.db.flush()
        world.db.add(Answer(part_id=part.id, question=question, value=value, changed_by=author.id))
    world.db.commit()
    value = tree() | {"version": str(NOW + 1)}
    topics = value["cases"][case_type]["sections"][section.code]["topics"]
    asked = topics[topic.code]["questions"]
    asked[question] = {"type": "country", "text": asked[question]["text"]}
    result = portal("diff", f"pip@{NOW}", save(value), "--lang", "en")
    assert result.exit_code == 0, result.output
    joined = result.output.replace("\n  ", " ")
    assert "– 3 drafts go on under the new version." in joined
    words = f"– 2 drafts have an answer to {section.code}.{question} that no longer fits."
    assert words in joined
