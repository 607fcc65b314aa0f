"""What is asked: sections, topics, and every question with its type and when it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask_babel import gettext as _

from app.ops.programs.bounds import bounds
from app.ops.programs.show.layout import wrapped
from app.ops.programs.words import COLON, TYPES, either, listed, quoted
from app.programs.rules.eligibility import NONE
from app.programs.schema.cases import CaseSection, CaseType, Heading
from app.programs.schema.definition import Definition
from app.programs.schema.eligibility import Condition
from app.programs.schema.questions import Question, Topic

Questions = Mapping[str, Question]


def forms(program: Definition, case: CaseType, language: str) -> Iterator[str]:
    """Every section, in its order."""
    for n, section in enumerate(case.sections.values(), 1):
        yield from wrapped(f"{section.label.say(language)} ({section.code})", 0, f"{n}. ")
        yield from wrapped(section.lead.say(language), 3)
        if section.kind == "users":
            yield from wrapped(_("complete when nobody who was added still waits"), 3)
        if section.repeated is not None:
            yield from wrapped(_repeated(section, language), 3)
        yield from _topics(program, section, language)
        yield ""


def _repeated(section: CaseSection, language: str) -> str:
    repeated = section.repeated
    if repeated is None:
        return ""
    words = (
        _("filled in once for each line of business")
        if repeated.by == "lines"
        else _("filled in once for each name that the client gives")
    )
    facts = [f"{words} ({repeated.label.say(language)})"]
    if repeated.may_be_copied:
        facts.append(_("one may begin as a copy of another"))
    return "; ".join(facts)


def _topics(program: Definition, section: CaseSection, language: str) -> Iterator[str]:
    questions = {
        code: question
        for topic in (section.topics or {}).values()
        for code, question in topic.questions.items()
    }
    group: Heading | None = None
    for topic in (section.topics or {}).values():
        its_own = (section.groups or {}).get(topic.group or "")
        if its_own is not None and its_own != group:
            yield ""
            yield from wrapped(f"— {its_own.label.say(language)} —", 3)
        group = its_own
        yield ""
        yield from wrapped(_topic(topic), 3, f"{topic.label.say(language)} ")
        yield from _conditions(program, topic.shown_when, questions, language, 5)
        for question in topic.questions.values():
            yield from _question(program, question, questions, language)


def _topic(topic: Topic) -> str:
    facts = [f"({topic.code})"]
    if topic.may_not_apply:
        facts.append(_("may be said not to apply, with a reason"))
    return "; ".join(facts)


def _question(
    program: Definition, question: Question, questions: Questions, language: str, indent: int = 5
) -> Iterator[str]:
    yield from wrapped(question.text.say(language), indent, "– ")
    facts = [str(TYPES[question.type]), *bounds(question, language)]
    if not question.required:
        facts.append(_("may be left out"))
    if question.counts_at_once:
        facts.append(_("counts when it is saved"))
    yield from wrapped(", ".join(facts), indent + 2, f"{question.code}{COLON[language]}")
    if question.choices is not None:
        labels = [
            f"{choice.label.say(language)} ({code})" for code, choice in question.choices.items()
        ]
        if question.none_of_these is not None:
            labels.append(f"{question.none_of_these.say(language)} ({NONE})")
        yield from wrapped(listed(labels), indent + 2)
    yield from _conditions(program, question.shown_when, questions, language, indent + 2)
    for column in (question.columns or {}).values():
        yield from _question(program, column, {}, language, indent + 4)


def _conditions(
    program: Definition,
    conditions: tuple[Condition, ...],
    questions: Questions,
    language: str,
    indent: int,
) -> Iterator[str]:
    for one in conditions:
        asked = questions[one.question]
        answers = either([answer(program, asked, code, language) for code in one.among])
        words = _(
            "asked when %(question)s is %(answers)s",
            question=quoted(asked.text, language),
            answers=answers,
        )
        yield from wrapped(words, indent)


def answer(program: Definition, question: Question, code: str, language: str) -> str:
    """What an answer of a list is called."""
    if question.type == "yes_no":
        return str(_("yes") if code == "yes" else _("no"))
    if code == NONE and question.none_of_these is not None:
        return question.none_of_these.say(language)
    if question.choices_from == "lines":
        return program.lines[code].label.say(language)
    if question.choices_from == "bases":
        return program.bases[code].label.say(language)
    return (question.choices or {})[code].label.say(language)
