"""The figures beside their goals, as Markdown: ratios of one run, which alone carry over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tools.bench.measure import exponent

Found = dict[int, dict[str, Any]]
Line = tuple[str, str, str, bool]

COMMAND = "make bench"


def table(found: Found) -> str:
    """Every goal of the design with what was seen and whether it is met, then the milliseconds."""
    lines = ["| what | goal | seen | met |", "|---|---|---|---|"]
    lines += [
        f"| {what} | {goal} | {seen} | {'yes' if met else '**no**'} |"
        for what, goal, seen, met in _goals(found)
    ]
    return "\n".join([*lines, "", *_milliseconds(found)])


def _goals(found: Found) -> Iterator[Line]:
    sizes = sorted(found)
    small, middle, large = sizes[0], sizes[-2], sizes[-1]
    yield from _of_checks(found[middle]["checks"], found[large]["checks"], large / middle)
    yield from _of_brokers(found[large])
    yield from _of_lists(found[small]["lists"], found[large]["lists"])
    stock, ours = found[large]["stock"], found[large]["lists"]
    for name, mine in (("first", "accounts"), ("deep", "accounts deep")):
        times = stock[name] / ours[mine]
        yield (
            f"accounts, {name} page: stock FAB against ours",
            "≥ 8×",
            f"{times:.1f}×",
            times >= 8,
        )
    yield from _of_searches(found[middle]["searches"], found[large]["searches"])
    start = [found[n]["start"]["seconds"] for n in (small, large)]
    words = f"{start[0]:.1f} s and {start[1]:.1f} s"
    yield ("process start, smallest and largest", "loads no policy", words, start[1] < 2 * start[0])


def _of_checks(small: Any, large: Any, factor: float) -> Iterator[Line]:
    ratio = large["check"] / large["pk"]
    yield ("check against a bare primary-key SELECT", "≤ 1.6×", f"{ratio:.2f}×", ratio <= 1.6)
    e = exponent(small["check"], large["check"], factor)
    yield ("growth exponent of a check", "≤ 0.05", f"{e:.2f}", e <= 0.05)
    ratio = large["batch"] / large["pk"]
    yield ("50 checks in one batch against one SELECT", "≤ 5×", f"{ratio:.1f}×", ratio <= 5)


def _of_brokers(large: Any) -> Iterator[Line]:
    bare = large["checks"]["pk"]
    for name, words in (
        ("manager", "page of a broker's manager, first"),
        ("manager deep", "the same, half-way down"),
        ("employee", "the same for an employee put on three clients"),
    ):
        ratio = large["brokers"][name] / bare
        yield (f"{words}, against one SELECT", "≤ 5×", f"{ratio:.0f}×", ratio <= 5)


def _of_lists(small: Any, large: Any) -> Iterator[Line]:
    for name in ("accounts", "registry", "memberships", "persons"):
        for page in ("", " deep"):
            ratio = large[name + page] / small[name]
            words = f"staff list: {name},{page or ' first'} page, largest against smallest"
            yield (words, "≤ 1.2×", f"{ratio:.2f}×", ratio <= 1.2)
        asked = int(large[f"{name} statements"])
        yield (f"SQL statements of that page: {name}", "≤ 6", str(asked), asked <= 6)


def _of_searches(small: Any, large: Any) -> Iterator[Line]:
    for name in ("accounts", "registry"):
        for kind in ("rare", "common", "none"):
            taken, growth = (
                large[f"{name} {kind}"],
                large[f"{name} {kind}"] / small[f"{name} {kind}"],
            )
            seen = f"{taken:.0f} ms, {growth:.1f}×"
            met = taken <= 50 and growth <= 4
            yield (f"search in {name}, {kind} word (database)", "≤ 50 ms, ≤ 4×", seen, met)


def _milliseconds(found: Found) -> Iterator[str]:
    sizes = sorted(found)
    yield "| milliseconds | " + " | ".join(f"{n:,}" for n in sizes) + " |"
    yield "|---|" + "---|" * len(sizes)
    for part in ("checks", "brokers", "lists", "searches"):
        for name in found[sizes[0]][part]:
            if not name.endswith("statements"):
                values = " | ".join(f"{found[n][part][name]:.2f}" for n in sizes)
                yield f"| {part}: {name} | {values} |"
    yield "| loaded, seconds | " + " | ".join(f"{found[n]['loaded']:.0f}" for n in sizes) + " |"
    stock = found[sizes[-1]]["stock"]
    first, deep = stock["first"], stock["deep"]
    yield f"\nStock FAB at {sizes[-1]:,}: first page {first:.0f} ms, deep {deep:.0f} ms."


def page(lines: str, sizes: list[int]) -> str:
    """The whole of docs/performance.md."""
    return f"""# Speed and scale, measured

`{COMMAND}` writes this page: it loads made-up worlds of {", ".join(f"{n:,}" for n in sizes)} people
into a PostgreSQL of its own, with the settings of the embedded one, and measures every goal of the
design. A world of n has n people, n businesses, 1.5 n accounts, 1.5 n memberships, n delegations
(three brokers with n/10 clients each) and 3 n assignments.

Only ratios within one run carry over to another machine. *Check*, *manager* and *employee* are the
statements alone, asked again by the driver; *may* and *whole* are the Python function around them.
Pages are whole answers of the portal in one thread, without a network. A deep page is half-way down
its list. Stock FAB shows the same accounts with the same number of rows, in the same run.

{lines}
"""
