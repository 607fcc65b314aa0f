"""`make bench`: load worlds, measure every goal, print the table, keep it in the papers."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from config import ROOT
from tools.bench.place import Place
from tools.bench.table import page, table

Figures = dict[str, Any]


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--sizes", default="1000,10000,1000000", help="people, the largest last")
    parser.add_argument("--write", action="store_true", help="write docs/performance.md")
    return parser.parse_args()


def _measured(module: str, place: dict[str, str]) -> Figures:
    """Run a module in a process of its own; its last line is what it found."""
    command = [sys.executable, "-m", f"tools.bench.{module}"]
    done = subprocess.run(
        command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True, input=json.dumps(place)
    )
    figures: Figures = json.loads(done.stdout.strip().splitlines()[-1])
    return figures


def main() -> None:
    """Load, measure, print."""
    asked = _asked()
    sizes = [int(size) for size in asked.sizes.split(",")]
    found: dict[int, Figures] = {}
    with (
        tempfile.TemporaryDirectory(prefix="guichet-bench-") as folder,
        Place(Path(folder)).running() as place,
    ):
        for n in sizes:
            begun = time.monotonic()
            place.make(n)
            loaded = time.monotonic() - begun
            print(f"{n:,} people loaded in {loaded:.0f} s", file=sys.stderr, flush=True)
            found[n] = _measured("probe", place.described(n)) | {"loaded": loaded}
        found[sizes[-1]]["stock"] = _measured("stock", place.described(sizes[-1]))
    lines = table(found)
    print(lines)
    if asked.write:
        (ROOT / "docs" / "performance.md").write_text(page(lines, sizes), encoding="utf-8")


if __name__ == "__main__":
    main()
