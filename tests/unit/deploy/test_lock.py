"""One update at a time."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from partsearch.deploy.errors import DeployBusyError
from partsearch.deploy.lock import DeployLock

_HOLD = (
    "import pathlib, sys\nfrom partsearch.deploy.lock import DeployLock\n"
    "with DeployLock(pathlib.Path(sys.argv[1])).held('The update to v2'):\n    print('held', flush=True)\n    input()\n"
)


def test_the_second_is_told_who_is_at_it_and_the_lock_falls_with_its_holder(tmp_path: Path) -> None:
    lock = DeployLock(tmp_path)
    assert lock.holder() is None
    command = [sys.executable, "-c", _HOLD, tmp_path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        holder = lock.holder()
        assert holder
        assert (holder.pid, holder.what) == (process.pid, "The update to v2")
        with pytest.raises(DeployBusyError, match=rf"The update to v2 by \S+ \(pid {process.pid}\) runs since 20"):
            lock.held("another").__enter__()
        os.kill(process.pid, signal.SIGKILL)
    assert lock.holder() is None
    with lock.held("another"):
        assert lock.holder()
    assert lock.holder() is None
