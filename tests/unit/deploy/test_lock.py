"""The lock that allows one deployment at a time."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from partsearch.deploy.errors import DeployBusyError
from partsearch.deploy.state.lock import DeployLock

_HOLD = (
    "import pathlib, sys\nfrom partsearch.deploy.state.lock import DeployLock\n"
    "with DeployLock(pathlib.Path(sys.argv[1])).held('The deployment of v2'):\n"
    "    print('held', flush=True)\n    input()\n"
)


def test_the_error_names_the_holder_and_the_lock_ends_with_its_process(tmp_path: Path) -> None:
    lock = DeployLock(tmp_path)
    assert lock.holder() is None
    command = [sys.executable, "-c", _HOLD, tmp_path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        holder = lock.holder()
        assert holder
        assert (holder.pid, holder.what) == (process.pid, "The deployment of v2")
        with pytest.raises(
            DeployBusyError, match=rf"The deployment of v2 by \S+ \(pid {process.pid}\) has been running since 20"
        ):
            lock.held("another").__enter__()
        os.kill(process.pid, signal.SIGKILL)
    assert lock.holder() is None
    with lock.held("another"):
        assert lock.holder()
    assert lock.holder() is None
