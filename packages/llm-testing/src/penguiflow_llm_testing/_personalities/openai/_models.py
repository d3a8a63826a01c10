"""What the simulator knows of OpenAI's models: which reason, how they answer a snapshot name, which do not exist."""

import re
from typing import Final

# Families that reason, OpenAI docs "Reasoning models", read 2026-11; gpt-5-chat is the non-reasoning chat model.
_REASONS: Final = re.compile(r"^(?:o\d|gpt-[5-9](?!\S*-chat)|computer-use|codex)")
# Accepted by the Chat Completions and Responses recordings of 2024 to 2026; efforts per family from
# facts/sdks.md section 2.2 and the recorded refusal for o4-mini.
_OLD_EFFORTS: Final = ("low", "medium", "high")
_EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
# Snapshots that recordings of 2024 to 2026 name in their answers.
_SNAPSHOTS: Final = {
    "gpt-4o": "gpt-4o-2024-08-06",
    "gpt-4o-mini": "gpt-4o-mini-2024-07-18",
    "gpt-4.1": "gpt-4.1-2025-04-14",
    "gpt-4.1-mini": "gpt-4.1-mini-2025-04-14",
    "gpt-4.1-nano": "gpt-4.1-nano-2025-04-14",
    "gpt-5": "gpt-5-2025-08-07",
    "gpt-5-mini": "gpt-5-mini-2025-08-07",
    "gpt-5-nano": "gpt-5-nano-2025-08-07",
    "gpt-5.2": "gpt-5.2-2025-12-11",
    "o3-mini": "o3-mini-2025-01-31",
    "o4-mini": "o4-mini-2025-04-16",
    "gpt-3.5-turbo": "gpt-3.5-turbo-0125",
}
_KNOWN: Final = re.compile(r"^(?:gpt-|o\d|chatgpt-|computer-use|codex)")
DEFAULT_MODEL: Final = "gpt-4.1"  # the model of a request that leaves it to a stored prompt
_MISSING: Final = re.compile(r"does-not-exist|non-?existent|not-found|no-such|invalid-model|unknown-model")
LISTED: Final = (
    "gpt-4o",
    "gpt-4o-mini",
    "gpt-4.1",
    "gpt-4.1-mini",
    "gpt-5",
    "gpt-5-mini",
    "gpt-5.4",
    "gpt-5.4-mini",
    "o4-mini",
)


def base_name(model: str) -> str:
    """The model a fine-tuned name is built on; other names as they are."""
    return model.split(":")[1] if model.startswith("ft:") and model.count(":") else model


def reasons(model: str) -> bool:
    """Whether the model spends reasoning tokens and has an effort setting."""
    return _REASONS.match(base_name(model)) is not None


def is_known(model: str) -> bool:
    """Whether the name is one of OpenAI's families; the settings of any other model are not judged."""
    return _KNOWN.match(base_name(model)) is not None


def hears(model: str) -> bool:
    """Whether the model takes audio; the others refuse it (recorded for gpt-5-mini)."""
    return "audio" in model or not is_known(model)


def default_effort(model: str) -> str:
    """The effort of a request that names none."""
    return "none" if re.match(r"^gpt-5\.[1-5](?:$|-)", model) else "medium"


def efforts(model: str) -> tuple[str, ...]:
    """The efforts the model accepts."""
    return _OLD_EFFORTS if model.startswith("o") else _EFFORTS


def snapshot(model: str) -> str:
    """The name an answer gives for the model."""
    return _SNAPSHOTS.get(model, model)


def exists(model: str) -> bool:
    """Whether the model can be asked; any name does, unless it says itself that it should not."""
    return _MISSING.search(model) is None


def answered_tier(asked: str | None) -> str:
    """The service tier an answer names; `fast` comes back as `priority` (facts/sdks.md section 2.1)."""
    if asked is None or asked == "auto":
        return "default"
    return "priority" if asked == "fast" else asked
