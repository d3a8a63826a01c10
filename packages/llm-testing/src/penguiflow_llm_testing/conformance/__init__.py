"""The suite every provider package passes: subclass `ProviderConformance`, name a few facts, and run pytest.

Needs the extra `pytest`. The tests are plain functions that run their own event loops: no asyncio plugin is needed.
"""

from ._answers import Answers
from ._contract import Contract
from ._facts import KEY, Models, ProviderFacts
from ._failures import Failures
from ._faults import Faults
from ._reasoning import Reasoning
from ._settings import Settings
from ._stopping import Stopping
from ._streams import Streams
from ._structured import Structured
from ._tools import Tools
from ._whole import Whole

__all__ = ["KEY", "Models", "ProviderConformance", "ProviderFacts"]


class ProviderConformance(
    Whole, Contract, Answers, Settings, Tools, Structured, Reasoning, Failures, Faults, Streams, Stopping
):
    """What a provider owes the client, held over a real socket against a simulator of the provider's API.

    ```python
    class TestExample(ProviderConformance):
        facts = ProviderFacts(
            plugin=plugin,
            personality="example",
            models=Models(text="small", tools="small", native="small", reasoning="large", image="large"),
            credential={"EXAMPLE_API_KEY": KEY},
            skips={"test_stop_sequence": "Example has no stop parameter"},
        )
    ```

    A subclass states `facts`, and where it must `make_provider` and `make_simulator`. Everything else stays as it is: a
    test that the subclass removes, replaces or marks makes `test_nothing_is_left_out` fail, unless `skips` or
    `overrides` gives the reason.
    """
