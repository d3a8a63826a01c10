"""The response model: a type in a Python file or module, or a JSON Schema file."""

from __future__ import annotations

import importlib
import json
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from penguiflow_llm._cli._exit import UsageError

_FORMS: Final = "give file.py:Type, package.module:Type or a JSON Schema file.json"
_MODULE_NAME: Final = "_penguiflow_llm_schema_file"


def load_response_model(reference: str) -> Any:
    """The type or JSON Schema that `reference` names. A Python file or module is run to get it.

    Raises:
        UsageError: there is no such thing, or it cannot be loaded.
    """
    if reference.endswith(".json"):
        return _json_schema(Path(reference))
    where, colon, name = reference.rpartition(":")
    if not colon or not where or not name:
        raise UsageError(f"schema {reference!r} names no type; {_FORMS}")
    module = _from_file(Path(where)) if where.endswith(".py") else _from_module(where)
    return _member(module, name, where)


def _json_schema(path: Path) -> Any:
    try:
        schema = json.loads(path.read_bytes())
    except OSError as error:
        raise UsageError(f"cannot read the schema {str(path)!r}: {error.strerror}; check the path") from None
    except ValueError as error:
        raise UsageError(f"the schema {str(path)!r} is not JSON: {error}; correct it") from None
    except RecursionError:
        raise UsageError(f"the schema {str(path)!r} is nested too deeply to be read; make it flatter") from None
    if not isinstance(schema, dict):
        raise UsageError(f"the schema {str(path)!r} is not a JSON object; a JSON Schema is one")
    return schema


def _from_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"schema: there is no file {str(path)!r}; {_FORMS}")
    spec = spec_from_file_location(_MODULE_NAME, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"schema: {str(path)!r} cannot be imported; {_FORMS}")
    sys.path.insert(0, str(path.parent.resolve()))  # as for `python file.py`: it may import its neighbours
    module = sys.modules[_MODULE_NAME] = module_from_spec(spec)  # annotations are looked up in sys.modules
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        raise UsageError(f"schema: {str(path)!r} cannot be run: {type(error).__name__}: {error}") from error
    return module


def _from_module(name: str) -> ModuleType:
    sys.path.insert(0, str(Path.cwd()))  # as for `python -m`
    try:
        return importlib.import_module(name)
    except Exception as error:
        problem = f"{type(error).__name__}: {error}"
        raise UsageError(f"schema: module {name!r} cannot be imported: {problem}; {_FORMS}") from error


def _member(module: ModuleType, name: str, where: str) -> Any:
    found: Any = module
    for step in name.split("."):
        found = getattr(found, step, None)
    if found is None:
        here = (one for one, value in vars(module).items() if getattr(value, "__module__", None) == module.__name__)
        types = ", ".join(sorted(one for one in here if isinstance(getattr(module, one), type)))
        raise UsageError(f"schema: {where!r} has no {name!r}; it has {types or 'no types'}")
    return found
