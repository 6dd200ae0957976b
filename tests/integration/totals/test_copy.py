"""A copied catalog: its planes are built in the target, whatever the target had before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.postgres import PostgresCluster
from tests.support.totals import SEGMENTS, differing_segments, query, verification


@pytest.mark.parametrize("template", ["empty", "built"])
def test_a_copy_has_planes_of_its_parts(cluster: PostgresCluster, url: str, tmp_path: Path, template: str) -> None:
    query(url, "UPDATE part SET price = price + 1; DELETE FROM part WHERE id % 2 = 0")
    target = cluster.create_database("target", rest=f"TEMPLATE {template}")
    environment = {**os.environ, "SOURCE": url, "TARGET": target, "PARTSEARCH_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "partsearch", "copy-database", "env:SOURCE", "env:TARGET", "--replace"]
    try:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        assert f"Rebuilt the totals of {len(SEGMENTS)} segments" in done.stdout
        assert verification(target).is_ready
        assert differing_segments(target) == []
        query(target, "UPDATE part SET price = price + 1 WHERE id < 700")
        assert query(target, "SELECT count(*) FROM totals_change") > 0
    finally:
        cluster.run("DROP DATABASE target WITH (FORCE)")
