"""Inserts of single rows by four writers, with and without the triggers of the totals, and the fold after them."""

import re
import subprocess
from pathlib import Path
from typing import Any

from tests.benchmarks.generators import pgbench_binary
from tests.benchmarks.totals.catalogs import Catalog
from tests.benchmarks.totals.folding import wait_until_folded
from tests.benchmarks.totals.triggers import totals_triggers

_WRITERS = 4
_ROUNDS = 3
# Each insert copies a part of the catalog: the writes have the names, marks and attributes that the catalog has.
_INSERT = """
\\set chosen random(1, :parts)
INSERT INTO part (name, mark_id, model_id, price, json_data)
SELECT name, mark_id, model_id, price, json_data FROM part WHERE id >= :chosen ORDER BY id LIMIT 1;
"""


def measure(catalog: Catalog) -> dict[str, Any]:
    """Return inserts a second of each round, with and without triggers, and the folds of the inserts with them."""
    script = catalog.folder / "insert.sql"
    script.write_text(_INSERT)
    rates: dict[str, list[float]] = {"with": [], "without": []}
    folds = []
    for number in range(_ROUNDS):
        for way in sorted(rates, reverse=bool(number % 2)):
            with totals_triggers(catalog.conninfo, are_on=way == "with"):
                rate, inserted = _pgbench(catalog, script)
            rates[way].append(rate)
            if way == "with":
                folds.append({"changes": inserted, "seconds": wait_until_folded(catalog.site)})
    return {"rates": rates, "folds": folds}


def _pgbench(catalog: Catalog, script: Path) -> tuple[float, int]:
    seconds = catalog.effort.seconds
    command = [pgbench_binary(), "-n", "-M", "prepared", "-c", str(_WRITERS), "-j", "2", "-T", str(seconds)]
    command += ["-D", f"parts={catalog.parts}", "-f", str(script), catalog.conninfo]
    output = subprocess.run(command, check=True, capture_output=True, text=True, timeout=seconds + 60).stdout
    rate, inserted = re.search(r"tps = ([\d.]+)", output), re.search(r"actually processed: (\d+)", output)
    assert rate, output
    assert inserted, output
    return float(rate[1]), int(inserted[1])
