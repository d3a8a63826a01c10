"""The outside package's own tests run in an environment of their own: see `test_third_party.py`."""

collect_ignore = ["lantern"]
