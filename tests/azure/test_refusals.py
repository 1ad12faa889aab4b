"""What cannot sign in says so in one line: which kind, what is wrong, what to do, no secret."""

import re
import time
import traceback
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from residency.errors import AccessDenied, ConfigError, ResidencyError
from residency.simulator.answers import Answer, encode

if TYPE_CHECKING:
    from tests.azure.conftest import Cloud

FAST_SECONDS = 15
HTML = Answer(body=b"<html>Sign in to the network</html>", headers={"Content-Type": "text/html"})
JSON = {"Content-Type": "application/json"}


def refusal(cloud: "Cloud", kind: str) -> ResidencyError:
    with pytest.raises(ResidencyError) as raised:
        cloud.scan(kind)
    return raised.value


def chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def unset(*names: str) -> Callable[["Cloud"], None]:
    return variable(**dict.fromkeys(names, ""))


def answered(**more: object) -> Callable[["Cloud"], None]:
    def prepare(cloud: "Cloud") -> None:
        cloud.authority.instead = Answer(body=encode(more), headers=JSON)

    return prepare


def instead(answer: Answer) -> Callable[["Cloud"], None]:
    return lambda cloud: setattr(cloud.authority, "instead", answer)


def token(content: str) -> Callable[["Cloud"], None]:
    def prepare(cloud: "Cloud") -> None:
        cloud.token_file(content)

    return prepare


def claims(**said: object) -> Callable[["Cloud"], None]:
    def prepare(cloud: "Cloud") -> None:
        cloud.token_file(cloud.assertion("", **said))

    return prepare


def variable(**values: str) -> Callable[["Cloud"], None]:
    return lambda cloud: cloud.variables(**values)


def az(script: str) -> Callable[["Cloud"], None]:
    return lambda cloud: cloud.az(script)


def no_file(cloud: "Cloud") -> None:
    cloud.token_file().unlink()


def signed_by_a_stranger(cloud: "Cloud") -> None:
    cloud.token_file(cloud.assertion(cloud.keys.stranger))


def an_echo(cloud: "Cloud") -> None:
    shown = cloud.canaries[-1] if len(cloud.canaries) > 2 else cloud.canaries[0]
    said = f"AADSTS50000: we got {shown} from you"
    error = {"error": "server_error", "error_description": said}
    cloud.authority.instead = Answer(body=encode(error), headers=JSON)


def noise_around_a_token(cloud: "Cloud") -> None:
    answer = cloud.az_answer()
    cloud.az(f"echo 'WARNING: new version'; echo '{encode(answer).decode()}'")


WRONG_SECRET = variable(AZURE_CLIENT_SECRET="wrong")  # noqa: S106 - made up
MISSING = [
    ("workload-identity", unset("AZURE_CLIENT_ID"), "AZURE_CLIENT_ID in the environment"),
    (
        "workload-identity",
        unset("AZURE_TENANT_ID", "AZURE_FEDERATED_TOKEN_FILE"),
        "AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE in the environment",
    ),
    (
        "environment with a secret",
        unset("AZURE_CLIENT_SECRET"),
        "AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH)",
    ),
    ("environment with a secret", unset("AZURE_TENANT_ID"), "AZURE_TENANT_ID"),
    (
        "environment with a certificate",
        variable(AZURE_CLIENT_CERTIFICATE_PATH="nowhere.pem"),
        "nowhere.pem",
    ),
    (
        "environment with a secret",
        lambda cloud: cloud.set("AZURE_AUTHORITY_HOST", "http://127.0.0.1:1"),
        "TLS protected (https)",
    ),
]


@pytest.mark.parametrize(("way", "spoil", "words"), MISSING, ids=range(len(MISSING)))
def test_what_is_missing_from_the_environment_is_named_before_anything_is_asked(
    cloud: "Cloud", way: str, spoil: Callable[["Cloud"], None], words: str
) -> None:
    kind = cloud.use(way)
    spoil(cloud)
    error = refusal(cloud, kind)
    assert isinstance(error, ConfigError)
    assert f"azure.credential {kind}" in str(error)
    assert words in str(error)
    assert cloud.authority.asked == []


