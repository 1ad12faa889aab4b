"""Tables with columns that have names, and tables that count one label by another."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from dashboards.source.panels import COUNT, TEXT, Query, panel, thresholds
from dashboards.source.words import UNSEEN, Json, Words, mapping

STEADY = {"mode": "fixed", "fixedColor": "text"}
EMPTY = "-"
"""What stands in a cell without a value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table.

    Attributes:
        of: The label that it shows; or `Value` of the only query, `Value #B` of the second.
        words: What its values mean.
        steps: From which value on it has which colour.
        link: Title and address behind each value.
    """

    of: str
    title: str
    unit: str = TEXT
    width: int | None = None
    words: Words = field(default_factory=dict)
    steps: tuple[tuple[float, str], ...] = ()
    link: tuple[str, str] | None = None


def table(
    title: str,
    description: str,
    queries: Sequence[str],
    columns: Sequence[Column],
    *,
    by: str = "",
    order: tuple[str, bool] | None = None,
    links: Sequence[Json] = (),
    absent: str = UNSEEN,
) -> Json:
    """Give rows with columns that have names; several queries are joined by a label.

    `order` is the title of a column, and whether the largest comes first.
    """
    pattern = "|".join(f"^{column.of}$" for column in columns)
    joining = [_step("joinByField", byField=by, mode="outer")] if len(queries) > 1 else []
    naming = [
        _step("filterFieldsByName", include={"pattern": f"/{pattern}/"}),
        _step(
            "organize",
            excludeByName={},
            includeByName={},
            indexByName={column.of: index for index, column in enumerate(columns)},
            renameByName={column.of: column.title for column in columns},
        ),
    ]
    made = _rows(title, description, queries, order=order, links=links, absent=absent)
    made["fieldConfig"]["overrides"] = [_override(column) for column in columns]
    return made | {"transformations": joining + naming}


def matrix(
    title: str,
    description: str,
    query: str,
    *,
    row: Column,
    across: str,
    alarming: str = "",
    links: Sequence[Json] = (),
) -> Json:
    """Give a count in each cell: a label downwards, another across.

    `alarming` is a pattern of the columns that are red where they count anything.
    """
    key = f"{row.of}\\{across}"
    made = _rows(title, description, (query,), order=(row.title, False), links=links, absent=EMPTY)
    overrides = [_override(Column(of=key, title=row.title, width=row.width))]
    if alarming:
        red = [
            _property("custom.cellOptions", {"type": "color-text"}),
            _property("thresholds", thresholds(((0, "text"), (1, "red")))),
        ]
        matcher = {"id": "byRegexp", "options": f"/{alarming}/"}
        overrides.append({"matcher": matcher, "properties": red})
    made["fieldConfig"]["overrides"] = overrides
    turning = _step(
        "groupingToMatrix",
        columnField=across,
        rowField=row.of,
        valueField="Value",
        emptyValue="empty",
    )
    naming = _step(
        "organize",
        excludeByName={},
        includeByName={},
        indexByName={},
        renameByName={key: row.title},
    )
    return made | {"transformations": [turning, naming]}


def _rows(
    title: str,
    description: str,
    queries: Sequence[str],
    *,
    order: tuple[str, bool] | None,
    links: Sequence[Json],
    absent: str,
) -> Json:
    custom: Json = {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": False}
    defaults: Json = {
        "color": STEADY,
        "custom": custom,
        "mappings": [],
        "noValue": absent,
        "thresholds": thresholds(((0, "text"),)),
        "unit": COUNT,
    }
    options: Json = {
        "cellHeight": "sm",
        "frameIndex": 0,
        "showHeader": True,
        "sortBy": [{"displayName": order[0], "desc": order[1]}] if order else [],
    }
    asked = [Query(expr=expr) for expr in queries]
    made = panel(
        "table", title, description, asked, defaults=defaults, options=options, links=links
    )
    for target in made["targets"]:
        target["format"] = "table"
    return made


def _override(column: Column) -> Json:
    found = [_property("unit", column.unit), _property("noValue", EMPTY)]
    if column.width:
        found.append(_property("custom.width", column.width))
    if column.words:
        found.append(_property("mappings", [mapping(column.words)]))
    if column.words or column.steps:
        found.append(_property("custom.cellOptions", {"type": "color-text"}))
        found.append(_property("color", {"mode": "thresholds"}))
    if column.steps:
        found.append(_property("thresholds", thresholds(column.steps)))
    if column.link:
        title, url = column.link
        found.append(_property("links", [{"title": title, "url": url, "targetBlank": True}]))
    return {"matcher": {"id": "byName", "options": column.title}, "properties": found}


def _property(name: str, value: object) -> Json:
    return {"id": name, "value": value}


def _step(name: str, **options: object) -> Json:
    return {"id": name, "options": options}
