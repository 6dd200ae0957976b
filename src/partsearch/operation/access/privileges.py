"""How root gives up its privileges: every command becomes the site's account, for good, before it touches the home.

What lies in a home belongs to the account, and so to whoever breaks into a service. So root does not read, write, run
or end anything there. Root does what only root can before that, and outside of the home: it makes the account, makes
the home's own folder, and lets the account pass to it and read the program.
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
    has_a_hand_in,
    is_root,
    known_account,
    let_pass,
    opened,
    program_folders,
    site_account,
)
from partsearch.errors import PartsearchError
from partsearch.operation.errors import AccountError, OperationError

_UMASK = 0o022
_OF_ROOT = ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
"""Settings that name folders of root's own, which the account can neither read nor write."""
_TEMPORARY = ("TMPDIR", "TEMP", "TMP")
_NICE_OF_NORMAL = 20
"""What RLIMIT_NICE has to be for a nice value of 0: setrlimit(2)."""
_READS = stat.S_IROTH
_PASSES = stat.S_IXOTH

Say = Callable[[str], None]


def drop_privileges(home: Path, say: Say, needed: Iterable[Path] = ()) -> None:
    """Become the site's account for good where root asks; nothing happens for anybody else.

    Args:
        home: PARTSEARCH_HOME.
        say: takes a line for each thing that was opened to the account.
        needed: what the account is to reach besides, such as a folder that is deployed.

    Raises:
        PartsearchError: the account cannot be had, or the home belongs to somebody else.
    """
    if not is_root():
        return
    account = site_account()
    _give_home(home, account)
    for folder in let_pass(account, home.parent, *program_folders(), *needed):
        say(f"The account '{account.name}' may now pass through {folder} (chmod o+x).")
    for folder in _open_program(account, home):
        say(f"The account '{account.name}' may now read the program in {folder} (chmod -R o+rX).")
    become(account, home)


def for_owner(path: Path, do: Callable[[], bytes]) -> bytes:
    """Return what ``do`` returns: done by root itself, or as the account where that has a hand in ``path``.

    For a file that the caller names, such as a record of a measurement: it may lie in the home, or be root's own.

    Raises:
        PartsearchError: what ``do`` raises.
    """
    account = known_account() if is_root() else None
    return as_account(account, do) if account and has_a_hand_in(account, path) else do()


def as_account(account: Account, do: Callable[[], bytes]) -> bytes:
    """Return what ``do`` returns in a process of its own that is the account's.

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
            status = _do_and_tell(account, do, writing)
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status == 0:
        return said
    cause, _, next_step = said.decode().partition("\0")
    raise OperationError(cause or f"The work as '{account.name}' ended with status {status}.", next_step)


def _do_and_tell(account: Account, do: Callable[[], bytes], writing: int) -> int:
    """Do it as the account, write what came of it to a pipe, and return the exit code."""
    with os.fdopen(writing, "wb") as pipe:
        try:
            become(account, Path("/"))
            pipe.write(do())
        except PartsearchError as error:
            pipe.write(f"{error}\0{error.next_step}".encode())
            return 1
        except Exception as error:  # told to the parent, which raises it
            pipe.write(f"{type(error).__name__}: {error}\0".encode())
            return 1
        sys.stdout.flush()
        sys.stderr.flush()
        return 0


def _give_home(home: Path, account: Account) -> None:
    """Make the home's own folder and give it to the account; one that belongs to somebody else is refused.

    A folder that the account, too, could have put there is left for the account to make.
    """
    if has_a_hand_in(account, home.parent):
        return
    try:
        home.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            home.mkdir(mode=stat.S_IRWXU)
        with opened(home, os.O_DIRECTORY) as descriptor:
            _give_folder(home, descriptor, account)
    except OSError as error:
        raise OperationError(
            f"PARTSEARCH_HOME {home} cannot be used: {error.strerror}.",
            "Point it at a folder on a disk of this machine.",
        ) from error


def _give_folder(home: Path, descriptor: int, account: Account) -> None:
    """Give an empty folder of root to the account; what is in a folder that is not empty stays whose it is."""
    owner = os.fstat(descriptor).st_uid
    if owner not in (ROOT, account.uid):
        raise OperationError(
            f"PARTSEARCH_HOME {home} belongs to somebody else (uid {owner}).",
            f"Run this as that user, or use another PARTSEARCH_HOME for '{account.name}'.",
        )
    if owner == ROOT and not os.listdir(descriptor):
        os.fchown(descriptor, account.uid, account.gid)
        os.fchmod(descriptor, 0o750)


def _open_program(account: Account, home: Path) -> list[Path]:
    """Let the account read the program where root's umask has kept it from that; return the folders that were opened.

    A virtual environment has thousands of files, so that only what pip makes at the top of it is looked at each time.
    """
    package, library, environment = Path(__file__).parents[2], Path(os.__file__).parent, Path(sys.prefix)
    looks: dict[Path, Iterable[Path]] = {package: package.rglob("*"), library: [Path(os.__file__)]}
    if sys.prefix != sys.base_prefix:
        looks[environment] = [Path(sys.executable), *environment.glob("*"), *environment.glob("lib/*/site-packages/*")]
    closed = [folder for folder, look in looks.items() if any(map(_is_closed, [folder, *look]))]
    return [folder for folder in closed if not has_a_hand_in(account, folder) and _open_tree(folder, home)]


def _is_closed(path: Path) -> bool:
    """Return whether others may not read a file of root, or pass through and list a folder of root."""
    try:
        status = path.lstat()
    except FileNotFoundError:
        return False
    return status.st_uid == ROOT and bool(_missing(status.st_mode))


def _missing(mode: int) -> int:
    """Return what ``chmod o+rX`` would add to a mode; nothing to a link, nor to what is neither a file nor a folder."""
    if stat.S_ISDIR(mode) or (stat.S_ISREG(mode) and mode & stat.S_IXUSR):
        return (_READS | _PASSES) & ~mode
    return _READS & ~mode if stat.S_ISREG(mode) else 0


def _open_tree(root: Path, home: Path) -> bool:
    """Do ``chmod -R o+rX`` to what root owns below a folder, but in the home; return whether that was needed."""
    found = (path for path in (root, *root.rglob("*")) if path.name != ".env" and not path.is_relative_to(home))
    closed = [path for path in found if _is_closed(path)]
    for path in closed:
        add_mode(path, _missing(path.lstat().st_mode))
    return bool(closed)


def become(account: Account, home: Path) -> None:
    """Become the account: the groups first, since only root may change them, then the user; nothing leads back."""
    _let_slots_be_slowed_down()
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


def _let_slots_be_slowed_down() -> None:
    """Allow the account to undo a low priority of its own; where root may not allow it, nothing is slowed down."""
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NICE, (_NICE_OF_NORMAL, _NICE_OF_NORMAL))
