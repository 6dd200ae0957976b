"""A small disk, which tests fill: a file system in memory, which only root can mount."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from tests.support.deadline import wait_for
from tests.support.site import RunningSite

_FILLER = "filler"


@contextmanager
def small_disk(mebibytes: int, mode: str = "0755") -> Iterator[Path]:
    """Mount a disk of this size for the block, and yield its folder."""
    folder = Path(tempfile.mkdtemp(prefix="partsearch-test-"))
    mount = ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode={mode}", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, text=True)
    assert mounted.returncode == 0, f"This test needs root, which may mount a disk: {mounted.stderr}"
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def fill(disk: Path) -> None:
    """Fill the disk to the last byte."""
    with (disk / _FILLER).open("wb", buffering=0) as file:
        block = bytes(1024 * 1024)
        while block:
            try:
                file.write(block)
            except OSError:
                block = block[: len(block) // 2]
    assert shutil.disk_usage(disk).free < 4096


def empty(disk: Path) -> None:
    """Remove what ``fill`` has written."""
    (disk / _FILLER).unlink()


def keep_connectable(site: RunningSite) -> None:
    """Keep PostgreSQL open for new connections on a full disk.

    Each vacuum of its own tables invalidates the file with which a session begins; the next session writes it, or
    fails if the disk is full.
    """
    superuser = make_conninfo(site.conninfo, user="postgres")
    workers = "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'"
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET autovacuum = off")
        connection.execute("SELECT pg_reload_conf()")
        wait_for(lambda: connection.execute(workers).fetchone() == (0,))
    psycopg.connect(site.conninfo).close()
