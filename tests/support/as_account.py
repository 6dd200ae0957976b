"""Work of the tests in a home: done as the site's account, as every command does it, where the tests run as root."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from partsearch.database.account import Account, is_root, site_account
from partsearch.operation.access.privileges import become

Result = TypeVar("Result")


def as_account(do: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
    """Returns what ``do`` returns, or raises what it raises, in a forked process that is the account's.

    What it changes in memory is gone with that process.
    """
    if not is_root():
        return do(*arguments, **named)
    account = site_account()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            become(account, Path("/"))
            with os.fdopen(writing, "wb") as pipe:
                pipe.write(_done(lambda: do(*arguments, **named)))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        told = pipe.read()
    os.waitpid(child, 0)
    is_well, result = pickle.loads(told)
    if not is_well:
        raise result
    return result  # type: ignore[no-any-return]


def _done(do: Callable[[], Any]) -> bytes:
    try:
        return pickle.dumps((True, do()))
    except BaseException as error:
        return pickle.dumps((False, error))


def process_arguments() -> dict[str, Any]:
    """Arguments for ``subprocess`` that make the child run as the account."""
    account = site_account()
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if is_root() else {}


def own(path: Path) -> None:
    """Gives a file or folder to the account."""
    if is_root():
        account: Account = site_account()
        os.chown(path, account.uid, account.gid)
