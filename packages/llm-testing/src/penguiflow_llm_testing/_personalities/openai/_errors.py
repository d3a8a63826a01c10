"""OpenAI's error envelope, its texts, and the failures a script can ask for.

Texts are those of recorded or publicly quoted answers, 2024 to 2026; the rest follow their form.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from penguiflow_llm_testing._exchange import Reply, dump_json
from penguiflow_llm_testing._personalities._protocol import Refused
from penguiflow_llm_testing._script import FailureKind, ProviderFailure

JSON: Final = ("content-type", "application/json")
INVALID: Final = "invalid_request_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAIError:
    """One error answer: status and the four fields of the envelope."""

    status: int
    message: str
    type: str = INVALID
    param: str | None = None
    code: str | None = None

    def body(self) -> dict[str, str | None]:
        """The inner object of the envelope."""
        return {"message": self.message, "type": self.type, "param": self.param, "code": self.code}

    def reply(self, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
        """The error as an HTTP response."""
        return Reply(status=self.status, headers=(JSON, *headers), pieces=(dump_json({"error": self.body()}),))


def refuse(message: str, *, param: str | None = None, code: str | None = None, status: int = 400) -> Refused:
    """The refusal of an invalid request, to be raised."""
    return Refused(reply=OpenAIError(status=status, message=message, param=param, code=code).reply())


def missing(param: str) -> Refused:
    """The refusal of a request without a parameter it must have."""
    return refuse(f"Missing required parameter: '{param}'.", param=param, code="missing_required_parameter")


def wrong_type(param: str, expected: str, value: object) -> Refused:
    """The refusal of a value of the wrong JSON type."""
    got = _TYPE_NAMES.get(type(value), "an unknown type")
    message = f"Invalid type for '{param}': expected {expected}, but got {got} instead."
    return refuse(message, param=param, code="invalid_type")


def wrong_value(param: str, value: object, supported: tuple[str, ...]) -> Refused:
    """The refusal of a value outside an enumeration."""
    message = f"Invalid value: '{value}'. Supported values are: {quoted_list(supported)}."
    return refuse(message, param=param, code="invalid_value")


def quoted_list(values: tuple[str, ...]) -> str:
    """'a', 'b', and 'c', as OpenAI writes lists."""
    quoted = [f"'{value}'" for value in values]
    if len(quoted) < 3:
        return " and ".join(quoted)
    return f"{', '.join(quoted[:-1])}, and {quoted[-1]}"


_TYPE_NAMES: Final[Mapping[type, str]] = {
    bool: "a boolean",
    dict: "an object",
    float: "a decimal",
    int: "an integer",
    list: "an array",
    str: "a string",
    type(None): "null",
}


def masked(key: str) -> str:
    """A key as OpenAI's 401 repeats it: the ends, and stars between."""
    return f"{key[:8]}{'*' * 8}{key[-4:]}" if len(key) > 16 else "*" * len(key)


def invalid_key(key: str) -> OpenAIError:
    """The answer to a key that is not accepted."""
    return OpenAIError(
        status=401,
        message=f"Incorrect API key provided: {masked(key)}. "
        "You can find your API key at https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    )


NO_KEY: Final = OpenAIError(
    status=401,
    message="You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer "
    "auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing "
    "the API from your browser and are prompted for a username and password. "
    "You can obtain an API key from https://platform.openai.com/account/api-keys.",
)
NOT_JSON: Final = OpenAIError(
    status=400,
    message="We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP "
    "library correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON.)",
)

_SLOW_DOWN: Final = "Visit https://platform.openai.com/account/rate-limits to learn more."
_FAILURES: Final[Mapping[FailureKind, OpenAIError]] = {
    "bad_request": OpenAIError(status=400, message="Invalid request. Please check your parameters and try again."),
    "content_filtered": OpenAIError(
        status=400,
        message="Invalid prompt: your prompt was flagged as potentially violating our usage policy. "
        "Please try again with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting",
        code="invalid_prompt",
    ),
    "context_too_long": OpenAIError(
        status=400,
        message="Your input exceeds the context window of this model. Please adjust your input and try again.",
        param="input",
        code="context_length_exceeded",
    ),
    "forbidden": OpenAIError(status=403, message="You are not allowed to sample from this model"),
    "invalid_schema": OpenAIError(
        status=400,
        message="Invalid schema for response_format 'response': In context=(), 'additionalProperties' is required to "
        "be supplied and to be false.",
        param="response_format",
    ),
    "model_not_found": OpenAIError(
        status=404, message="The model does not exist or you do not have access to it.", code="model_not_found"
    ),
    "overloaded": OpenAIError(
        status=503,
        message="The server is currently overloaded with other requests. Sorry about that! "
        "You can retry your request, or contact us through our help center if the issue persists.",
        type="service_unavailable_error",
        code="server_is_overloaded",
    ),
    "quota_exceeded": OpenAIError(
        status=429,
        message="You exceeded your current quota, please check your plan and billing details. For more information on "
        "this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
        type="insufficient_quota",
        code="insufficient_quota",
    ),
    "rate_limited": OpenAIError(
        status=429,
        message=f"Rate limit reached for requests. {_SLOW_DOWN}",
        type="requests",
        code="rate_limit_exceeded",
    ),
    "server_error": OpenAIError(
        status=500,
        message="The server had an error while processing your request. Sorry about that!",
        type="server_error",
    ),
    "unauthorized": OpenAIError(
        status=401,
        message="Incorrect API key provided: ********. "
        "You can find your API key at https://platform.openai.com/account/api-keys.",
        code="invalid_api_key",
    ),
}


def failure_error(failure: ProviderFailure) -> OpenAIError:
    """OpenAI's own error for a scripted failure."""
    error = _FAILURES[failure.kind]
    return (
        error
        if failure.message is None
        else OpenAIError(
            status=error.status, message=failure.message, type=error.type, param=error.param, code=error.code
        )
    )


def failure_headers(failure: ProviderFailure) -> tuple[tuple[str, str], ...]:
    """The headers of a scripted failure: `retry-after` in whole seconds, `retry-after-ms` exactly."""
    if failure.retry_after_s is None:
        return failure.headers
    seconds = failure.retry_after_s
    return (("retry-after", str(-int(-seconds // 1))), ("retry-after-ms", str(round(seconds * 1000))), *failure.headers)
