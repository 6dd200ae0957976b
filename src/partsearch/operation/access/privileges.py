"""Root gives up its privileges: every command becomes the site's account, for good, before it touches the home.

The files in a home belong to the account, and so to anyone who breaks into a service. So root does not read, write or
run anything there, and ends no process of it. Before, and outside of the home, root does what only root can: it makes
the account, makes the home's own folder, and lets the account reach it and read the program.
"""

import os
import resource
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from partsearch.database.account import (
    ROOT,
    Account,
    add_mode,
    caller,
    controls_path,
    existing_account,
    grant_traversal,
    is_root,
    open_no_follow,
    program_folders,
    site_account,
)
from partsearch.errors import PartsearchError
from partsearch.operation.errors import AccountError, OperationError

_UMASK = 0o022
_OF_ROOT = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
"""Variables that name root's own folders, which the account can neither read nor write."""
_TEMPORARY = ("TMPDIR", "TEMP", "TMP")
_NICE_OF_NORMAL = 20
"""What RLIMIT_NICE has to be for a nice value of 0: setrlimit(2)."""
_READS = stat.S_IROTH
_PASSES = stat.S_IXOTH

Report = Callable[[str], None]


def drop_privileges(home: Path, report: Report, needed: Iterable[Path] = ()) -> None:
    """Become the site's account for good if root runs this; nothing happens for other users.

    Args:
        home: PARTSEARCH_HOME.
        report: takes a line about each folder that was opened to the account.
        needed: other paths that the account has to reach, such as a folder that is deployed.

    Raises:
        PartsearchError: the account cannot be made or become, or the home belongs to another account.
    """
    if not is_root():
        return
    account = site_account()
    _give_home(home, account)
    for folder in grant_traversal(account, home.parent, *program_folders(), *needed):
        report(f"The account '{account.name}' may now pass through {folder} (chmod o+x).")
    for folder in _open_program(account, home):
        report(f"The account '{account.name}' may now read the program in {folder} (chmod -R o+rX).")
    become(account, home)


def for_owner(path: Path, do: Callable[[], bytes]) -> bytes:
    """Return what ``do`` returns: called as root, or as the account where that owns a part of ``path``.

    For a file that the user names, such as a price list: it may be in the home, or belong to root.

    Raises:
        PartsearchError: what ``do`` raises.
    """
    account = existing_account() if is_root() else None
    return as_account(account, do) if account and controls_path(account, path) else do()


def account_controls(path: Path) -> bool:
    """Return whether this is root, and the account owns a part of ``path``: only the account may open such a file."""
    account = existing_account() if is_root() else None
    return account is not None and controls_path(account, path)


