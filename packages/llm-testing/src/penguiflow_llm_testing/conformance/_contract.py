"""The provider as an object: what the Protocol and the plugin promise before and around a call."""

import asyncio
import inspect
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Final

import pytest

from penguiflow_llm_testing._script import Answer
from penguiflow_llm_testing._simulator import Simulator
from penguiflow_llm_types import ENTRY_POINT_GROUP, SPEC_VERSION, LLMConfigurationError, ModelProfile, Provider

from ._facts import KEY
from ._suite import Suite, user_request

_HEAVY: Final = (
    *("aiohttp", "anthropic", "boto3", "botocore", "databricks.sdk", "google.auth", "google.genai", "grpc"),
    *("httpx", "httpx2", "openai", "pydantic", "requests"),
)
_AT_ONCE: Final = 20
_ABILITIES: Final[Mapping[str, Callable[[ModelProfile], bool]]] = {
    "tools": lambda profile: profile.tool_dialect is not None,
    "native": lambda profile: profile.native_dialect is not None,
    "strict_tools": lambda profile: profile.strict_tool_dialect is not None,
    "reasoning": lambda profile: profile.reasoning,
    "image": lambda profile: profile.image_input,
}

# Run in a process of its own: what is loaded, and what the system is asked for, is then the plugin's doing alone.
_LOAD: Final = f"""
import sys, json
from importlib.metadata import entry_points
(point,) = entry_points(group={ENTRY_POINT_GROUP!r}, name=sys.argv[1])
plugin = point.load()
"""
_LOADED: Final = _LOAD + "print(json.dumps([plugin.name, sorted(set(json.loads(sys.argv[2])) & set(sys.modules))]))"
_CREDENTIALS: Final = (
    _LOAD
    + """
seen = []
watched = ("open", "socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "sqlite3.")
sys.addaudithook(lambda event, args: seen.append(event) if event.startswith(watched) else None)
given = json.loads(sys.argv[2])
found, missing = plugin.credentials(given), plugin.credentials({})
print(json.dumps([found.found, missing.found, seen, repr(found) + repr(missing), found.source, missing.remedy]))
"""
)


