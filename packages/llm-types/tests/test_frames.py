"""What exceptions keep alive."""

import pickle
import traceback

import pytest

from penguiflow_llm_types import LLMAuthError, LLMConfigurationError, LLMError, forget_variables, forgetful
from penguiflow_llm_types._secret import Secret


def variables_of(error: BaseException) -> list[str]:
    """Those of every frame of ours, as a reporter of errors sends them along."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return [repr(frame.f_locals) for frame in frames if "penguiflow_llm" in frame.f_globals["__name__"]]


def in_a_frame_of_ours(source: str) -> BaseException:
    """What `source` raises, run as if it were a module of ours."""
    try:
        exec(source, {"__name__": "penguiflow_llm_made_up", "LLMAuthError": LLMAuthError})  # noqa: S102
    except Exception as error:  # noqa: BLE001
        return error
    raise AssertionError("nothing was raised")


def test_frames_that_were_left_keep_nothing() -> None:
    """Those of what led to an error no more than its own."""
    error = in_a_frame_of_ours(
        "def inner(key):\n    raise ValueError\n"
        "def outer(key):\n    try:\n        inner(key)\n    except ValueError:\n        raise LLMAuthError('no')\n"
        "outer('SENTINEL')"
    )
    assert "SENTINEL" in "".join(variables_of(error))
    forget_variables(error)
    assert error.__context__ is not None
    assert "SENTINEL" not in "".join([*variables_of(error), *variables_of(error.__context__)][1:])


def test_frames_of_others_are_left_alone() -> None:
    """A debugger wants them, and they are not ours to clear."""

    def theirs(key: str) -> None:
        raise LLMError(key[:0])

    with pytest.raises(LLMError) as caught:
        theirs("KEPT")
    forget_variables(caught.value)
    assert "KEPT" in repr(caught.tb.tb_next and caught.tb.tb_next.tb_frame.f_locals)


def test_a_function_that_takes_credentials_is_forgetful() -> None:
    """It does what it did, and its errors hold no argument of its."""

    @forgetful
    def create(key: str, *, fails: bool = False) -> str:
        """Makes something."""
        if fails:
            raise LLMConfigurationError("no", phase="local")
        return key

    assert ("a", "create", "Makes something.") == (create("a"), create.__name__, create.__doc__)
    with pytest.raises(LLMConfigurationError) as caught:
        create("SENTINEL", fails=True)
    wrapper = caught.tb.tb_next
    assert wrapper is not None
    assert "SENTINEL" not in repr(wrapper.tb_frame.f_locals)


def test_a_secret_that_is_refused_is_not_kept() -> None:
    """A line break does not make a key worthless."""
    with pytest.raises(ValueError, match="api_key is empty or holds") as caught:
        Secret("SENTINEL\n")
    assert "SENTINEL" not in "".join(variables_of(caught.value))
    assert "SENTINEL" not in repr(pickle.dumps(caught.value))
