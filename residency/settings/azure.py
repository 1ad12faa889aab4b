"""How Azure is reached, and which subscriptions must be seen."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, WithJsonSchema

from residency.settings.section import Section
from residency.settings.values import Guid, is_loopback, web_address

Credential = Literal[
    "workload-identity", "managed-identity", "azure-cli", "environment", "default", "none"
]

DEFAULT_ENDPOINT = "https://management.azure.com"
DEFAULT_CREDENTIAL: Credential = "workload-identity"

_MANAGEMENT_GROUP = re.compile(r"[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]")


def azure_endpoint(value: str) -> str:
    """Accept the address of Azure Resource Manager, without a closing slash.

    Raises:
        ValueError: Not https, unless it is plain http to this machine; or more than a host.
    """
    parts = web_address(value)
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(f"must end after the host, such as {DEFAULT_ENDPOINT}")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ValueError("must be https: plain http is for a loopback address only")
    return value.rstrip("/")


def existing_file(value: Path) -> Path:
    """Accept the path of a file that is there.

    Raises:
        ValueError: No such file.
    """
    if not value.is_file():
        raise ValueError("does not exist as a file: correct the path")
    return value


def management_group_id(value: str) -> str:
    """Accept the id of a management group (its id, not its display name).

    Raises:
        ValueError: Characters that Azure does not allow, or over 90.
    """
    if not _MANAGEMENT_GROUP.fullmatch(value):
        raise ValueError("is not the id of a management group: give its id, not its display name")
    return value


class AzureSettings(Section):
    """How Azure Resource Manager is reached."""

    endpoint: Annotated[str, AfterValidator(azure_endpoint)] = DEFAULT_ENDPOINT
    """Address of Azure Resource Manager. https, or http on a loopback address only."""

    credential: Credential = DEFAULT_CREDENTIAL
    """How to sign in. `none` sends a fixed dummy token, to a loopback address only."""

    ca_bundle: Annotated[Path, AfterValidator(existing_file)] | None = None
    """File with the certificates to trust (PEM) where a proxy re-signs; null: the usual ones."""

    @property
    def is_loopback(self) -> bool:
        """Whether the endpoint is on this machine."""
        return is_loopback(web_address(self.endpoint).hostname or "")


class Subscription(Section):
    """A subscription that must be seen."""

    id: Guid
    """The subscription's id (a GUID)."""

    name: str = ""
    """What people call it, for pages and reports."""


class Scope(Section):
    """The manifest: what must be seen. Without one, a scan is never complete."""

    subscriptions: tuple[Subscription, ...] = ()
    """The manifest. Empty, and no management group: inventory only, at best not proven."""

    management_group: (
        Annotated[str, AfterValidator(management_group_id), WithJsonSchema({"type": "string"})]
        | None
    ) = None
    """Id of a management group whose descendants are the manifest."""

    @property
    def is_manifest(self) -> bool:
        """Whether it says what must be seen."""
        return bool(self.subscriptions or self.management_group)
