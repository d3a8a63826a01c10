"""The programs of this folder, for their tests; the outside package's own run elsewhere: see `test_third_party.py`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

collect_ignore = ["lantern"]
