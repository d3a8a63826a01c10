"""What a provider personality owes the simulator: one module each, pure, no socket."""

from typing import Protocol

from penguiflow_llm_testing._exchange import Reply, WireRequest
from penguiflow_llm_testing._script import Answer, FailMidway, ProviderFailure


class Refused(Exception):  # noqa: N818  not an error of ours: the provider's answer to an invalid request
    """The provider refuses the request; `reply` is its answer."""

    def __init__(self, *, reply: Reply) -> None:
        super().__init__(f"refused with status {reply.status}")
        self.reply = reply


class Personality(Protocol):
    """One provider's wire: validates requests as it does and answers as it does.

    `name` is what `Simulator.base_url` and scripts call it, `prefix` the path all its endpoints lie under (no
    surrounding slashes). Implementations may keep state between requests; they are called from one thread.
    """

    @property
    def name(self) -> str: ...

    @property
    def prefix(self) -> str: ...

    def answer(self, request: WireRequest, answer: Answer, number: int, midway: FailMidway | None) -> Reply:
        """The reply to one request; `number` counts requests and makes ids unique.

        Raises:
            Refused: the provider would not accept this request.
        """
        ...

    def failure(self, request: WireRequest, failure: ProviderFailure, number: int) -> Reply:
        """A failure in the provider's own status, shape and words."""
        ...
