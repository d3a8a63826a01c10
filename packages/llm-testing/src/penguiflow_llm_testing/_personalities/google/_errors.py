"""Google's error envelope (`google.rpc.Status` as JSON), its texts, and the failures a script can ask for.

Texts are those of recorded or publicly quoted answers, 2024 to 2026; the rest follow their form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from penguiflow_llm_testing._exchange import Json, Reply, dump_json
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._script import FailureKind, ProviderFailure

JSON: Final = ("content-type", "application/json; charset=UTF-8")
_TYPE: Final = "type.googleapis.com/google.rpc."

# google.rpc.Code to HTTP, google/rpc/code.proto.
_STATUSES: Final[Mapping[int, str]] = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GoogleError:
    """One error answer: the HTTP status, the sentence, and the typed details beside it."""

    status: int
    message: str
    details: tuple[Mapping[str, Json], ...] = ()

    def body(self) -> dict[str, Any]:
        """The whole envelope."""
        error: dict[str, Any] = {"code": self.status, "message": self.message, "status": _STATUSES[self.status]}
        return {"error": error | ({"details": list(self.details)} if self.details else {})}

    def reply(self, *, in_list: bool = False) -> Reply:
        """The error as an HTTP response; a stream that is no SSE is a JSON list, and so is its error."""
        body = self.body()
        return Reply(status=self.status, headers=(JSON,), pieces=(dump_json([body] if in_list else body),))


def refuse(message: str, *, status: int = 400, details: tuple[Mapping[str, Json], ...] = ()) -> Refused:
    """The refusal of an invalid request, to be raised."""
    return Refused(reply=GoogleError(status=status, message=message, details=details).reply())


def bad_field(path: str, words: str) -> Refused:
    """The refusal of JSON that does not read into the request message."""
    message = f"Invalid JSON payload received. {words}"
    violation = {"field": path, "description": message} if path else {"description": message}
    return refuse(message, details=({"@type": f"{_TYPE}BadRequest", "fieldViolations": [violation]},))


def wrong_value(path: str, kind: str, value: Json) -> Refused:
    """The refusal of a value of the wrong type, or outside an enumeration."""
    shown = dump_json(value).decode()[:200]
    return refuse(f"Invalid value at '{path}' ({kind}), {shown}")


def retry_info(seconds: float) -> dict[str, Json]:
    """How long to wait, as Google says it: in the body, not in a header."""
    return {"@type": f"{_TYPE}RetryInfo", "retryDelay": f"{seconds:g}s"}


NO_KEY: Final = GoogleError(
    status=403,
    message="Method doesn't allow unregistered callers (callers without established identity). Please use API Key or "
    "other form of API consumer identity to call this API.",
)
INVALID_KEY: Final = GoogleError(
    status=400,
    message="API key not valid. Please pass a valid API key.",
    details=(
        {
            "@type": f"{_TYPE}ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
            "metadata": {"service": "generativelanguage.googleapis.com"},
        },
        {"@type": f"{_TYPE}LocalizedMessage", "locale": "en-US", "message": "API key not valid."},
    ),
)
INVALID_TOKEN: Final = GoogleError(
    status=401,
    message="Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other "
    "valid authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    details=({"@type": f"{_TYPE}ErrorInfo", "reason": "ACCESS_TOKEN_TYPE_UNSUPPORTED", "domain": "googleapis.com"},),
)

_LEARN_MORE: Final = "https://ai.google.dev/gemini-api/docs/rate-limits"
_FAILURES: Final[Mapping[FailureKind, GoogleError]] = {
    "bad_request": GoogleError(status=400, message="Request contains an invalid argument."),
    "context_too_long": GoogleError(
        status=400,
        message="The input token count (1250074) exceeds the maximum number of tokens allowed (1048576).",
    ),
    "forbidden": GoogleError(status=403, message="The caller does not have permission"),
    "invalid_schema": GoogleError(
        status=400,
        message="The specified schema produces a constraint that has too many states for serving. Typical causes of "
        "this error are schemas with lots of text (for example, very long property or enum names), schemas with long "
        "array length limits (especially when nested), or schemas using complex value matchers (for example, integers "
        "or numbers with minimum/maximum bounds or strings with complex formats like date-time)",
    ),
    "model_not_found": GoogleError(
        status=404,
        message="models/this-model is not found for API version v1, or is not supported for generateContent. Call "
        "ModelService.ListModels to see the list of available models and their supported methods.",
    ),
    "overloaded": GoogleError(
        status=503,
        message="This model is currently experiencing high demand. Spikes in demand are usually temporary. Please try "
        "again later.",
    ),
    "quota_exceeded": GoogleError(
        status=429,
        message="Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage "
        "your project and billing.",
    ),
    "rate_limited": GoogleError(
        status=429,
        message="You exceeded your current quota, please check your plan and billing details. For more information on "
        f"this error, head to: {_LEARN_MORE}.",
        details=(
            {"@type": f"{_TYPE}Help", "links": [{"description": "Learn more", "url": _LEARN_MORE}]},
            {
                "@type": f"{_TYPE}QuotaFailure",
                "violations": [{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}],
            },
        ),
    ),
    "server_error": GoogleError(
        status=500,
        message="An internal error has occurred. Please retry or report in "
        "https://developers.generativeai.google/guide/troubleshooting",
    ),
    "unauthorized": INVALID_KEY,
}


def failure_error(failure: ProviderFailure) -> GoogleError:
    """Google's own error for a scripted failure; "content_filtered" is none, but an answer without candidates."""
    error = _FAILURES.get(failure.kind, _FAILURES["bad_request"])
    if failure.message is not None:
        error = replace(error, message=failure.message)
    if failure.retry_after_s is not None:
        error = replace(error, details=(*error.details, retry_info(failure.retry_after_s)))
    return error
