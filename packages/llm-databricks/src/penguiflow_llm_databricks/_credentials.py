"""The ways to sign in to a workspace, as values: which one settings and the environment name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, assert_never

from penguiflow_llm_types import CredentialStatus, LLMConfigurationError, Secret
from penguiflow_llm_types.wire import make_secret

PROVIDER: Final = "databricks"
NO_CREDENTIAL: Final = (
    "set DATABRICKS_TOKEN, or DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET; or install "
    "penguiflow-llm-databricks[sdk] for profiles and notebooks"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalToken:
    """A token that does not change."""

    token: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineClient:
    """A service principal, which gets short-lived tokens for its secret."""

    client_id: str
    client_secret: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SDKSignIn:
    """Whatever `databricks-sdk` finds: a profile, a notebook, a cloud's own sign-in."""

    profile: str | None = None


Credential: TypeAlias = PersonalToken | MachineClient | SDKSignIn


def credential_source(credential: Credential) -> str:
    """The setting or the variable it comes from."""
    match credential:
        case PersonalToken(token=secret) | MachineClient(client_secret=secret):
            return secret.setting
        case SDKSignIn(profile=profile):
            return "databricks-sdk's search" if profile is None else "profile"
        case _:
            assert_never(credential)


def find_credential(
    api_key: str | Secret | None,
    options: Mapping[str, Any],
    environ: Mapping[str, str],
    *,
    trusts_environment: bool,
    has_sdk: bool,
) -> Credential:
    """The sign-in that arguments name, else the one of the environment where the host is one it is meant for.

    Raises:
        LLMConfigurationError: there is none, or half of one.
    """
    if api_key is not None:
        return PersonalToken(token=make_secret(api_key, provider=PROVIDER))
    if options.get("client_id") or options.get("client_secret"):
        return _machine(options.get("client_id"), options.get("client_secret"), "client_id and client_secret")
    if options.get("profile"):
        return _sdk(str(options["profile"]), has_sdk=has_sdk)
    if trusts_environment and (found := _of_environment(environ, has_sdk=has_sdk)) is not None:
        return found
    raise LLMConfigurationError(
        f"no credential for Databricks; pass api_key=..., or {NO_CREDENTIAL}", provider=PROVIDER
    )


def _of_environment(environ: Mapping[str, str], *, has_sdk: bool) -> Credential | None:
    if token := environ.get("DATABRICKS_TOKEN"):
        return PersonalToken(token=make_secret(token, provider=PROVIDER, setting="DATABRICKS_TOKEN"))
    client_id, secret = environ.get("DATABRICKS_CLIENT_ID"), environ.get("DATABRICKS_CLIENT_SECRET")
    if client_id and secret:
        return _machine(client_id, secret, "DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET")
    if profile := environ.get("DATABRICKS_CONFIG_PROFILE"):
        return _sdk(profile, has_sdk=has_sdk)
    return SDKSignIn() if has_sdk else None


def _machine(client_id: object, secret: object, names: str) -> MachineClient:
    if not isinstance(client_id, str) or not client_id or not isinstance(secret, str | Secret) or not secret:
        raise LLMConfigurationError(f"OAuth for machines takes both {names}; give the other one too", provider=PROVIDER)
    setting = names.rpartition(" ")[2]
    return MachineClient(client_id=client_id, client_secret=make_secret(secret, provider=PROVIDER, setting=setting))


def _sdk(profile: str, *, has_sdk: bool) -> SDKSignIn:
    if not has_sdk:
        raise LLMConfigurationError(
            f"profile {profile!r} needs databricks-sdk; install penguiflow-llm-databricks[sdk]", provider=PROVIDER
        )
    return SDKSignIn(profile=profile)


def credential_status(environ: Mapping[str, str]) -> CredentialStatus:
    """Whether the environment names a workspace and a way to sign in to it; nothing is read or sent."""
    if not environ.get("DATABRICKS_HOST") and not environ.get("DATABRICKS_CONFIG_PROFILE"):
        return CredentialStatus(
            found=False, remedy=f"set DATABRICKS_HOST to the workspace's address, and {NO_CREDENTIAL}"
        )
    for name in ("DATABRICKS_TOKEN", "DATABRICKS_CLIENT_SECRET", "DATABRICKS_CONFIG_PROFILE"):
        if environ.get(name):
            return CredentialStatus(found=True, source=name)
    return CredentialStatus(found=False, remedy=NO_CREDENTIAL)
