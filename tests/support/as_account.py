"""Runs the work of tests in a home as the site's account, as every command does, if the tests run as root."""

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from partsearch.database.account import Account, is_root, site_account
from partsearch.operation.access.privileges import become

Result = TypeVar("Result")


def as_account(do: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
    """Return what ``do`` returns, or raise what it raises, in a forked process of the account.

    Changes in memory are lost with that process.
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
                pipe.write(_outcome(lambda: do(*arguments, **named)))
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        pickled = pipe.read()
    os.waitpid(child, 0)
    has_returned, result = pickle.loads(pickled)
    if not has_returned:
        raise result
    return result  # type: ignore[no-any-return]


def _outcome(do: Callable[[], Any]) -> bytes:
    try:
        return pickle.dumps((True, do()))
    except BaseException as error:
        return pickle.dumps((False, error))


def process_arguments() -> dict[str, Any]:
    """Return arguments for ``subprocess`` that run the child as the account."""
    account = site_account()
    return {"user": account.uid, "group": account.gid, "extra_groups": []} if is_root() else {}


def give_to_account(path: Path) -> None:
    """Make the account the owner of a file or folder."""
    if is_root():
        account: Account = site_account()
        os.chown(path, account.uid, account.gid)
