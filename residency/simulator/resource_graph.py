"""`POST /providers/Microsoft.ResourceGraph/resources`.

https://learn.microsoft.com/rest/api/azureresourcegraph/resourcegraph/resources/resources
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from residency.simulator.answers import Answer, Refusal, encode
from residency.simulator.graph import Result, column_type
from residency.simulator.results import Page, rewound
from residency.simulator.simulator import Simulator

_TOP_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a request asks. `key` is equal for the pages of one query."""

    query: str
    subscriptions: Sequence[str] | None
    management_groups: Sequence[str] | None
    top: int
    skip: int
    skip_token: str | None
    as_table: bool

    @property
    def key(self) -> str:
        """Give what a next page has to repeat."""
        return json.dumps([self.query, self.subscriptions, self.management_groups, self.as_table])


def ask(simulator: Simulator, raw: bytes) -> Answer:
    """Answer one query, or the next page of one.

    Raises:
        Refusal: As Azure refuses: bad request, bad query, no access, an answer too large.
    """
    question = parse_question(raw)
    with simulator.at_rest():
        page, headers = _page(simulator, question)
        body = _body(simulator, page, as_table=question.as_table)
    return Answer(body=body, headers=headers)


def parse_question(raw: bytes) -> Question:
    """Read the request's body.

    Raises:
        Refusal: It is no JSON of the documented shape.
    """
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise _bad("The request content was invalid JSON.") from error
    if not isinstance(body, dict) or not isinstance(body.get("query"), str):
        raise _bad("The request needs a query.")
    options = body.get("options") or {}
    subscriptions, groups = body.get("subscriptions"), body.get("managementGroups")
    if subscriptions and groups:
        raise _bad("Name subscriptions or managementGroups, not both.")
    return Question(
        query=body["query"],
        subscriptions=_lowered(subscriptions),
        management_groups=_lowered(groups),
        top=_number(options, "$top", 1, _TOP_MAX, _TOP_MAX),
        skip=_number(options, "$skip", 0, None, 0),
        skip_token=options.get("$skipToken"),
        as_table=_format(options) == "table",
    )


def table_asked(raw: bytes) -> str:
    """Name the table that a request asks, lower-cased; nothing where it is no question."""
    try:
        query = parse_question(raw).query
    except Refusal:
        return ""
    return query.lstrip().partition("|")[0].strip().lower()


def _lowered(values: Sequence[str] | None) -> Sequence[str] | None:
    return [str(value).lower() for value in values] if values else None


def _number(
    options: Mapping[str, Any], name: str, least: int, most: int | None, default: int
) -> int:
    value = options.get(name)
    if value is None:
        return default
    if not isinstance(value, int) or value < least or (most is not None and value > most):
        raise _bad(f"{name} must be at least {least}" + (f" and at most {most}." if most else "."))
    return value


def _format(options: Mapping[str, Any]) -> str:
    wanted = str(options.get("resultFormat") or "objectArray")
    if wanted not in {"table", "objectArray"}:
        raise _bad(f"resultFormat '{wanted}' is unknown.")
    return wanted


def _bad(message: str) -> Refusal:
    details = [{"code": "InvalidRequest", "message": message}]
    return Refusal(400, "BadRequest", message, details=details)


def _page(simulator: Simulator, question: Question) -> tuple[Page, Mapping[str, str]]:
    lifetime = simulator.behaviour.token_lifetime_seconds
    scope, headers = _scope(simulator, question)
    if question.skip_token:
        token = question.skip_token
        found = simulator.results.later(token, question.key, lifetime_seconds=lifetime)
        return found, headers
    simulator.results.expire(lifetime)
    result = simulator.graph.query(
        question.query, scope, with_tenant=question.subscriptions is None
    )
    first = simulator.results.first(result, question.key, offset=question.skip, size=question.top)
    return first, headers


def _scope(simulator: Simulator, question: Question) -> tuple[list[str], Mapping[str, str]]:
    tenant = simulator.tenant
    roots = {tenant.management_group.lower(), tenant.tenant_id.lower()}
    if question.management_groups and not roots & set(question.management_groups):
        raise _forbidden()
    wanted = question.subscriptions or list(tenant.subscriptions)
    readable = [
        one
        for one in wanted
        if (known := tenant.subscriptions.get(one)) and known.readable and known.listed
    ]
    if question.subscriptions and not readable:
        raise _forbidden()
    limit = simulator.behaviour.subscription_limit
    headers = {"x-ms-tenant-subscription-limit-hit": "true"} if len(readable) > limit else {}
    return [one for one in readable[:limit] if tenant.subscriptions[one].in_graph], headers


def _forbidden() -> Refusal:
    return Refusal(
        403,
        "AuthorizationFailed",
        "The client does not have authorization to perform action "
        "'Microsoft.ResourceGraph/resources/read' over the scopes that were given.",
    )


def _body(simulator: Simulator, page: Page, *, as_table: bool) -> bytes:
    result = page.result
    rows = result.page(page.offset, page.size, as_table=as_table)
    has_more = result.paged and page.offset + len(rows) < result.total
    head: dict[str, Any] = {
        "totalRecords": result.total,
        "count": len(rows),
        "facets": [],
        "resultTruncated": "false" if result.paged else "true",
    }
    if has_more:
        head["$skipToken"] = page.next_token()
    body = encode(head)[:-1] + b',"data":' + _data(result, rows, as_table=as_table) + b"}"
    limit = simulator.behaviour.payload_limit_bytes
    if page.is_first and (not has_more or len(body) > limit):
        simulator.results.drop(page)
    if len(body) > limit:
        raise _too_large(len(body), limit)
    return body


def _data(result: Result, rows: Sequence[bytes], *, as_table: bool) -> bytes:
    joined = b"[" + b",".join(rows) + b"]"
    if not as_table:
        return joined
    columns = [{"name": name, "type": column_type(kind)} for name, kind in result.columns]
    return b'{"columns":' + encode(columns) + b',"rows":' + joined + b"}"


def _too_large(size: int, limit: int) -> Refusal:
    message = f"Response payload size is {size}, and has exceeded the limit of {limit}."
    advice = "Please consider querying less data at a time and make paginated call if needed."
    details = [{"code": "ResponsePayloadTooLarge", "message": f"{message} {advice}"}]
    return Refusal(400, "BadRequest", "The answer is too large.", details=details)


def rewind(raw: bytes) -> bytes:
    """Turn a request for any page into one for the first page of the same result."""
    body = json.loads(raw) if raw else {}
    token = (body.get("options") or {}).get("$skipToken")
    if not token:
        return raw
    return encode({**body, "options": {**body["options"], "$skipToken": rewound(token)}})
