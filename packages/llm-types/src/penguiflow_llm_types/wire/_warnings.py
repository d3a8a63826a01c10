"""What could not be sent as asked, told to the caller in one voice."""

from __future__ import annotations

from penguiflow_llm_types._profile import ModelProfile
from penguiflow_llm_types._response import CallWarning


def unsupported(setting: str, why: str) -> CallWarning:
    """`setting` was left out of the request because of `why`."""
    return CallWarning(kind="unsupported_setting", setting=setting, message=f"{setting} was not sent: {why}")


def adapted(setting: str, how: str) -> CallWarning:
    """`setting` was sent in another form."""
    return CallWarning(kind="adapted_setting", setting=setting, message=f"{setting} was adapted: {how}")


def dropped(what: str, why: str) -> CallWarning:
    """A part of a message was left out."""
    return CallWarning(kind="dropped_part", setting="messages", message=f"{what} was not sent: {why}")


def assumed(profile: ModelProfile) -> list[CallWarning]:
    """One warning when the model's facts are those of another family, else none."""
    if profile.known:
        return []
    return [
        CallWarning(
            kind="assumed_model",
            setting="model",
            message=f"model {profile.model!r} is not in the tables; it was treated as one of family {profile.family!r}",
        )
    ]


def broken_text() -> CallWarning:
    """The provider sent half a character; U+FFFD stands in its place."""
    return CallWarning(
        kind="other", message="the answer held half of a surrogate pair; U+FFFD stands where it was, so text was lost"
    )
