"""`residency config`: checks a configuration file, and prints the JSON Schema of one."""

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from residency.settings import Settings

DEFAULT_FILE = Path("residency.yaml")
FILE_VARIABLE = "RESIDENCY_CONFIG"

app = typer.Typer(
    name="config", help="Check the configuration, or print its schema.", no_args_is_help=True
)


class Format(StrEnum):
    """How a result is written."""

    TEXT = "text"
    JSON = "json"


def config_file(given: Path | None) -> Path | None:
    """Choose the configuration file: the one given, `RESIDENCY_CONFIG`, or ./residency.yaml.

    None where nothing is named and ./residency.yaml is not there: the defaults apply.
    """
    if given is not None:
        return given
    named = os.environ.get(FILE_VARIABLE)
    if named:
        return Path(named)
    return DEFAULT_FILE if DEFAULT_FILE.exists() else None


@app.command()
def check(
    config: Annotated[
        Path | None,
        typer.Option(help=f"The file; else ${FILE_VARIABLE}, else ./{DEFAULT_FILE} if it exists."),
    ] = None,
    output: Annotated[Format, typer.Option("--format", help="text or json.")] = Format.TEXT,
) -> None:
    """Check the configuration and say in short what it holds. Exit 2 names every mistake."""
    from residency.settings import load  # noqa: PLC0415 - late, so that other commands start fast

    path = config_file(config)
    summary = summarise(load(path), path, datetime.now(UTC))
    typer.echo(summary.json() if output is Format.JSON else str(summary))


@app.command()
def schema() -> None:
    """Print the JSON Schema of the configuration file, for editors."""
    from residency.settings import json_schema  # noqa: PLC0415 - late, as above

    typer.echo(json.dumps(json_schema(), indent=2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What a configuration holds, counted; exemptions that have expired are named."""

    file: str | None
    policy_sha256: str
    subscriptions: int
    management_group: str | None
    products: int
    customers: int
    policies: int
    exemptions_live: int
    exemptions_expired: tuple[str, ...]
    declarations_live: int
    declarations_expired: int

    def __str__(self) -> str:
        """Write it as lines for people."""
        names = f": {', '.join(self.exemptions_expired)}" if self.exemptions_expired else ""
        expired = f"{len(self.exemptions_expired)} expired{names}"
        return "\n".join(
            (
                f"{self.file or 'defaults and environment'}: correct",
                self._manifest(),
                f"products: {self.products}",
                f"customers: {self.customers}",
                f"policies: {self.policies}",
                f"exemptions: {self.exemptions_live} live, {expired}",
                f"declarations: {self.declarations_live} live, {self.declarations_expired} expired",
                f"policy digest: {self.policy_sha256}",
            )
        )

    def _manifest(self) -> str:
        if not self.subscriptions and not self.management_group:
            return (
                "subscriptions: none, so that a scan is at best not proven: "
                "fill scope.subscriptions or scope.management_group"
            )
        group = self.management_group
        beneath = f", and all beneath management group {group}" if group else ""
        return f"subscriptions: {self.subscriptions}{beneath}"

    def json(self) -> str:
        """Write it as JSON, schema `residency/config-check/v1`."""
        return json.dumps({"schema": "residency/config-check/v1", **asdict(self)}, indent=2)


def summarise(settings: "Settings", path: Path | None, now: datetime) -> Summary:
    """Count what a configuration holds, with what is live at `now`."""
    from residency.settings import policy_sha256  # noqa: PLC0415 - late, as above

    expired = tuple(one.id for one in settings.exemptions if not one.is_live(now))
    declared = sum(one.is_live(now) for one in settings.declarations)
    return Summary(
        file=str(path) if path else None,
        policy_sha256=policy_sha256(settings),
        subscriptions=len(settings.scope.subscriptions),
        management_group=settings.scope.management_group,
        products=len(settings.estate.products),
        customers=len(settings.estate.customers),
        policies=1 + len(settings.policies),
        exemptions_live=len(settings.exemptions) - len(expired),
        exemptions_expired=expired,
        declarations_live=declared,
        declarations_expired=len(settings.declarations) - declared,
    )
