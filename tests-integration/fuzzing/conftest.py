"""The programs of this folder, for their tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "recordings"))  # for `wire_replay`, which reads them
sys.path.insert(0, str(Path(__file__).resolve().parent))
