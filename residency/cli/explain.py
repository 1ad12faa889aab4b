"""`residency explain`: where one resource's data is, the evidence, the rule, and the history."""

from typing import TYPE_CHECKING, Annotated

import typer

from residency.cli.config import Format
from residency.cli.live import scan_live, settings_for
from residency.cli.scan import Config, Output

if TYPE_CHECKING:
    from residency.documents.explanation import Recorded
    from residency.policy import Judged
    from residency.settings import Settings


def explain(
    resource_id: Annotated[
        str,
        typer.Argument(
            help="The resource's ARM id; of one in the store also the end of it that no other has."
        ),
    ],
    *,
    live: Annotated[
        bool, typer.Option("--live", help="Read Azure now, and say what is not as recorded.")
    ] = False,
    config: Config = None,
    output: Output = Format.TEXT,
) -> None:
    """Explain where the data of one resource is, how that is known, and how it was judged.

    What the last scan recorded, with its history. Where no scan is kept yet, or with --live, the
    tenant is read now, because what a resource holds may only show on others (a vault's items, a
    server's links); nothing of that is remembered.
    """
    from residency.documents.explanation import Explanation  # noqa: PLC0415 - late, for a quick start

    settings = settings_for(config)
    recorded, unread = _recorded(settings, resource_id, live=live)
    found = None
    if live or recorded is None:
        wanted = recorded.explained.resource.id if recorded else resource_id
        found = _read_now(settings, wanted, known=recorded is not None)
    explanation = Explanation(
        recorded=recorded, found=found, unread=unread, asked=live or recorded is None
    )
    if output is Format.JSON:
        from residency.cli.json import write  # noqa: PLC0415 - as above
        from residency.documents.explain import document  # noqa: PLC0415 - late, as above

        write(document(explanation))
    else:
        from residency.cli.show_explanation import show  # noqa: PLC0415 - late, for a quick start

        show(explanation, settings)


def _recorded(
    settings: "Settings", name: str, *, live: bool
) -> "tuple[Recorded | None, tuple[str, ...]]":
    """Read what is recorded, and why not; None where there is no store, or no scan in it yet.

    Raises StoreError: no scan ever saw such a resource, or the store cannot be read. With `live`
    that is told beside what Azure says.
    """
    from residency.documents.explanation import recorded_of  # noqa: PLC0415 - late, for a quick start
    from residency.errors import StoreError  # noqa: PLC0415 - as above
    from residency.store.engine import path_of  # noqa: PLC0415 - as above

    if not path_of(settings.store.url).exists():
        return None, ()
    try:
        return recorded_of(settings, name), ()
    except StoreError as error:
        if not live:
            raise StoreError(f"{error}; `residency explain --live` asks Azure now") from error
        return None, (str(error),)


def _read_now(settings: "Settings", resource_id: str, *, known: bool) -> "Judged | None":
    """Read the tenant, and find one resource; None where it is recorded and not to be seen now."""
    from residency.errors import NotFound  # noqa: PLC0415 - late, for a quick start

    found = scan_live(settings)
    wanted = resource_id.lower().rstrip("/")
    judged = next((each for each in found.judged if each.resource.id == wanted), None)
    if judged is None and not known:
        hidden = sum(not entry.seen_whole for entry in found.coverage)
        raise NotFound(
            f"{resource_id} is not in what was seen: check the id"
            + (f"; {hidden} subscriptions were not seen whole" if hidden else "")
        )
    return judged
