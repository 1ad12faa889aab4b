"""The newest head that was written here, in a file beside the store.

Whoever puts an older copy of the store in its place is found out when it is opened: else it would
go on from there, and there would be two histories. The file is no secret, and no proof to others.
"""

from pathlib import Path

from residency.errors import LedgerError, StoreError
from residency.store.ledger.checkpoint import Checkpoint
from residency.store.ledger.merkle import root_of
from residency.store.ledger_log import LedgerLog

_ADVICE = "put the newer one back, or go on with a backup by `residency restore FILE --older`"


def path_beside(store: Path) -> Path:
    """Name the file that belongs to a store."""
    return store.with_name(f"{store.name}.head")


def keep(store: Path, head: Checkpoint) -> None:
    """Keep the newest head. It need not survive a loss of power: an older one is no contradiction.

    Raises StoreError where it cannot be written.
    """
    path = path_beside(store)
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_text(head.text(), "utf-8")
        beside.replace(path)
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; make its folder writable") from error


def read(store: Path) -> Checkpoint | None:
    """Read the newest head; None where there is none, or a loss of power emptied the file.

    Raises StoreError.
    """
    path = path_beside(store)
    try:
        text = path.read_text("utf-8")
        return Checkpoint.parse(text) if text else None
    except FileNotFoundError:
        return None
    except (LedgerError, OSError, ValueError) as error:
        raise StoreError(f"{path} cannot be read: {error}; see why, then delete it") from error


def forget(store: Path) -> None:
    """Remove the newest head. Raises OSError."""
    path_beside(store).unlink(missing_ok=True)


def require_no_older(store: Path, log: LedgerLog) -> None:
    """Refuse a store that lacks what was written here before, or has something else there.

    Raises StoreError.
    """
    head = read(store)
    if head is None:
        return
    if not log.size:
        raise StoreError(
            f"{store} is new, and {head.size} entries of a ledger were written here by {head.at}:"
            f" `residency restore` a backup, or delete {path_beside(store)} to begin anew"
        )
    if head.size > log.size:
        raise StoreError(
            f"{store} has {log.size} entries in its ledger, and {head.size} were written here"
            f" by {head.at}: it is an older copy; {_ADVICE}"
        )
    if root_of(head.size, log.node) != head.root:
        raise StoreError(
            f"{store} has another history than was written here by {head.at}; {_ADVICE}"
        )
