"""Values that satisfy a JSON Schema and look like answers: seeded, and from the prompt where the schema allows it."""

from ._generate import generate_value
from ._resolve import UnsatisfiableSchemaError

__all__ = ["UnsatisfiableSchemaError", "generate_value"]
