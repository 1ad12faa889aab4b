"""Reads a tenant live for one command: settings, catalogue, scan."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from residency.cli.config import config_file
from residency.cli.progress import progress_bar

if TYPE_CHECKING:
    from residency.scan import Scan
    from residency.settings import Settings

CREDENTIAL_VARIABLE = "RESIDENCY_AZURE__CREDENTIAL"


def settings_for(config: Path | None) -> "Settings":
    """Load the configuration; without a file the identity is that of the signed-in Azure CLI.

    Raises ConfigError.
    """
    from residency.settings import load  # noqa: PLC0415 - late, for a quick start

    path = config_file(config)
    settings = load(path)
    if path is None and CREDENTIAL_VARIABLE not in os.environ:
        azure = settings.azure.model_copy(update={"credential": "azure-cli"})
        settings = settings.model_copy(update={"azure": azure})
    return settings


def scan_live(settings: "Settings") -> "Scan":
    """Scan once, with a progress bar on a terminal, and remember nothing. Raises ResidencyError."""
    import asyncio  # noqa: PLC0415 - late, for a quick start

    from residency.check import load_catalogue  # noqa: PLC0415 - late, for a quick start
    from residency.cli.logs import log_to_stderr  # noqa: PLC0415 - late, for a quick start
    from residency.scan import scan  # noqa: PLC0415 - late, for a quick start

    log_to_stderr()
    with progress_bar() as progress:
        return asyncio.run(scan(settings, load_catalogue(), progress))


def scan_and_remember(settings: "Settings") -> "Scan":
    """Scan once, with a progress bar on a terminal, into the store. Raises ResidencyError."""
    import asyncio  # noqa: PLC0415 - late, for a quick start

    from residency.check import load_catalogue  # noqa: PLC0415 - late, for a quick start
    from residency.cli.logs import log_to_stderr  # noqa: PLC0415 - late, for a quick start
    from residency.scan.watch import watching  # noqa: PLC0415 - late, for a quick start

    log_to_stderr()
    with progress_bar() as progress, watching(settings) as watch:
        return asyncio.run(watch.scan(settings, load_catalogue(), progress)).scan
