"""Settings: each is in the body or in the warnings, and none is sent that nobody set."""

import json
from typing import Any, Final

import pytest

from penguiflow_llm_testing._simulator import Simulator
from penguiflow_llm_types import (
    CacheBreakpoint,
    CacheConfig,
    LLMConfigurationError,
    LLMError,
    LLMMessage,
    LLMRequest,
    ReasoningConfig,
    Sampling,
    TextPart,
    ToolSpec,
)

from ._suite import Suite, says, strings_in, user_request

_TOOL: Final = ToolSpec(
    name="weather",
    description="The weather of a city.",
    json_schema={
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
)
_WITH_BREAKPOINT: Final = LLMMessage(role="user", parts=(TextPart(text="Hi.", cache=CacheBreakpoint()),))

# A setting of a request, and the fields that make the same request without it.
SETTINGS: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "temperature": ({"sampling": Sampling(temperature=0.5)}, {}),
    "top_p": ({"sampling": Sampling(top_p=0.9)}, {}),
    "top_k": ({"sampling": Sampling(top_k=20)}, {}),
    "seed": ({"sampling": Sampling(seed=7)}, {}),
    "presence_penalty": ({"sampling": Sampling(presence_penalty=0.5)}, {}),
    "frequency_penalty": ({"sampling": Sampling(frequency_penalty=0.5)}, {}),
    "stop": ({"stop": ("END",)}, {}),
    "reasoning.effort": ({"reasoning": ReasoningConfig(effort="high")}, {}),
    "reasoning.budget_tokens": ({"reasoning": ReasoningConfig(budget_tokens=4096)}, {}),
    "service_tier": ({"service_tier": "flex"}, {}),
    "metadata": ({"metadata": {"user_id": "u-1"}}, {}),
    "cache.key": ({"cache": CacheConfig(key="conversation-1")}, {}),
    "parallel_tool_calls": ({"tools": (_TOOL,), "parallel_tool_calls": False}, {"tools": (_TOOL,)}),
}


class Settings(Suite):
    """The settings of a request."""

    @pytest.mark.parametrize("name", SETTINGS)
    def test_setting_is_sent_or_told(self, name: str) -> None:
        """A setting the provider cannot take is a warning that names it, never silence."""
        fields, without = SETTINGS[name]
        plain, _ = self._sent_for(user_request(self.facts.models.text, **without))
        body, warned = self._sent_for(user_request(self.facts.models.text, **fields))
        assert body != plain or any(setting and setting.split(".")[0] == name.split(".")[0] for setting in warned)

    def test_cache_breakpoint_is_sent_or_told(self) -> None:
        """Where a prompt may be cached is worth money; wires that cache by themselves need no word."""
        marked, warned = self._sent_for(LLMRequest(model=self.facts.models.text, messages=(_WITH_BREAKPOINT,)))
        assert says(marked, "Hi.")
        assert all(setting is None or isinstance(setting, str) for setting in warned)

    def test_sampling_only_if_set(self) -> None:
        """Many models refuse a temperature, even the default one."""
        body, warned = self._sent_for(user_request(self.facts.models.text))
        names = {name.lower().replace("_", "") for name in strings_in(body)}
        assert names.isdisjoint({"temperature", "topp", "topk", "seed", "presencepenalty", "frequencypenalty"})
        assert warned == []

    def test_temperature(self) -> None:
        """Sent as it is to a model that samples; left out with a warning for one that does not."""
        for model in filter(None, (self.facts.models.text, self.facts.models.reasoning)):
            body, warned = self._sent_for(user_request(model, sampling=Sampling(temperature=0.25)))
            assert ("0.25" in json.dumps(body)) != ("temperature" in warned)

    def test_extra_is_merged(self) -> None:
        """Fields of tomorrow can be sent today."""
        body, _ = self._sent_for(user_request(self.facts.models.text, extra={"x_conformance": {"deep": [1, 2]}}))
        assert body["x_conformance"] == {"deep": [1, 2]}

    @pytest.mark.parametrize("value", [object(), float("nan"), "\ud800"], ids=["object", "nan", "surrogate"])
    def test_extra_that_is_no_json(self, simulator: Simulator, value: object) -> None:
        """Told as a setting to change; nothing was sent."""
        request = user_request(self.facts.models.text, extra={"x_conformance": value})
        for streamed in (False, True):
            error = self.fail(simulator, request, streamed=streamed)
            assert isinstance(error, LLMConfigurationError)
            assert error.phase == "local"
        assert simulator.journal == ()

    def _sent_for(self, request: LLMRequest) -> tuple[Any, list[str | None]]:
        """The body sent for `request`, and the settings the answer's warnings name; a refusal is no silence either."""
        with self.make_simulator() as simulator:
            try:
                response = self.play(simulator, lambda provider: provider.complete(request))
            except LLMError:
                return simulator.journal[-1].json if simulator.journal else None, []
            return simulator.journal[-1].json, [warning.setting for warning in response.warnings]
