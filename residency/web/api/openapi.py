"""The description of the API for programs: OpenAPI 3.1, made of the table of its pages.

https://spec.openapis.org/oas/v3.1.1.html
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec

from residency import __version__
from residency.web.api.asked import Paged
from residency.web.api.endpoints import ENDPOINTS, Endpoint
from residency.web.api.paths import API
from residency.web.api.shapes import Fault

_REFERENCE = "#/components/schemas/{name}"
_SECURITY = {
    "token": {"type": "http", "scheme": "bearer", "description": "`residency token create`"},
    "user": {"type": "http", "scheme": "basic", "description": "of web.config_file"},
    "certificate": {"type": "mutualTLS", "description": "of web.config_file"},
}
_FAULTS: Mapping[HTTPStatus, str] = {
    HTTPStatus.BAD_REQUEST: "A parameter or the cursor is wrong.",
    HTTPStatus.UNAUTHORIZED: "The caller is not known.",
    HTTPStatus.FORBIDDEN: "A token came in the clear from another machine.",
    HTTPStatus.TOO_MANY_REQUESTS: "Too much at once, or wrong tokens too often: come back later.",
    HTTPStatus.SERVICE_UNAVAILABLE: "There is no scan yet, the store cannot be read, or too many"
    " wait: come back later.",
}
_OF_ONE = {HTTPStatus.NOT_FOUND: "No scan ever saw such a resource."}
_OF_PAGES = {HTTPStatus.GONE: "The scan that the cursor is of is not there any more."}
_TELLS_OF_ONE = frozenset({"resource", "events"})


def openapi() -> dict[str, Any]:
    """Give the description as JSON values."""
    answers, components = msgspec.json.schema_components(
        [*(each.answer for each in ENDPOINTS), Fault], ref_template=_REFERENCE
    )
    by_name = {each.name: found for each, found in zip(ENDPOINTS, answers, strict=False)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "residency",
            "version": __version__,
            "description": "Where the data of every Azure resource is, and how that was judged.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": [{name: []} for name in _SECURITY] + [{}],
        "paths": {
            f"{API}/{each.name}": {"get": _operation(each, by_name[each.name], answers[-1])}
            for each in ENDPOINTS
        },
        "components": {"schemas": components, "securitySchemes": _SECURITY},
    }


def _operation(endpoint: Endpoint, answer: Any, fault: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON Schema
    is_paged = issubclass(endpoint.asked, Paged)
    faults = {
        **_FAULTS,
        **(_OF_ONE if endpoint.name in _TELLS_OF_ONE else {}),
        **(_OF_PAGES if is_paged else {}),
    }
    return {
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "parameters": _parameters(endpoint.asked),
        "responses": {
            "200": _answer("The document.", answer),
            **{str(code.value): _answer(said, fault) for code, said in sorted(faults.items())},
        },
    }


def _answer(said: str, schema: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON Schema
    return {"description": said, "content": {"application/json": {"schema": schema}}}


def _parameters(asked: type[msgspec.Struct]) -> list[dict[str, Any]]:
    """Describe each key of a query; one that may be null is left out instead."""
    (_,), known = msgspec.json.schema_components([asked], ref_template=_REFERENCE)
    schema = known[asked.__name__]
    return [
        _parameter(name, _inlined(told, known), required=name in schema.get("required", ()))
        for name, told in schema["properties"].items()
    ]


def _parameter(name: str, schema: dict[str, Any], *, required: bool) -> dict[str, Any]:
    description = schema.pop("description", None)
    return {
        "name": name,
        "in": "query",
        "required": required,
        **({"description": description} if description else {}),
        "schema": schema,
    }


def _inlined(told: Any, known: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ANN401 - JSON Schema
    """Put what is referred to in its place, and leave out what a query cannot say: null."""
    found = dict(told)
    if "$ref" in found:
        return _inlined(known[found["$ref"].rpartition("/")[2]], known)
    if "items" in found:
        found["items"] = _inlined(found["items"], known)
    if "anyOf" in found:
        several = [each for each in found.pop("anyOf") if each != {"type": "null"}]
        found |= _inlined(several[0], known)
    if found.get("default") in (None, [], ()):
        found.pop("default", None)
    found.pop("title", None)
    return found