class Contract(Suite):
    """The Protocol and the plugin."""

    def test_it_is_a_provider(self, simulator: Simulator) -> None:
        """The client calls these by name; a connection is opened by the first request, not before."""
        provider = self.make_provider(simulator.base_url(self.facts.personality))
        assert isinstance(provider, Provider)
        assert (provider.name, provider.spec_version) == (self.facts.plugin.name, SPEC_VERSION)
        assert simulator.connections_opened == 0

    def test_a_known_model(self, simulator: Simulator) -> None:
        """Facts have a source; asking for them costs no request."""
        profile = self.make_provider(simulator.base_url(self.facts.personality)).profile(self.facts.models.text)
        assert (profile.provider, profile.model) == (self.facts.plugin.name, self.facts.models.text)
        assert profile.known
        assert profile.source
        assert profile.family
        assert simulator.connections_opened == 0

    def test_tomorrows_model(self, simulator: Simulator) -> None:
        """A name nobody has told us about works, and the answer says what was assumed."""
        model = self.facts.models.unheard_of
        profile = self.make_provider(simulator.base_url(self.facts.personality)).profile(model)
        assert (profile.model, profile.known) == (model, False)
        assert "assumed_model" in [warning.kind for warning in self.ask(user_request(model)).response.warnings]

    def test_a_known_model_is_not_assumed(self) -> None:
        """A warning on every answer would be read by nobody."""
        warnings = self.ask(user_request(self.facts.models.text)).response.warnings
        assert "assumed_model" not in [warning.kind for warning in warnings]

    def test_abilities_claimed(self, simulator: Simulator) -> None:
        """The models named in `models` have in their profile what they are named for."""
        provider = self.make_provider(simulator.base_url(self.facts.personality))
        denied = [
            ability
            for ability, has in _ABILITIES.items()
            if (model := getattr(self.facts.models, ability)) and not has(provider.profile(model))
        ]
        assert denied == []

    def test_closing_twice(self, simulator: Simulator) -> None:
        """Also without a call, and on another loop than the calls were made on."""

        async def unused() -> None:
            provider = self.make_provider(simulator.base_url(self.facts.personality))
            await provider.aclose()
            await provider.aclose()

        asyncio.run(unused())
        provider = self.make_provider(simulator.base_url(self.facts.personality))
        asyncio.run(_twice(provider, self.facts.models.text))
        asyncio.run(provider.aclose())
        simulator.wait_until_idle()

    def test_several_event_loops(self, simulator: Simulator) -> None:
        """`asyncio.run` again and again with one provider, as scripts and notebooks do; no thread is left."""
        before = set(threading.enumerate())
        provider = self.make_provider(simulator.base_url(self.facts.personality))
        simulator.script(*(Answer(text=f"answer {number}") for number in range(3)))
        request = user_request(self.facts.models.text)
        texts = [asyncio.run(_text(provider, request.model)) for _ in range(3)]
        asyncio.run(provider.aclose())
        assert texts == ["answer 0", "answer 1", "answer 2"]
        simulator.wait_until_idle()
        assert set(threading.enumerate()) <= before

    def test_calls_at_once(self, simulator: Simulator) -> None:
        """Each call gets its own answer."""

        async def flock(provider: Provider) -> list[str]:
            requests = [user_request(self.facts.models.text, f"Number {number}, please.") for number in range(_AT_ONCE)]
            return [answer.text for answer in await asyncio.gather(*map(provider.complete, requests))]

        texts = self.play(simulator, flock)
        assert [number for number, text in enumerate(texts) if f"Number {number}, please" in text] == [*range(_AT_ONCE)]

    def test_answers_are_plain_values(self) -> None:
        """No object of an SDK leaves the provider, so that answers can be kept, compared and sent on."""
        response = self.ask(user_request(self.facts.models.text)).response
        assert isinstance(response.raw, dict)
        json.dumps(response.raw)
        foreign = {type(value).__module__ for value in _leaves(asdict(response))}
        assert foreign <= {"builtins", "decimal"}

    def test_importing_loads_no_sdk(self) -> None:
        """The client finds every installed provider; only the one that is used may cost time."""
        heavy = json.dumps([*_HEAVY, *self.facts.sdk_modules])
        assert json.loads(_output(_LOADED, self.facts.plugin.name, heavy)) == [self.facts.plugin.name, []]

    def test_credentials(self) -> None:
        """A look at the environment it is given: no file, no process, no network, and never a value."""
        out = _output(_CREDENTIALS, self.facts.plugin.name, json.dumps(dict(self.facts.credential)))
        found, missing, asked_for, shown, source, remedy = json.loads(out)
        assert (found, missing, asked_for) == (True, False, [])
        assert source
        assert remedy
        assert [value for value in self.facts.credential.values() if value in shown] == []

    def test_options_are_told(self) -> None:
        """The table is what the command line and the documentation show; it is whole."""
        told = self.facts.plugin.options
        blank = [name for name, meaning in told.items() if not meaning.strip() or "\n" in meaning]
        assert blank == []
        parameters = inspect.signature(self.facts.plugin.create).parameters.values()
        named = {one.name for one in parameters if one.kind is not inspect.Parameter.VAR_KEYWORD}
        assert named - {"api_key", "base_url"} <= told.keys()
        assert self.facts.options.keys() <= told.keys() | {"api_key"}

    def test_unknown_option(self) -> None:
        """A slip of the pen is an error that lists the options there are, before anything is sent."""
        with pytest.raises(LLMConfigurationError) as caught:
            self.make_provider("https://example.org/v1", colour_of_the_logo="red")
        message = str(caught.value)
        assert "colour_of_the_logo" in message
        assert [name for name in self.facts.plugin.options if name not in message] == []
        assert KEY not in message

    @pytest.mark.parametrize("url", ["http://example.org/v1", "http://10.0.0.1/v1"])
    def test_base_url_in_the_clear(self, url: str) -> None:
        """A key over `http://` is read by everybody on the way; only this machine may be spoken to so."""
        with pytest.raises(LLMConfigurationError) as caught:
            self.make_provider(url)
        assert KEY not in str(caught.value)

    @pytest.mark.parametrize("url", ["example.org/v1", "ftp://example.org", "https://user:pass@example.org/v1"])
    def test_base_url_that_is_none(self, url: str) -> None:
        """Told when the provider is made, not by a strange failure of the first call."""
        with pytest.raises(LLMConfigurationError):
            self.make_provider(url)


async def _twice(provider: Provider, model: str) -> None:
    await provider.complete(user_request(model))
    await provider.aclose()
    await provider.aclose()


async def _text(provider: Provider, model: str) -> str:
    return (await provider.complete(user_request(model))).text


def _output(program: str, *arguments: str) -> str:
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  our own program
    assert done.returncode == 0, done.stderr
    return done.stdout


def _leaves(value: object) -> list[object]:
    match value:
        case dict():
            return [leaf for pair in value.items() for member in pair for leaf in _leaves(member)]
        case list() | tuple():
            return [leaf for member in value for leaf in _leaves(member)]
        case _:
            return [value]
