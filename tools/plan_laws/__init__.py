"""The laws of plans, and who judges whether they hold: read by `schema_laws.py`."""

from ._corpus import SCHEMAS, Record, read_records
from ._generated import DIALECTS, generated_cases
from ._laws import LAWS, Subject, laws_of_plan, laws_of_sent, laws_of_valid, planned
from ._run import Broken, Effort, Tally, examine
from ._shown import Evidence, evidence

__all__ = [
    "DIALECTS",
    "LAWS",
    "SCHEMAS",
    "Broken",
    "Effort",
    "Evidence",
    "Record",
    "Subject",
    "Tally",
    "evidence",
    "examine",
    "generated_cases",
    "laws_of_plan",
    "laws_of_sent",
    "laws_of_valid",
    "planned",
    "read_records",
]
