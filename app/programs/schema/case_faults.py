"""What does not fit together in what clients file: each fault with its place and one sentence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from app.programs.actions import Action
from app.programs.schema.cases import (
    EDITED,
    MOVE_VALUES,
    STAFF_MOVES,
    CaseSection,
    CaseType,
    Move,
)
from app.programs.schema.questions import topic_faults
from app.programs.schema.sources import Fault, Path


def case_faults(
    cases: Mapping[str, CaseType],
    listed: Mapping[str, Mapping[str, object]],
    granted: frozenset[str],
) -> Iterator[Fault]:
    """What does not fit together in the cases.

    `listed` are the definition's own lists by name, of which choices, standings and service
    standards are taken; `granted` are the actions that some row of the matrix grants.
    """
    nouns = {action.partition(".")[0] for action in Action}
    for code, case in cases.items():
        here = ("cases", code)
        for name, section in case.sections.items():
            path = (*here, "sections", name)
            if section.kind == "questions" and name in nouns:
                yield path, f"expected another code: {name} has actions of its own already"
            yield from _section_faults(section, listed, path)
            yield from _granted_faults(name, section, granted, path)
        yield from _state_faults(case, listed, here)
        for name, move in case.moves.items():
            yield from _move_faults(move, case, listed, granted, (*here, "moves", name))


def _section_faults(
    section: CaseSection, listed: Mapping[str, Mapping[str, object]], here: Path
) -> Iterator[Fault]:
    groups = section.groups or {}
    for code, topic in (section.topics or {}).items():
        if topic.group is not None and topic.group not in groups:
            yield (*here, "topics", code, "group"), "expected one of the section’s groups"
        elif topic.group is None and groups:
            yield (*here, "topics", code), "expected a group: the section has groups"
    yield from _line_faults(section, here)
    used = {topic.group for topic in (section.topics or {}).values()}
    for code in groups:
        if code not in used:
            yield (*here, "groups", code), "expected a topic in every group"
    yield from topic_faults(section.topics or {}, listed, here)


def _line_faults(section: CaseSection, here: Path) -> Iterator[Fault]:
    """The question that the line answers must be one that a line can answer, and always shown."""
    code = section.repeated.question if section.repeated else None
    if code is None:
        return
    for topic in (section.topics or {}).values():
        asked = topic.questions.get(code)
        if asked is None or topic.shown_when or asked.shown_when:
            continue
        if asked.type == "one_of" and asked.choices_from == "lines":
            return
    sentence = "expected a question of the section, one_of with choices_from: lines, always shown"
    yield (*here, "repeated", "question"), f"{sentence}; {code} is not"


def _granted_faults(
    code: str, section: CaseSection, granted: frozenset[str], here: Path
) -> Iterator[Fault]:
    """A section that no row of the matrix lets anybody see or fill in."""
    for deed in EDITED if section.kind == "questions" else ():
        if f"{code}.{deed}" not in granted:
            yield here, f"expected the action {code}.{deed} in a row of the matrix"


def _state_faults(
    case: CaseType, listed: Mapping[str, Mapping[str, object]], here: Path
) -> Iterator[Fault]:
    if sum(state.initial for state in case.states.values()) != 1:
        yield (*here, "states"), "expected one state with initial: yes"
    entered = {move.goes_to for move in case.moves.values()}
    left = {code for move in case.moves.values() for code in move.comes_from}
    first = {code for code, state in case.states.items() if state.initial}
    reached = _reached(first, case.moves.values())
    for code, state in case.states.items():
        path = (*here, "states", code)
        if not state.initial and code not in entered:
            yield path, "expected a move that goes to this state"
        elif first and code not in reached:
            yield path, "expected moves that lead here from the initial state"
        if state.final and code in left:
            yield path, "expected no move that leaves a final state"
        if not state.final and code not in left:
            yield path, "expected a move that leaves this state, or final: yes"
        if state.clock is not None and state.clock not in listed["service_standards"]:
            yield (*path, "clock"), f"expected one of the service standards, not {state.clock}"


def _reached(first: Collection[str], moves: Collection[Move]) -> set[str]:
    """Every state that a case which begins in `first` can come to."""
    reached, new = set(first), set(first)
    while new:
        new = {move.goes_to for move in moves if not reached.isdisjoint(move.comes_from)} - reached
        reached |= new
    return reached


def _move_faults(
    move: Move,
    case: CaseType,
    listed: Mapping[str, Mapping[str, object]],
    granted: frozenset[str],
    here: Path,
) -> Iterator[Fault]:
    for n, code in enumerate(move.comes_from):
        if code not in case.states:
            yield (*here, "comes_from", n), f"expected one of the states, not {code}"
    if move.goes_to not in case.states:
        yield (*here, "goes_to"), f"expected one of the states, not {move.goes_to}"
    known = granted if move.by == "client" else STAFF_MOVES
    if move.action not in known:
        options = ", ".join(sorted(known))
        yield (*here, "action"), f"expected one of {options}, not {move.action}"
    if move.standing is not None and move.standing not in listed["standings"]:
        yield (*here, "standing"), f"expected one of the standings, not {move.standing}"
    yield from _notice_faults(move, here)


def _notice_faults(move: Move, here: Path) -> Iterator[Fault]:
    """Holes in a notice that nothing would fill."""
    filled = MOVE_VALUES if move.asks_reason else MOVE_VALUES - {"reason"}
    for n, notice in enumerate(move.notices):
        for key, text in (("subject", notice.subject), ("body", notice.body)):
            if odd := text.placeholders() - filled:
                known = ", ".join(sorted(filled))
                sentence = f"expected placeholders among {known}, not {', '.join(sorted(odd))}"
                yield (*here, "notices", n, key), sentence
