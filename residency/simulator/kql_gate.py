"""Refuses the Kusto queries that Azure Resource Graph would refuse.

DuckDB folds case and duckdb-kql knows far more operators, so that a query could pass here and fail
in Azure. The subset is Microsoft's:
https://learn.microsoft.com/azure/governance/resource-graph/concepts/query-language
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

TABLES = {
    "resources": "Resources",
    "resourcecontainers": "ResourceContainers",
    "recoveryservicesresources": "RecoveryServicesResources",
    "resourcechanges": "ResourceChanges",
}
COLUMNS = (
    "id",
    "name",
    "type",
    "tenantId",
    "kind",
    "location",
    "resourceGroup",
    "subscriptionId",
    "managedBy",
    "sku",
    "plan",
    "properties",
    "tags",
    "identity",
    "zones",
    "extendedLocation",
)
_OPERATORS = """
count distinct extend join limit mvexpand mv-expand order parse project project-away sort
summarize take top union where
"""
OPERATORS = frozenset(_OPERATORS.split())
JOIN_KINDS = frozenset({"innerunique", "inner", "leftouter", "fullouter"})
_FUNCTIONS = """
abs ago all any arg_max arg_min array_concat array_index_of array_length array_slice avg avgif
bag_keys bag_merge bag_pack base64_decode_tostring base64_encode_tostring between bin case ceiling
coalesce column_ifexists contains count countif countof datetime datetime_add datetime_diff
datetime_part dayofmonth dayofweek dayofyear dcount dcountif decimal double dynamic endofday
endofmonth endofweek endofyear extract extract_all extractjson false floor format_datetime
format_timespan getmonth getyear guid hash has_any has_all hourofday iff iif in indexof int
ipv4_is_in_range ipv4_is_match ipv4_is_private isempty isfinite isinf isnan isnotempty isnotnull
isnull long make_bag make_bag_if make_datetime make_list make_list_if make_set make_set_if
make_timespan max maxif min minif monthofyear not now pack pack_all pack_array parse_json
parse_path parse_url parse_version parsejson percentile percentiles pow real replace replace_regex
replace_string reverse round set_difference set_has_element set_intersect set_union sign split
startofday startofmonth startofweek startofyear stdev strcat strcat_array strcat_delim string
strlen strcmp substring sum sumif take_any time timespan tobool toboolean todatetime todecimal
todouble todynamic toguid toint tolong tolower toreal tostring totimespan toupper treepath trim
trim_end trim_start typeof url_decode url_encode variance week_of_year zip bool by on and or has
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
MAX_PER_QUERY = 3
ROW_LIMIT_DEFAULT = 128
ROW_LIMIT_MAX = 400

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*)|(?P<space>\s+)
    |(?P<string>@?"(?:[^"\\]|\\.)*"|@?'(?:[^'\\]|\\.)*')
    |(?P<word>(?:mv-expand|project-[a-z]+|make-series|mv-apply|parse-[a-z]+|[A-Za-z_$][\w$]*)
        |in~|!in~|has_any|has_all)
    |(?P<number>\d[\w.]*)|(?P<mark>!?[=~<>]+~?|[^\s\w])""",
    re.VERBOSE,
)


class GateRefusal(Exception):  # noqa: N818 - it is an answer, and not a failure
    """Resource Graph would refuse this query; `code` is what its error details name."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the `code` beside the sentence for people."""
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the query with its place in the text."""

    kind: str
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A query that Resource Graph would take.

    Attributes:
        query: The text to run; mv-expand has the row limit that Resource Graph puts on it.
        limited: It has `limit` or `take`, for which Resource Graph gives no `$skipToken`.
    """

    query: str
    limited: bool


@dataclass(slots=True)
class _Seen:
    names: set[str] = field(default_factory=set)
    operators: Counter[str] = field(default_factory=Counter)
    row_limits: list[int] = field(default_factory=list)


def check(query: str) -> Passed:
    """Check a query against the subset of Resource Graph.

    Raises:
        GateRefusal: Azure would refuse it, or duckdb-kql needs it written in another way.
    """
    tokens = list(_tokens(query))
    if not tokens:
        raise GateRefusal("InvalidQuery", "The query is empty.")
    seen = _Seen(names=_introduced(tokens))
    _check_pipeline(tokens, seen)
    _check_words(tokens, seen.names)
    for name, count in seen.operators.items():
        if name in {"join", "union", "mv-expand"} and count > MAX_PER_QUERY:
            raise GateRefusal(
                "DisallowedLogicalPlanNode",
                f"A query may hold {MAX_PER_QUERY} {name}, not {count}.",
            )
    limited = any(seen.operators[name] for name in ("limit", "take"))
    return Passed(query=_with_row_limits(query, seen.row_limits), limited=limited)


