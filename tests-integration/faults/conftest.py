"""The matrix, for its tests."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # `fault_matrix` is a program of this folder, not installed