def as_account(account: Account, do: Callable[[], bytes]) -> bytes:
    """Return what ``do`` returns in a child process that is the account's.

    Raises:
        PartsearchError: what ``do`` raises.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.close(reading)
            status = _do_and_report(account, do, writing)
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        output = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == 0:
        return output
    cause, _, next_step = output.decode().partition("\0")
    raise OperationError(cause or f"The work as '{account.name}' ended with status {status}.", next_step)


def _do_and_report(account: Account, do: Callable[[], bytes], writing: int) -> int:
    """Call ``do`` as the account, write its result or its error to a pipe, and return the exit code."""
    with os.fdopen(writing, "wb") as pipe:
        try:
            become(account, Path("/"))
            pipe.write(do())
        except PartsearchError as error:
            pipe.write(f"{error}\0{error.next_step}".encode())
            return 1
        except Exception as error:  # the parent raises it
            pipe.write(f"{type(error).__name__}: {error}\0".encode())
            return 1
        sys.stdout.flush()
        sys.stderr.flush()
        return 0


def _give_home(home: Path, account: Account) -> None:
    """Make the home's own folder and give it to the account; refuse one that belongs to another account.

    If the account owns a part of the path, it has to make the folder itself.
    """
    if controls_path(account, home.parent):
        return
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            home.mkdir(mode=stat.S_IRWXU)
        with open_no_follow(home, os.O_DIRECTORY) as descriptor:
            _give_folder(home, descriptor, account)
    except OSError as error:
        raise OperationError(
            f"PARTSEARCH_HOME {home} cannot be used: {error.strerror}.",
            "Point it to a folder on a disk of this machine.",
        ) from error


def _give_folder(home: Path, descriptor: int, account: Account) -> None:
    """Give an empty folder of root to the account; the files of one that is not empty keep their owner."""
    owner = os.fstat(descriptor).st_uid
    if owner not in (ROOT, account.uid):
        raise OperationError(
            f"PARTSEARCH_HOME {home} belongs to another account (uid {owner}).",
            f"Run this as that user, or use another PARTSEARCH_HOME for '{account.name}'.",
        )
    if owner == ROOT and not os.listdir(descriptor):
        os.fchown(descriptor, account.uid, account.gid)
        os.fchmod(descriptor, 0o750)


def _open_program(account: Account, home: Path) -> list[Path]:
    """Let the account read the program where root's umask forbids that; return the folders that were opened.

    A virtual environment has thousands of files, so only what pip makes at the top of it is checked each time.
    """
    package, library, environment = Path(__file__).parents[2], Path(os.__file__).parent, Path(sys.prefix)
    checked: dict[Path, Iterable[Path]] = {package: package.rglob("*"), library: [Path(os.__file__)]}
    if sys.prefix != sys.base_prefix:
        checked[environment] = [
            Path(sys.executable),
            *environment.glob("*"),
            *environment.glob("lib/*/site-packages/*"),
        ]
    closed = [folder for folder, paths in checked.items() if any(map(_is_closed, [folder, *paths]))]
    return [folder for folder in closed if not controls_path(account, folder) and _open_tree(folder, home)]


def _is_closed(path: Path) -> bool:
    """Return whether other accounts may not read a file of root, or enter and list a folder of root."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return status.st_uid == ROOT and bool(_missing(status.st_mode))


def _missing(mode: int) -> int:
    """Return what ``chmod o+rX`` would add to the mode of a file or folder; 0 for links and all else."""
    if stat.S_ISDIR(mode) or (stat.S_ISREG(mode) and mode & stat.S_IXUSR):
        return (_READS | _PASSES) & ~mode
    return _READS & ~mode if stat.S_ISREG(mode) else 0


def _open_tree(root: Path, home: Path) -> bool:
    """Do ``chmod -R o+rX`` to root's files below a folder, except in the home; return whether that was needed."""
    found = (path for path in (root, *root.rglob("*")) if path.name != ".env" and not path.is_relative_to(home))
    closed = [path for path in found if _is_closed(path)]
    for path in closed:
        add_mode(path, _missing(path.lstat().st_mode))
    return bool(closed)


def become(account: Account, home: Path) -> None:
    """Become the account, for good: the groups first, since only root may change them, then the user."""
    caller()
    _allow_priority_changes()
    try:
        os.setgroups([])
        os.setresgid(account.gid, account.gid, account.gid)
        os.setresuid(account.uid, account.uid, account.uid)
    except OSError as error:
        raise AccountError(
            f"Root cannot become the account '{account.name}': {error.strerror}.", "Run partsearch as that account."
        ) from error
    os.umask(_UMASK)
    for name in _OF_ROOT:
        os.environ.pop(name, None)
    for name in _TEMPORARY:
        if name in os.environ and not os.access(os.environ[name], os.W_OK | os.X_OK):
            del os.environ[name]
    tempfile.tempdir = None
    os.environ.update(HOME=str(home), USER=account.name, LOGNAME=account.name)


def _allow_priority_changes() -> None:
    """Allow the account to undo a low priority of its own; where root may not allow that, no priority is lowered."""
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NICE, (_NICE_OF_NORMAL, _NICE_OF_NORMAL))
