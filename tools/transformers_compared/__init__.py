"""Other libraries' transformers of JSON Schemas and ours, and what of a schema each of them loses without a word."""

from ._lost import FEATURES, features_lost
from ._transformers import Made, Refused, Transformer, transformers, within_time

__all__ = ["FEATURES", "Made", "Refused", "Transformer", "features_lost", "transformers", "within_time"]
