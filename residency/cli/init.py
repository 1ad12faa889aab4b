"""`residency init`: looks at the tenant and proposes a configuration for it."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from residency.cli import questions
from residency.cli.config import DEFAULT_FILE
from residency.cli.live import CREDENTIAL_VARIABLE
from residency.cli.outcome import INTERRUPTED
from residency.cli.printable import printable
from residency.cli.progress import progress_bar
from residency.errors import ConfigError

if TYPE_CHECKING:
    from residency.cli.proposal import Proposal, TagNames
    from residency.inventory import Inventory
    from residency.settings import AzureSettings, Scope

_LONGEST_TAG = 500


def init(  # noqa: PLR0913 - one parameter for each option
    *,
    output: Annotated[Path, typer.Option(help="The file to write.")] = DEFAULT_FILE,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing; take the defaults.")] = False,
    endpoint: Annotated[
        str | None, typer.Option(help="Azure Resource Manager, where it is not the public one.")
    ] = None,
    credential: Annotated[
        str | None, typer.Option(help="How to sign in, as azure.credential; else azure-cli.")
    ] = None,
    product_tag: Annotated[str, typer.Option(help="Tag that names the product.")] = "product",
    customer_tag: Annotated[str, typer.Option(help="Tag that names the customer.")] = "customer",
    environment_tag: Annotated[
        str, typer.Option(help="Tag that names the environment.")
    ] = "environment",
    management_group: Annotated[
        str | None, typer.Option(help="Id of the management group that is the manifest.")
    ] = None,
) -> None:
    """Look at the tenant (it only reads) and write a configuration that fits it, with comments.

    Proposes which subscriptions must be seen, and products, customers and environments from tags.
    """
    asks = not yes and questions.can_ask()
    try:
        path, replace = _target(output, force=force, asks=asks)
        azure, scope = _settings(endpoint, credential, management_group)
        names = _names(product_tag, customer_tag, environment_tag)
        proposal = _propose(_look(azure, scope), names, scope, asks=asks)
    except typer.Abort as abort:
        if isinstance(abort.__context__, KeyboardInterrupt):
            raise typer.Exit(INTERRUPTED) from None
        raise ConfigError("stopped by the end of the input; nothing was written") from None
    _write(path, _text(proposal, azure), replace=replace)
    _tell(proposal, path)


def _target(output: Path, *, force: bool, asks: bool) -> tuple[Path, bool]:
    """Choose the file, and whether it may be replaced, before anything takes time."""
    path = Path(questions.ask_file(str(output))) if asks else output
    if force or not path.exists():
        return path, force
    if asks and questions.ask_overwrite(path):
        return path, True
    raise ConfigError(f"{path} exists: give another --output, or --force to replace it")


def _settings(
    endpoint: str | None, credential: str | None, management_group: str | None
) -> tuple["AzureSettings", "Scope"]:
    """Let options win over the environment, and that over the defaults."""
    from pydantic import ValidationError  # noqa: PLC0415 - late, for a quick start

    from residency.settings import AzureSettings, Scope, load  # noqa: PLC0415 - late, as above
    from residency.settings.load import keys_at  # noqa: PLC0415 - late, as above
    from residency.settings.messages import sentence  # noqa: PLC0415 - late, as above

    values = load(None).azure.model_dump()
    if CREDENTIAL_VARIABLE not in os.environ:
        values["credential"] = "azure-cli"
    given = {"endpoint": endpoint, "credential": credential}
    values |= {name: value for name, value in given.items() if value is not None}
    section = "azure"
    try:
        azure = AzureSettings.model_validate(values)
        section = "scope"
        return azure, Scope(management_group=management_group)
    except ValidationError as error:
        wrong = ({**each, "loc": (section, *each["loc"])} for each in error.errors())
        raise ConfigError("\n".join(sentence(each, keys_at) for each in wrong)) from None


def _names(product: str, customer: str, environment: str) -> "TagNames":
    from residency.cli.proposal import TagNames  # noqa: PLC0415 - late, for a quick start

    for name in (product, customer, environment):
        if not name.strip() or not name.isprintable() or len(name) > _LONGEST_TAG:
            raise ConfigError(f"{name!a} is not the name of a tag")
    return TagNames(product=product, customer=customer, environment=environment)


def _look(azure: "AzureSettings", scope: "Scope") -> "Inventory":
    """Take the inventory. Raises AzureError."""
    import asyncio  # noqa: PLC0415 - late, for a quick start

    from residency.azure import open_session  # noqa: PLC0415 - late, for a quick start
    from residency.check import load_catalogue  # noqa: PLC0415 - late, for a quick start
    from residency.cli.logs import log_to_stderr  # noqa: PLC0415 - late, for a quick start
    from residency.inventory import take  # noqa: PLC0415 - late, for a quick start

    log_to_stderr()

    async def read() -> "Inventory":
        async with open_session(azure, timedelta(minutes=10)) as arm:
            return await take(arm, scope, load_catalogue(), progress)

    with progress_bar() as progress:
        return asyncio.run(read())


def _propose(
    inventory: "Inventory", names: "TagNames", scope: "Scope", *, asks: bool
) -> "Proposal":
    from residency.cli.proposal import propose, tags_of  # noqa: PLC0415 - late, for a quick start

    left_out: frozenset[str] = frozenset()
    if asks:
        questions.show_tags(tags_of(inventory))
        names = _names(
            questions.ask("Tag that names the product", names.product),
            questions.ask("Tag that names the customer", names.customer),
            questions.ask("Tag that names the environment", names.environment),
        )
        if scope.management_group is None:
            left_out = questions.ask_left_out(inventory.coverage)
    return propose(inventory, names, left_out=left_out, management_group=scope.management_group)


def _text(proposal: "Proposal", azure: "AzureSettings") -> str:
    from residency.cli.proposal_yaml import text_of  # noqa: PLC0415 - late, for a quick start
    from residency.settings.document import MAX_BYTES  # noqa: PLC0415 - late, for a quick start

    text = text_of(proposal, azure, datetime.now(UTC))
    if len(text.encode()) > MAX_BYTES:
        estate = proposal.estate
        raise ConfigError(
            f"{len(estate.products)} products and {len(estate.customers)} customers are more than"
            " a configuration holds: choose tags that name products and customers"
        )
    return text


def _write(path: Path, text: str, *, replace: bool) -> None:
    """Write the file at once; a file that came into being meanwhile stays as it is."""
    try:
        with path.open("w" if replace else "x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        reason = (error.strerror or "no reason given").lower()
        raise ConfigError(f"{path} cannot be written: {reason}") from error


def _tell(proposal: "Proposal", path: Path) -> None:
    """Say what is in the file, and what to do next."""
    estate, unseen = proposal.estate, [each for each in proposal.coverage if not each.seen_whole]
    lines = [
        f"Wrote {path}:",
        f"  {len(proposal.coverage)} subscriptions seen, {len(unseen)} of them not whole",
        *(f"    ? {entry.name or entry.id}: {', '.join(entry.reasons)}" for entry in unseen),
        f"  {len(estate.products)} products: {', '.join(estate.products) or 'none'}",
        f"  {len(estate.customers)} customers: {', '.join(estate.customers) or 'none'}",
        f"  {proposal.unassigned} of {proposal.resources} resources are unassigned",
        "",
        "Next: read the file through and complete it, then",
        f"  residency config check --config {path}",
        f"  residency scan --config {path}",
    ]
    typer.echo("\n".join(printable(line) for line in lines))
