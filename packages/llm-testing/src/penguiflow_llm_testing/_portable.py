"""`assert_portable`: the schema of a type fits the providers it is meant for, held by a test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from penguiflow_llm_schema import SchemaPlan, dialect_names, plan

_SHOWN_LOSSES: Final = 20
_ALLOW: Final = "leave these keywords out, or allow it with lossless=False and have the answer validated"
# By these words in its name a dialect is one of tools; the rest of a provider's are those of its structured output.
_OF_TOOLS: Final = frozenset({"tool", "function"})


def assert_portable(
    model_or_schema: Any, *, providers: Sequence[str] = (), dialects: Sequence[str] = (), lossless: bool = False
) -> None:
    """Fail if a dialect cannot carry the schema; with `lossless`, also if anything in it would be lost on the way.

    `model_or_schema` is a class with `model_json_schema()`, a JSON Schema, or any type that pydantic describes.
    `providers` names the structured output of whole providers ("openai" is each such dialect that begins with
    "openai/"), `dialects` single dialects, those of tools among them. Without either, the structured output of every
    provider is meant, also of providers that a later version knows.

    Raises:
        AssertionError: for each dialect, why it cannot carry the schema or what it loses, and what to change.
        ValueError: an unknown provider or dialect (the message lists those known), or what is no JSON Schema.
        TypeError: a text where a list of names belongs, or a type whose schema takes pydantic, which is not installed.
    """
    __tracebackhide__ = True
    names = _names(providers, dialects)
    schema = _json_schema(model_or_schema)
    plans = [plan(schema, name) for name in names]
    refusing = [made for made in plans if not made.compatible or (lossless and not made.lossless)]
    if refusing:
        blocks = ["\n".join(_lines(made, lossless=lossless)) for made in refusing]
        title = f"{_title(model_or_schema)} is not portable to {len(refusing)} of {len(plans)} dialects"
        raise AssertionError("\n\n".join((title, *blocks)))


def _names(providers: Sequence[str], dialects: Sequence[str]) -> tuple[str, ...]:
    """Every dialect asked for, once, in the order of asking."""
    for argument, value in (("providers", providers), ("dialects", dialects)):
        if isinstance(value, str):
            raise TypeError(f"{argument} is the text {value!r}; give a list of names: {argument}=[{value!r}]")
    native = [name for name in dialect_names() if _is_structured_output(name)]
    if not providers and not dialects:
        return tuple(native)
    found = [name for provider in providers for name in _of_provider(provider, native)]
    return tuple(dict.fromkeys((*found, *dialects)))


def _is_structured_output(name: str) -> bool:
    provider, _, field = name.partition("@")[0].rpartition("/")
    return provider != "" and not _OF_TOOLS & set(field.split("-"))


def _of_provider(provider: str, native: Sequence[str]) -> list[str]:
    found = [name for name in native if name.startswith(f"{provider}/")]
    if not found:
        known = ", ".join(dict.fromkeys(name.partition("/")[0] for name in native))
        raise ValueError(f"no dialect of structured output is {provider!r}'s; known are {known}. Use one of these")
    return found


def _json_schema(model_or_schema: Any) -> Any:
    if isinstance(model_or_schema, Mapping):
        return model_or_schema
    describe = getattr(model_or_schema, "model_json_schema", None)
    if callable(describe):
        return describe()
    try:
        # Here, not at the top: only types that cannot describe themselves need it, and it is an extra.
        from pydantic import TypeAdapter
    except ModuleNotFoundError:
        raise TypeError(
            f"{model_or_schema!r} has no model_json_schema(); pass a JSON Schema, or install "
            "penguiflow-llm-testing[pydantic], which describes any type"
        ) from None
    return TypeAdapter(model_or_schema).json_schema()


def _title(model_or_schema: Any) -> str:
    """What a reader calls it: the name of the type, or the title of the schema."""
    if isinstance(model_or_schema, Mapping):
        title = model_or_schema.get("title")
        return title if isinstance(title, str) else "the schema"
    return model_or_schema.__name__ if isinstance(model_or_schema, type) else str(model_or_schema)


def _lines(made: SchemaPlan, *, lossless: bool) -> Iterator[str]:
    if not made.compatible:
        yield f"{made.dialect} cannot carry it:"
        yield from (f"  - {reason}" for reason in made.reasons)
    if lossless and made.losses:
        yield f"{made.dialect} loses some of it; {_ALLOW}:"
        for loss in made.losses[:_SHOWN_LOSSES]:
            yield f"  - {loss.pointer or '/'} {loss.keyword} {loss.action}: {loss.detail}"
        if len(made.losses) > _SHOWN_LOSSES:
            yield f"  - and {len(made.losses) - _SHOWN_LOSSES} more"
