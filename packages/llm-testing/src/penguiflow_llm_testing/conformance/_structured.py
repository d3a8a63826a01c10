"""The provider's structured output, held against the dialect the profile names."""

import json
from typing import Any

from penguiflow_llm_schema import check, plan
from penguiflow_llm_testing._simulator import Simulator
from penguiflow_llm_testing._values._valid import is_valid
from penguiflow_llm_types import CompletionResponse, LLMRequest, LLMSchemaRejectedError, StructuredOutput, ToolSpec

from ._schemas import ASKED, ODD, dialect_of
from ._suite import Suite, says, user_request


class Structured(Suite):
    """Answers that are JSON by the provider's own promise."""

    def test_structured_output(self, simulator: Simulator) -> None:
        """A schema planned for the model's dialect is inside it, is accepted, and its answer restores."""
        model = self.model("native")
        dialect = dialect_of(
            self.make_provider(simulator.base_url(self.facts.personality)).profile(model).native_dialect
        )
        planned = plan(ASKED, dialect)
        assert (planned.compatible, check(planned.schema, dialect)) == (True, ())
        response, _ = self._answered_in_shape(_structured(model, planned.schema))
        assert response.finish_reason == "stop"
        assert is_valid(ASKED, ASKED, planned.restore(json.loads(response.text)))

    def test_schema_is_sent_whole(self, simulator: Simulator) -> None:
        """Descriptions and the order of fields are part of the prompt."""
        model = self.model("native")
        dialect = dialect_of(
            self.make_provider(simulator.base_url(self.facts.personality)).profile(model).native_dialect
        )
        _, body = self._answered_in_shape(_structured(model, plan(ASKED, dialect).schema))
        words = [*ASKED["properties"], "Who pays.", "invoice", "receipt"]
        assert [word for word in words if not says(body, word)] == []

    def test_schemas_outside_the_dialect(self, simulator: Simulator) -> None:
        """What the checker calls outside, the provider refuses, as an error that makes the client try another mode."""
        model = self.model("native")
        dialect = dialect_of(
            self.make_provider(simulator.base_url(self.facts.personality)).profile(model).native_dialect
        )
        outside = {name: schema for name, schema in ODD.items() if check(schema, dialect)}
        assert outside, "no odd schema is outside of this dialect; say so in skips"
        errors = {name: self.fail(simulator, _structured(model, outside[name]), streamed=False) for name in outside}
        taken_for = {name: type(error) for name, error in errors.items()}
        assert taken_for == dict.fromkeys(outside, LLMSchemaRejectedError)

    def test_structured_output_beside_tools(self, simulator: Simulator) -> None:
        """Where the profile says both go in one request, they do."""
        model = self.model("native")
        profile = self.make_provider(simulator.base_url(self.facts.personality)).profile(model)
        if not profile.native_with_tools or profile.tool_dialect is None:
            return
        schema = plan(ASKED, dialect_of(profile.native_dialect)).schema
        tool = ToolSpec(name="clock", description="The time.")
        request = _structured(model, schema, tools=(tool,), tool_choice="none")
        response, _ = self._answered_in_shape(request)
        assert json.loads(response.text)

    def _answered_in_shape(self, request: LLMRequest) -> tuple[CompletionResponse, Any]:
        """The answer and the body sent; also streamed, where the profile says that structured output can be."""
        with self.make_simulator() as simulator:
            provider = self.make_provider(simulator.base_url(self.facts.personality))
            if provider.profile(request.model).native_streams:
                exchange = self.ask(request)
                return exchange.response, exchange.sent.json
            response = self.play(simulator, lambda provider: provider.complete(request))
            return response, simulator.journal[-1].json


def _structured(model: str, schema: object, **fields: object) -> LLMRequest:
    output = StructuredOutput(json_schema=schema, name="document")  # type: ignore[arg-type]  # odd ones on purpose
    return user_request(model, "Invoice for Maria Silva. Total: 12.50.", structured_output=output, **fields)
