"""`residency explain`: where one resource's data is, the evidence, and the rule that judged it."""

from typing import Annotated

import typer

from residency.cli.config import Format
from residency.cli.live import scan_live, settings_for
from residency.cli.scan import Config, Output


def explain(
    resource_id: Annotated[str, typer.Argument(help="The resource's ARM id.")],
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Explain where the data of one resource is, how that is known, and how it was judged.

    Reads the tenant live, because what a resource holds may only show on others (a vault's items,
    a server's links).
    """
    from residency.errors import NotFound  # noqa: PLC0415 - late, for a quick start

    found = scan_live(settings_for(config))
    wanted = resource_id.lower().rstrip("/")
    judged = next((each for each in found.judged if each.resource.id == wanted), None)
    if judged is None:
        hidden = sum(not entry.seen_whole for entry in found.coverage)
        raise NotFound(
            f"{resource_id} is not in what was seen: check the id"
            + (f"; {hidden} subscriptions were not seen whole" if hidden else "")
        )
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - late, for a quick start
        from residency.scan import resource_document  # noqa: PLC0415 - late, for a quick start

        write({"schema": "residency/explain/v1", "resource": resource_document(judged)})
    else:
        from residency.cli.show_one import show_one  # noqa: PLC0415 - late, for a quick start

        show_one(judged)