WORKLOAD = [
    ("an error that quotes", an_echo, "AADSTS50000: we got *** from you"),
    ("a token file that is not there", no_file, "cannot be read (No such file or directory)"),
    ("an empty token file", token(""), "is empty: AZURE_FEDERATED_TOKEN_FILE"),
    ("a token file of blanks", token(" \n"), "is empty"),
    ("another subject", claims(sub="system:serviceaccount:a:b"), "system:serviceaccount:NAMES"),
    ("another issuer", claims(iss="https://other.example"), "AADSTS700211"),
    ("an expired token", claims(exp=1), "the federated token has expired"),
    ("another audience", claims(aud="api://other"), "AADSTS700027"),
    ("a forged token", signed_by_a_stranger, "AADSTS700027"),
]
SECRET = [
    ("another tenant", variable(AZURE_TENANT_ID="other"), "correct AZURE_TENANT_ID"),
    ("another application", variable(AZURE_CLIENT_ID="other"), "no such application"),
    ("a wrong secret", WRONG_SECRET, "correct AZURE_CLIENT_SECRET"),
    ("a proxy's page", instead(HTML), "something else than a token, a proxy's page"),
    (
        "a token without its end",
        answered(access_token="eyJcanary.canary.canary"),  # noqa: S106 - made up
        "than a token",
    ),
    ("an end without a token", answered(expires_in=3600), "something else than a token"),
    ("no object", instead(Answer(body=b'"eyJ"', headers=JSON)), "something else than a token"),
    ("an error that quotes", an_echo, "AADSTS50000: we got *** from you"),
    (
        "a broken authority",
        instead(
            Answer(
                status=400,
                headers=JSON,
                body=encode({"error": "x", "error_description": "AADSTS90033: transient"}),
            )
        ),
        "AADSTS90033: transient",
    ),
    (
        "no authority",
        variable(AZURE_AUTHORITY_HOST="https://127.0.0.1:1"),
        "could not reach https://127.0.0.1:1",
    ),
]
CLI = [
    (
        "nobody logged in",
        az("echo \"ERROR: Please run 'az login' to setup account.\" >&2; exit 1"),
        "az login",
    ),
    (
        "an expired login",
        az("echo 'ERROR: AADSTS70043: expired. Trace ID: 1' >&2; exit 1"),
        "AADSTS70043: expired: run `az login`",
    ),
    ("noise around the token", noise_around_a_token, "printed something else than a token"),
    ("a crash", az("exit 3"), "az account get-access-token"),
    ("no Azure CLI", lambda cloud: cloud.set("PATH", str(cloud.folder)), "install the Azure CLI"),
]
MANAGED = [
    (
        "no such identity",
        variable(AZURE_CLIENT_ID="other"),
        "user-assigned one is named by AZURE_CLIENT_ID",
    ),
    (
        "no instance metadata",
        variable(AZURE_POD_IDENTITY_AUTHORITY_HOST="http://127.0.0.1:1"),
        "no response from the IMDS endpoint",
    ),
    (
        "metadata that hangs",
        lambda cloud: setattr(cloud.authority, "hangs_seconds", 60),
        "no response from the IMDS endpoint",
    ),
    ("a proxy's page", instead(HTML), "managed identity"),
]
APP_SERVICE = [("a wrong header", variable(IDENTITY_HEADER="wrong-canary"), "managed identity")]
DEFAULT = [
    ("a wrong secret", WRONG_SECRET, "correct AZURE_CLIENT_SECRET"),
]
REFUSED = [
    *(("workload-identity", *row) for row in WORKLOAD),
    *(("environment with a secret", *row) for row in SECRET),
    *(("azure-cli", *row) for row in CLI),
    *(("managed-identity of a machine", *row) for row in MANAGED),
    *(("managed-identity of App Service", *row) for row in APP_SERVICE),
    *(("default with a secret", *row) for row in DEFAULT),
]


@pytest.mark.parametrize(
    ("way", "spoil", "words"),
    [pytest.param(way, *rest, id=f"{way}: {name}") for way, name, *rest in REFUSED],
)
def test_a_sign_in_that_fails_names_the_kind_and_what_to_do_and_no_secret(
    cloud: "Cloud", way: str, spoil: Callable[["Cloud"], None], words: str
) -> None:
    kind = cloud.use(way)
    spoil(cloud)
    since = time.monotonic()
    error = refusal(cloud, kind)
    assert time.monotonic() - since < FAST_SECONDS
    assert isinstance(error, AccessDenied)
    assert str(error).startswith(f"azure.credential {kind}: could not sign in: ")
    assert words in str(error)
    assert not re.search(r"[\r\n]|Trace ID|Traceback", str(error))
    told = [*map(str, chain(error)), *map(repr, chain(error)), *traceback.format_exception(error)]
    assert [one for one in [*cloud.secrets(), "canary"] if one in "".join(told)] == []


def test_an_azure_cli_that_hangs_is_given_up(
    cloud: "Cloud", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("residency.azure.credentials._CLI_SECONDS", 1)
    cloud.az("exec sleep 60")
    since = time.monotonic()
    error = refusal(cloud, "azure-cli")
    assert isinstance(error, AccessDenied)
    assert "`az` did not answer within 1 s: run `az account get-access-token`" in str(error)
    assert time.monotonic() - since < 5


def test_a_failed_sign_in_is_not_repeated_by_every_client(cloud: "Cloud") -> None:
    kind = cloud.use("environment with a secret")
    cloud.set("AZURE_CLIENT_SECRET", "wrong")
    refusal(cloud, kind)
    assert len(cloud.authority.asked) == 1


def test_an_authority_that_fails_for_a_moment_is_asked_again(cloud: "Cloud") -> None:
    kind = cloud.use("environment with a secret")
    cloud.authority.instead = Answer(status=500, body=b"{}", headers=JSON)
    cloud.login.after = lambda: setattr(cloud.authority, "instead", None)
    assert cloud.scan(kind).complete
    assert len(cloud.authority.asked) == 2


def test_a_machine_without_any_identity_is_told_so_by_the_default_kind(
    cloud: "Cloud", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(cloud.folder))
    cloud.variables(AZURE_POD_IDENTITY_AUTHORITY_HOST="http://127.0.0.1:1")
    error = refusal(cloud, "default")
    assert isinstance(error, AccessDenied)
    assert "EnvironmentCredential" in str(error)
    assert "choose one azure.credential" in str(error)
    assert "\n" not in str(error)
