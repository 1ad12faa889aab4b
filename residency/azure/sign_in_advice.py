"""What went wrong when signing in, in one line, and what to do next. No secret is ever in it.

The codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

import os
import re
from collections.abc import Mapping

from azure.core.exceptions import DecodeError, ServiceRequestError, ServiceResponseError

from residency.errors import AccessDenied, AzureError

_DEFAULT_AUTHORITY = "https://login.microsoftonline.com"
_LONGEST = 600
_TOKEN = re.compile(r"eyJ[\w-]+\.[\w.-]+")
_STS = re.compile(r"AADSTS\d+: .*?(?= Trace ID:| Correlation ID:| Timestamp:|$)")
_LINKS = re.compile(r"(?:To mitigate this issue|Visit|See the troubleshooting guide)[^']*?https\S+")
_SECRETS = ("AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "IDENTITY_HEADER")
_UNREACHABLE = "let this machine reach it: DNS, firewall, HTTPS_PROXY"
_NO_TOKEN = "answered with something else than a token, a proxy's page perhaps"  # noqa: S105 - words

_ADVICE_BY_KIND: Mapping[str, str] = {
    "workload-identity": "check AZURE_TENANT_ID, AZURE_CLIENT_ID and the federated credential",
    "managed-identity": "run where Azure gives a managed identity and assign one to it (a"
    " user-assigned one is named by AZURE_CLIENT_ID), or choose another azure.credential",
    "azure-cli": "run `az login`, then try `az account get-access-token`",
    "environment": "check AZURE_TENANT_ID, AZURE_CLIENT_ID and the secret or certificate",
    "default": "choose one azure.credential and set what it needs, or run `az login`",
}
_ADVICE_BY_WORDS: Mapping[str, str] = {
    "AADSTS700016:": "no such application in that tenant, correct AZURE_CLIENT_ID or"
    " AZURE_TENANT_ID",
    "AADSTS90002:": "there is no such tenant, correct AZURE_TENANT_ID",
    "AADSTS7000215:": "correct AZURE_CLIENT_SECRET: the secret's value, not its id",
    "AADSTS7000222:": "the client secret has expired, make a new one or use workload-identity",
    "AADSTS700027:": "give the application this certificate, or correct"
    " AZURE_CLIENT_CERTIFICATE_PATH",
    "AADSTS700024:": "the federated token has expired, see that AZURE_FEDERATED_TOKEN_FILE is still"
    " being rotated and that the clock is right",
    "AADSTS70021": "make issuer, subject (system:serviceaccount:NAMESPACE:NAME) and audience of the"
    " federated credential those of the token",
    "AADSTS500011:": "azure.endpoint is no address that this tenant knows",
    "AADSTS53003:": "a Conditional Access policy refuses this identity, have it excepted",
    "Azure CLI not found": "install the Azure CLI, or choose another azure.credential",
    "claims challenge": "run that command, or choose another azure.credential",
}


def explain(kind: str, error: Exception) -> AccessDenied:
    """Give the error for people: the kind, what was said, and what to do."""
    said, advice, code = _said(error), "", "SignInFailed"
    match error:
        case AzureError():  # of our own making: it says what to do
            code = error.code
        case ServiceRequestError() | ServiceResponseError():
            said, advice = f"could not reach {_authority()} ({said})", _UNREACHABLE
        case DecodeError():
            said, advice = f"{_authority()} {_NO_TOKEN}", _UNREACHABLE
        case _:
            said, advice = _without_answer(said, error), _advice(kind, said)
    told = f"{said.rstrip('. ')}: {advice}" if advice else said
    return AccessDenied(f"azure.credential {kind}: could not sign in: {told}", code=code)


def _authority() -> str:
    return os.environ.get("AZURE_AUTHORITY_HOST") or _DEFAULT_AUTHORITY


def _said(error: Exception) -> str:
    """Put in one line what failed: without secrets, links, and numbers for a support ticket."""
    line = " ".join(str(error).split())
    for name in _SECRETS:
        if secret := os.environ.get(name):
            line = line.replace(secret, "***")
    line = _LINKS.sub("", _TOKEN.sub("***", line))
    found = _STS.search(line)
    return (found.group(0) if found else line)[:_LONGEST]


def _without_answer(said: str, error: Exception) -> str:
    """Leave out an answer that is quoted: what it holds is not known."""
    if "Unexpected output from Azure CLI" in said:
        return "the Azure CLI printed something else than a token"
    odd = isinstance(error, AttributeError | KeyError | TypeError | ValueError)
    return f"{_authority()} {_NO_TOKEN}" if odd or "Unexpected response" in said else said


def _advice(kind: str, said: str) -> str:
    found = (advice for words, advice in _ADVICE_BY_WORDS.items() if words in said)
    return next(found, _ADVICE_BY_KIND[kind])
