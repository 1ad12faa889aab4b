"""Every error that the monitor raises on purpose, as one typed tree.

Messages are written for the person who has to act: what went wrong, and what to do next.
"""


class ResidencyError(Exception):
    """Base of all errors that the monitor raises on purpose."""


class ConfigError(ResidencyError):
    """The configuration cannot be used; names the file and each key that is wrong."""


class CheckError(ResidencyError):
    """A check met a body of a shape that it cannot read, or a pack of checks is unusable."""


class AzureError(ResidencyError):
    """Azure Resource Manager did not give the answer that was asked for.

    Attributes:
        code: Azure's own error code, or the kind of transport failure.
    """

    def __init__(self, message: str, *, code: str = "") -> None:
        """Keep Azure's `code` beside the sentence for people."""
        super().__init__(message)
        self.code = code


class AccessDenied(AzureError):
    """This identity may not read what was asked (401 or 403).

    Attributes:
        action: The Azure action that is missing, where Azure names it.
    """

    def __init__(self, message: str, *, code: str = "", action: str = "") -> None:
        """Keep the missing `action` so that advice can name it."""
        super().__init__(message, code=code)
        self.action = action


class NotFound(AzureError):
    """Azure says that this does not exist (404)."""


class Throttled(AzureError):
    """Azure refused for quota (429) for longer than the scan can wait."""


class Unavailable(AzureError):
    """Azure or the way to it failed: 5xx, reset, time-out, TLS, DNS."""


class PayloadTooLarge(AzureError):
    """Resource Graph refused a page of over 16 MiB; ask for fewer rows."""


class BadAnswer(AzureError):
    """Azure answered with something that is not what it documents: HTML, cut JSON, wrong shape."""


class InventoryError(AzureError):
    """Resource Graph's pages do not add up, so the inventory is not proven whole."""


class StoreError(ResidencyError):
    """The store cannot be read or written as it is; says what to do with it."""


class LedgerError(StoreError):
    """The ledger does not add up, or cannot be signed; names the entry."""


class PictureError(ResidencyError):
    """A picture cannot be drawn from what was given; says what is wrong with it."""
