"""Plan a JSON Schema for an LLM provider: the schema to send, every loss, and the way back. Standard library only."""

from importlib.metadata import version as _version

from ._check import Violation, check, check_request
from ._dialect import Dialect, Limits
from ._dialects import dialect_names, get_dialect
from ._errors import InvalidSchemaError, UnknownDialectError
from ._loss import SchemaLoss, SchemaStats
from ._plan import SchemaPlan
from ._transform import DialectTransformer, JsonSchemaTransformer, plan

__version__ = _version("penguiflow-llm-schema")

__all__ = [
    "Dialect",
    "DialectTransformer",
    "InvalidSchemaError",
    "JsonSchemaTransformer",
    "Limits",
    "SchemaLoss",
    "SchemaPlan",
    "SchemaStats",
    "UnknownDialectError",
    "Violation",
    "__version__",
    "check",
    "check_request",
    "dialect_names",
    "get_dialect",
    "plan",
]