def _tokens(query: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or "mark"
        if kind not in {"space", "comment"}:
            yield Token(kind, match.group(), match.start(), match.end())


def _introduced(tokens: Sequence[Token]) -> set[str]:
    """Names that the query itself gives to columns: what stands before a single `=`."""
    pairs = pairwise(tokens)
    return {one.text for one, then in pairs if one.kind == "word" and then.text == "="}


def _split(tokens: Sequence[Token], mark: str) -> Iterator[list[Token]]:
    depth, part = 0, list[Token]()
    for token in tokens:
        depth += (token.text in "([{" and token.kind == "mark") - (
            token.text in ")]}" and token.kind == "mark"
        )
        if token.text == mark and token.kind == "mark" and depth == 0:
            yield part
            part = []
        else:
            part.append(token)
    yield part


def _check_pipeline(tokens: Sequence[Token], seen: _Seen) -> None:
    source, *stages = _split(tokens, "|")
    _check_source(source, seen)
    for stage in stages:
        _check_stage(stage, seen)


def _check_source(tokens: Sequence[Token], seen: _Seen) -> None:
    if not tokens:
        raise GateRefusal("ParserFailure", "A table is missing.")
    first = tokens[0]
    if first.text == "(" and tokens[-1].text == ")":
        _check_pipeline(tokens[1:-1], seen)
        return
    if first.text == "union":
        _check_stage(tokens, seen)
        return
    if len(tokens) == 1 and first.text in {*TABLES, *TABLES.values()}:
        return
    if first.text.lower() in TABLES:
        known = TABLES[first.text.lower()]
        message = f"Table '{first.text}' is unknown; it is '{known.lower()}' (or '{known}')."
        raise GateRefusal("InvalidTableName", message)
    raise GateRefusal("InvalidTableName", f"'{first.text}' is no table of Resource Graph here.")


def _check_stage(stage: Sequence[Token], seen: _Seen) -> None:
    if not stage:
        raise GateRefusal("ParserFailure", "An operator is missing after '|'.")
    operator = stage[0].text
    if operator not in OPERATORS:
        message = f"Operator '{operator}' is not supported by Resource Graph."
        raise GateRefusal("UnsupportedOperator", message)
    name = "mv-expand" if operator == "mvexpand" else operator
    seen.operators[name] += 1
    match name:
        case "join":
            _check_join(stage[1:], seen)
        case "union":
            for leg in _split(_after_parameters(stage[1:]), ","):
                _check_source(leg, seen)
        case "mv-expand":
            _check_row_limit(stage, seen)
        case _:
            pass


def _after_parameters(tokens: Sequence[Token]) -> Sequence[Token]:
    rest = tokens
    while len(rest) > 2 and rest[0].kind == "word" and rest[1].text == "=":  # noqa: PLR2004
        rest = rest[3:]
    return rest


def _check_join(tokens: Sequence[Token], seen: _Seen) -> None:
    rest = _after_parameters(tokens)
    kind = next((three.text for one, _, three in _triples(tokens) if one.text == "kind"), "inner")
    if kind not in JOIN_KINDS:
        raise GateRefusal("InvalidJoinKind", f"Join flavour '{kind}' is not supported.")
    places = (n for n, token in enumerate(rest) if token.text == "on" and _depth(rest[:n]) == 0)
    _check_source(rest[: next(places, len(rest))], seen)


def _triples(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token, Token]]:
    return (t for t in zip(tokens, tokens[1:], tokens[2:], strict=False) if t[1].text == "=")


def _depth(tokens: Sequence[Token]) -> int:
    marks = Counter(token.text for token in tokens if token.kind == "mark")
    return marks["("] - marks[")"]


def _check_row_limit(stage: Sequence[Token], seen: _Seen) -> None:
    for one, then in pairwise(stage):
        if one.text == "limit" and then.kind == "number":
            if int(then.text) > ROW_LIMIT_MAX:
                message = f"mv-expand takes a limit of at most {ROW_LIMIT_MAX}, not {then.text}."
                raise GateRefusal("DisallowedMvExpandRowLimit", message)
            return
    seen.row_limits.append(stage[-1].end)


def _with_row_limits(query: str, places: Sequence[int]) -> str:
    for place in sorted(places, reverse=True):
        query = f"{query[:place]} limit {ROW_LIMIT_DEFAULT}{query[place:]}"
    return query


def _check_words(tokens: Sequence[Token], introduced: set[str]) -> None:
    columns = {name.lower(): name for name in COLUMNS}
    for before, token, then in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        if token.kind != "word" or (before is not None and before.text == "."):
            continue
        if then is not None and then.text == "(" and token.text not in OPERATORS:
            _check_function(token.text)
            continue
        known = columns.get(token.text.lower())
        if known and token.text not in {known, *introduced}:
            message = f"Column '{token.text}' is unknown; it is '{known}' (KQL is case-sensitive)."
            raise GateRefusal("InvalidColumn", message)
        is_parameter = before is not None and before.text in {"join", "union"}
        if token.text == "kind" and not is_parameter:
            message = (
                "Write the column kind as ['kind']: Azure takes both, the simulator only that."
            )
            raise GateRefusal("BareKind", message)


def _check_function(name: str) -> None:
    if name in FUNCTIONS or name in JOIN_KINDS:
        return
    if name.lower() in FUNCTIONS:
        raise GateRefusal("UnknownFunction", f"Unknown function '{name}': it is '{name.lower()}'.")
    raise GateRefusal("UnknownFunction", f"Unknown function '{name}'.")
