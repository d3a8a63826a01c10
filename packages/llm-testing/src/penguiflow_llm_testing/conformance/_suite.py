"""What every suite does: run calls on a loop of their own, plain and streamed, and look at what was sent."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar

import pytest

from penguiflow_llm_testing._exchange import Json, load_json
from penguiflow_llm_testing._journal import RecordedRequest
from penguiflow_llm_testing._script import Step
from penguiflow_llm_testing._simulator import Simulator
from penguiflow_llm_types import CompletionResponse, LLMError, LLMMessage, LLMRequest, Provider, StreamEvent

from ._facts import KEY, ProviderFacts
from ._laws import hold_stream_laws

T = TypeVar("T")

SEED: Final = 11

LIMIT_S: Final = 20.0
"""Most seconds one call may take; a call that hangs fails its test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question asked twice, plain and streamed, each of a fresh simulator; both got the same answer."""

    response: CompletionResponse
    events: tuple[StreamEvent, ...]
    sent: RecordedRequest
    """The last plain request."""


class Suite:
    """Base of the suites: the facts, how a provider is made of them, and how it is asked."""

    facts: ClassVar[ProviderFacts]

    def make_provider(self, base_url: str, **options: Any) -> Provider:
        """A provider that speaks to `base_url`; `options` go before those of the facts."""
        settings: dict[str, Any] = {"api_key": KEY, **self.facts.options, "base_url": base_url, **options}
        return self.facts.plugin.create(**settings)

    def make_simulator(self) -> Simulator:
        """A simulator of the provider's API, not started. Two of them answer alike."""
        return Simulator(seed=SEED)

    @pytest.fixture(autouse=True)
    def _held_to_its_reason(self, request: pytest.FixtureRequest) -> None:
        """A test in `skips` must fail: what it needs is what the provider cannot do."""
        name = request.node.name
        reason = self.facts.skips.get(name) or self.facts.skips.get(name.partition("[")[0])
        if reason:
            request.applymarker(pytest.mark.xfail(reason=reason, strict=True))

    @pytest.fixture
    def simulator(self) -> Iterator[Simulator]:
        """A started simulator of the provider's API."""
        with self.make_simulator() as simulator:
            yield simulator

    def play(self, simulator: Simulator, act: Callable[[Provider], Awaitable[T]], **options: Any) -> T:
        """What `act` gives, run with a new provider on a new loop within `LIMIT_S`; the provider is closed after it."""

        async def whole() -> T:
            provider = self.make_provider(simulator.base_url(self.facts.personality), **options)
            try:
                async with asyncio.timeout(LIMIT_S):
                    return await act(provider)
            finally:
                await provider.aclose()

        return asyncio.run(whole())

    def ask(self, request: LLMRequest, *steps: Step) -> Exchange:
        """The answer to `request`, plain and streamed; the laws of streams are held on the way."""
        with self.make_simulator() as plain, self.make_simulator() as streamed:
            plain.script(*steps)
            streamed.script(*steps)
            response = self.play(plain, lambda provider: provider.complete(request))
            events = self.play(streamed, lambda provider: all_events(provider, request))
            sent = plain.journal[-1]
        hold_stream_laws(events, response)
        return Exchange(response=response, events=events, sent=sent)

    def fail(self, simulator: Simulator, request: LLMRequest, *, streamed: bool) -> LLMError:
        """The error that `request` ends in."""
        call = all_events if streamed else _complete
        with pytest.raises(LLMError) as caught:
            self.play(simulator, lambda provider: call(provider, request))
        return caught.value

    def model(self, ability: str) -> str:
        """The model named for `ability`."""
        name: str | None = getattr(self.facts.models, ability)
        if name is None:
            pytest.fail(f"models.{ability} is None: name a model, or say in skips why the provider has none")
        return name


async def _complete(provider: Provider, request: LLMRequest) -> CompletionResponse:
    return await provider.complete(request)


async def all_events(provider: Provider, request: LLMRequest) -> tuple[StreamEvent, ...]:
    """The events of one streamed call."""
    async with aclosing(provider.stream(request)) as stream:
        return tuple([event async for event in stream])


def user_request(model: str, text: str = "Tell me about Ada Lovelace.", **fields: Any) -> LLMRequest:
    """A request of one user message."""
    return LLMRequest(model=model, messages=(LLMMessage.user(text),), **fields)


def strings_in(value: Json) -> Iterator[str]:
    """Every string in a body, names of fields included, and those of JSON that travels as text."""
    match value:
        case str():
            yield value
            nested = load_json(value.encode()) if value.startswith(("{", "[")) else None
            if isinstance(nested, dict | list):
                yield from strings_in(nested)
        case Mapping():
            for name, member in value.items():
                yield name
                yield from strings_in(member)
        case list():
            for member in value:
                yield from strings_in(member)
        case _:
            return


def says(value: Json, text: str) -> bool:
    """Whether a string in a body contains `text`."""
    return any(text in string for string in strings_in(value))
