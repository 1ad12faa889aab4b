"""The whole configuration, its JSON Schema, and the digest of what decides a judgement."""

import hashlib
import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Self

import rfc8785
from pydantic import ModelWrapValidatorHandler, ValidationError, model_validator
from pydantic.json_schema import GenerateJsonSchema
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from residency.settings.azure import AzureSettings, Scope
from residency.settings.durations import Retention, format_duration
from residency.settings.environment import from_environment
from residency.settings.estate import Estate
from residency.settings.policy import Declaration, Exemption, Policy, Promise
from residency.settings.references import wrong_references
from residency.settings.section import refuse, repeat
from residency.settings.service import (
    HeartbeatSettings,
    LedgerSettings,
    ReportSettings,
    ScanSettings,
    StoreSettings,
    WebSettings,
)
from residency.settings.values import Slug

_JUDGES = frozenset({"policy", "policies", "promise", "exemptions", "declarations", "estate"})


class Settings(BaseSettings):
    """Configuration of residency. Every key has a default; a key that is not listed is refused."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, serialize_by_alias=True
    )

    azure: AzureSettings = AzureSettings()
    """How Azure Resource Manager is reached."""

    scope: Scope = Scope()
    """The manifest: what must be seen. Without one, a scan is never complete."""

    policy: Policy = Policy()
    """The default policy: where data may be."""

    policies: Mapping[Slug, Policy] = {}
    """Other policies by name, for customers with stricter contracts. Each stands on its own."""

    promise: Promise = Promise()
    """The text that customers were given."""

    exemptions: tuple[Exemption, ...] = ()
    """Rules set aside for named resources."""

    declarations: tuple[Declaration, ...] = ()
    """What the vendor states of places that Azure does not tell."""

    estate: Estate = Estate()
    """What is hosted, for whom, and what lies outside the promise."""

    store: StoreSettings = StoreSettings()
    """Where the facts are kept."""

    scan: ScanSettings = ScanSettings()
    """When Azure is read."""

    web: WebSettings = WebSettings()
    """The pages and the metrics."""

    heartbeat: HeartbeatSettings = HeartbeatSettings()
    """A dead man's switch outside the monitor."""

    ledger: LedgerSettings = LedgerSettings()
    """The tamper-evident sequence of scans and events."""

    report: ReportSettings = ReportSettings()
    """The customers' monthly reports."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings passes it
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        variables = from_environment(os.environ, cls.model_fields)
        return InitSettingsSource(settings_cls, variables), init_settings

    @model_validator(mode="wrap")
    @classmethod
    def _names_every_mistake(
        cls,
        given: Any,  # noqa: ANN401 - what a file may hold
        validate: ModelWrapValidatorHandler[Self],
    ) -> Self:
        references = wrong_references(given)
        try:
            settings = validate(given)
        except ValidationError as error:
            raise ValidationError.from_exception_data(
                error.title, [*repeat(error), *references]
            ) from None
        refuse(cls.__name__, references)
        return settings


class _Schema(GenerateJsonSchema):
    """Writes defaults as the file does: `72h`, not `P3D`."""

    def encode_default(self, dft: Any) -> Any:  # noqa: ANN401 - a default of any type
        return super().encode_default(_as_in_file(dft))


def _as_in_file(value: object) -> object:
    match value:
        case timedelta():
            return format_duration(value)
        case Retention():
            return str(value)
        case dict():
            return {key: _as_in_file(inner) for key, inner in value.items()}
        case _:
            return value


def json_schema() -> dict[str, Any]:
    """Give the JSON Schema (draft 2020-12) of the configuration file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Settings.model_json_schema(by_alias=True, schema_generator=_Schema),
    }


def policy_sha256(settings: Settings) -> str:
    """Digest what decides a judgement: the same digest, the same rules.

    SHA-256 in hexadecimal over canonical JSON (RFC 8785) of policy, policies, promise,
    exemptions, declarations and estate. The order of products and customers counts, because the
    first that matches a resource decides.
    """
    judges = settings.model_dump(mode="json", by_alias=True, include=set(_JUDGES))
    judges["order"] = [list(settings.estate.products), list(settings.estate.customers)]
    return hashlib.sha256(rfc8785.dumps(judges)).hexdigest()
