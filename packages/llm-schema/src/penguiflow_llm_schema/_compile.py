"""Rewriting a document for a dialect that compiles it: one place at a time, definitions once each."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ._arrays import emit_array
from ._codec import SAME, WRAPPER, Codec, Codecs, DefinitionCodec, JsonTextCodec, WrapCodec
from ._conjunction import Conjunction, Expander, PlaceKey
from ._context import ANYTHING, Budget, Context, DefinitionKey, Emitted, Sentences, never
from ._describe import annotation_sentences, base_description, noted_sites, with_description, with_sentences
from ._dialect import Dialect
from ._disjoint import Definitions
from ._errors import InvalidSchemaError
from ._json import JsonType
from ._loss import SchemaLoss
from ._nulls import takes_null
from ._objects import emit_object
from ._resolver import Place, Site
from ._scalars import describe_conditions, emit_scalar, emit_values
from ._sketch import sketch
from ._unions import closed_object, emit_union, join_branches

__all__ = ["Compiled", "compile_document"]


@dataclass(frozen=True, slots=True)
class Compiled:
    """What one attempt wrote."""

    schema: dict[str, Any]
    codec: Codec
    codecs: dict[str, Codec]
    losses: tuple[SchemaLoss, ...]
    nothing_fits: bool
    definitions: Definitions  # for the next attempt
    keys: dict[DefinitionKey, str]  # names of definitions by what they stand for
    root_key: DefinitionKey
    is_settled: bool  # the attempt knew all definitions that it asked for


def compile_document(expander: Expander, dialect: Dialect, budget: Budget, known: Definitions) -> Compiled:
    """One attempt; raises `TooLargeError` where it grows out of bounds."""
    return _Compiler(expander, dialect, budget, known).run()


@dataclass(slots=True)
class _Compiler:
    expander: Expander
    dialect: Dialect
    budget: Budget
    known: Definitions
    context: Context = field(init=False)
    names: dict[DefinitionKey, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)  # values of `names`
    numbers: dict[str, int] = field(default_factory=dict)  # the last one given to names that became the same
    waiting: deque[tuple[str, DefinitionKey, Conjunction]] = field(default_factory=deque)
    schemas: dict[str, dict[str, Any]] = field(default_factory=dict)
    codecs: dict[str, Codec] = field(default_factory=dict)
    opening: list[tuple[PlaceKey, int]] = field(default_factory=list)  # unions being written, with their levels
    root_key: DefinitionKey = ((), 0)
    current: DefinitionKey = ((), 0)  # the definition that is being written

    def __post_init__(self) -> None:
        asked = Definitions(self.known.schemas, self.known.codecs)
        self.context = Context(self.dialect, self.expander, self.budget, self.place, asked)

    def run(self) -> Compiled:
        found = self.context.expand((self.expander.resolver.root(),))
        self.root_key = self.current = (found.key, 0)
        root = self.opened(found, 1)
        self._write_definitions()
        self._refuse_circles()
        schema, codec = self._as_root(root)
        if self.schemas:
            schema["$defs"] = {name: self.schemas[name] for name in self.names.values() if name in self.schemas}
        bodies = {f"#/$defs/{name}": body for name, body in self.schemas.items()}
        produced = Definitions(bodies | {"#": schema}, self.codecs, root_is_object=_is_object(root))
        return Compiled(
            schema=schema,
            codec=codec,
            codecs=self.codecs,
            losses=tuple(self.context.losses),
            nothing_fits=root.fits == "none",
            definitions=produced,
            keys=self.names,
            root_key=self.root_key,
            is_settled=self._is_settled(produced),
        )

    def _is_settled(self, produced: Definitions) -> bool:
        """Whether nothing was decided on what turned out otherwise."""
        if "#" in self.names.values() and not produced.root_is_object:
            return False
        return not self.context.definitions.was_asked or self.known.schemas == produced.schemas

    # places

    def place(self, place: Place, level: int) -> Emitted:
        """The schema for a place inside another; a reference where the place is one."""
        found = self.context.expand(place)
        if found.name is None or not found.sites or found.is_trivial:
            return self.opened(found, level)
        return self._reference(found, level)

    def _reference(self, found: Conjunction, level: int) -> Emitted:
        """A reference to the definition of what is found, which is written later, once."""
        if (found.key, level) in self.opening:
            return never()  # a union with itself as a branch: nothing is added by it
        key = (found.key, self._times(found.key))
        if self.budget.cut is not None and key[1] > self.budget.cut.times:
            return self._cut_off(found)
        if key not in self.names:
            self._define(key, found)
        name = self.names[key]
        reference: dict[str, Any] = {"$ref": "#" if name == "#" else f"#/$defs/{name}"}
        description = with_sentences(
            base_description(found.outer), self._annotations(found.outer, DefinitionCodec(name))
        )
        schema = {"description": description, "anyOf": [reference]} if description else reference
        has_null, is_plain = takes_null(self.context, found), self.context.nulls_are_plain
        null, null_inside = has_null and is_plain, has_null and not is_plain
        return Emitted(schema, DefinitionCodec(name), null=null, null_inside=null_inside)

    def _times(self, target: PlaceKey) -> int:
        """How often what is referred to has led back to itself by now; counted where that has to end."""
        cut, (source, times) = self.budget.cut, self.current
        if cut is None or (self.context.in_optional and self.dialect.recursion == "optional"):
            return times
        highest = len(cut.order)
        leads_back = cut.order.get((target, 0), highest) >= cut.order.get((source, 0), highest)
        return times + leads_back

    def _cut_off(self, found: Conjunction) -> Emitted:
        detail = "leads back to itself, which the dialect has not; what is deeper is sent as JSON text"
        beside = [site for site in found.outer if "$ref" in site.keywords or site in found.sites]
        for site in beside or [site for site in found.inner if "$ref" in site.keywords][:1]:
            self.context.lose(site, "$ref" if "$ref" in site.keywords else "type", "relaxed", detail)
        text = self._text_of(found.sites, "A JSON value, written as JSON text")
        return self._described(text, replace(found, inner=[]), [])

    def _define(self, key: DefinitionKey, found: Conjunction) -> None:
        is_root, is_object = key == self.root_key, self.known.root_is_object
        if is_root and is_object and self.dialect.root_reference and self.budget.cut is None:
            self.names[key] = "#"
            return
        self.names[key] = self._new_name(found.name or "Definition")
        if not is_root or is_object:
            self.waiting.append((self.names[key], key, replace(found, outer=[])))

    def _new_name(self, wanted: str) -> str:
        name = re.sub(r"[^A-Za-z0-9_-]+", "_", wanted)[:64].strip("_") or "Definition"
        stem = re.sub("_[0-9]+$", "", name)
        while name in self.taken:
            number = self.numbers[stem] = self.numbers.get(stem, 1) + 1
            name = f"{stem}_{number}"
        self.taken.add(name)
        return name

    def opened(self, found: Conjunction, level: int) -> Emitted:
        """The schema for what is found, written out here."""
        self.context.spend()
        for site, reference in found.outside:
            detail = (
                f"{reference!r} leads out of the document or nowhere, and nothing is fetched; define it under $defs"
            )
            self.context.lose(site, "$ref", "relaxed", detail)
        if found.is_trivial:
            return never()
        sentences: Sentences = []
        if found.unions:
            self.opening.append((found.key, level))
            emitted = emit_union(self.context, found, level, sentences)
            self.opening.pop()
        else:
            emitted = self._typed(found, level, sentences)
        return self._described(emitted, found, sentences)

    # one place, no union

    def _typed(self, found: Conjunction, level: int, sentences: Sentences) -> Emitted:
        types, values = found.types, found.values
        if values is not None:
            return emit_values(self.context, found.sites, values, sentences)
        describe_conditions(self.context, found.conditions, sentences)
        if types is None:
            return Emitted({"type": "string", "description": ANYTHING}, JsonTextCodec(), fits="any")
        if len(types) == 1:
            return self._one_type(types[0], found.sites, level, sentences)
        branches: list[Emitted] = []
        for name in types:
            own: Sentences = []
            one = self._one_type(name, found.sites, level, own)
            branches.append(with_description(one, with_sentences(one.schema.get("description", ""), own)))
        return join_branches(self.context, branches, found.sites[0])

    def _one_type(self, name: JsonType, sites: Sequence[Site], level: int, sentences: Sentences) -> Emitted:
        if name not in ("object", "array"):
            return emit_scalar(self.context, sites, name, sentences)
        if self.context.too_deep(level):
            return self._as_text(sites, name)
        if name == "object":
            return emit_object(self.context, sites, level, sentences)
        return emit_array(self.context, sites, level, sentences)

    def _as_text(self, sites: Sequence[Site], name: JsonType) -> Emitted:
        detail = f"deeper than {self.budget.depth} levels, so sent as JSON text; make the schema flatter"
        for site in sites:
            self.context.lose(site, "type", "relaxed", detail)
        return self._text_of(sites, f"A JSON {name}, written as JSON text")

    def _text_of(self, sites: Sequence[Site], words: str) -> Emitted:
        """A JSON text, with the schema of what it holds where that is short enough to be followed."""
        inside = sketch([site.hide("description") for site in sites], self.context.expander.resolver)
        words = f"{words} that matches this JSON Schema: {inside}" if inside else f"{words}."
        return Emitted({"type": "string", "description": words}, JsonTextCodec())

    def _described(self, emitted: Emitted, found: Conjunction, sentences: Sentences) -> Emitted:
        """`emitted` with all that is said about it: by the author, and in place of what could not be sent."""
        if emitted.fits == "none":
            return emitted
        sites = [*found.outer, *found.inner]
        own = emitted.schema.get("description", "")
        said = [*([own] if own else []), *sentences, *self._annotations(sites, emitted.codec)]
        return with_description(emitted, with_sentences(base_description(sites), said))

    def _annotations(self, sites: Sequence[Site], codec: Codec) -> list[str]:
        """Notes of the author; a value among them is shown as it is sent, for which definitions have to be known."""
        noted = noted_sites(sites)
        if not noted:
            return []
        if codec != SAME and any(site.has(keyword) for site in noted for keyword in ("default", "examples", "example")):
            self.context.definitions.was_asked = True
        schemas = self.known.schemas or {}
        return annotation_sentences(noted, Codecs(codec, self.known.codecs, schemas.get("#", {})))

    # the whole

    def _write_definitions(self) -> None:
        while self.waiting:
            name, key, found = self.waiting.popleft()
            self.current = key
            emitted = self.opened(found, self.budget.levels.get(key, 1))
            if emitted.fits == "none":
                emitted = self._impossible(found)
            self.schemas[name], self.codecs[name] = emitted.schema, emitted.codec

    def _refuse_circles(self) -> None:
        """A union may come down to one branch, and that be itself."""
        for start in self.schemas:
            passed, name = {start}, _reference_alone(self.schemas[start])
            while name in self.schemas and name not in passed:
                passed.add(name)
                name = _reference_alone(self.schemas[name])
            if name in passed:
                message = f"{start!r} is defined as itself and so says nothing; give it keywords of its own"
                raise InvalidSchemaError(message, pointer="")

    def _impossible(self, found: Conjunction) -> Emitted:
        place = (*found.inner, *found.sites)[0]
        self.context.lose(place, "not", "relaxed", "no value fits, which cannot be said; sent as null")
        return Emitted({"type": "null"}, SAME, null=True)

    def _as_root(self, root: Emitted) -> tuple[dict[str, Any], Codec]:
        """The root as the dialect wants it: itself where it is an object, else as the only property of one."""
        name = self.names.get(self.root_key)
        if name is not None:
            self.codecs[name] = root.codec
        if _is_object(root):
            return dict(root.schema), root.codec
        if name is None or name == "#":  # "#" is corrected by the next attempt
            return closed_object({WRAPPER: root.schema}), WrapCodec(WRAPPER, root.codec)
        self.schemas[name] = root.schema
        return closed_object({WRAPPER: {"$ref": f"#/$defs/{name}"}}), WrapCodec(WRAPPER, DefinitionCodec(name))


def _reference_alone(schema: dict[str, Any]) -> str:
    """The definition that `schema` is another name for, "" where it says more."""
    while schema.keys() - {"description"} == {"anyOf"} and len(schema["anyOf"]) == 1:
        schema = schema["anyOf"][0]
    return str(schema["$ref"]).removeprefix("#/$defs/") if schema.keys() == {"$ref"} else ""


def _is_object(root: Emitted) -> bool:
    return root.schema.get("type") == "object" or root.fits == "none"
