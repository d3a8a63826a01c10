"""K20: importing does nothing but import."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PACKAGES = (
    "penguiflow_llm", "penguiflow_llm_anthropic", "penguiflow_llm_bedrock", "penguiflow_llm_core",
    "penguiflow_llm_databricks", "penguiflow_llm_google", "penguiflow_llm_openai", "penguiflow_llm_openai_compat",
    "penguiflow_llm_openrouter", "penguiflow_llm_schema", "penguiflow_llm_testing", "penguiflow_llm_types",
)  # fmt: skip
PROGRAM = """
import json, os, sys, threading
seen = []
def hook(event, arguments):
    writes = event == "open" and (str(arguments[1] or "r")[:1] in "wax" or (arguments[2] or 0) & os.O_WRONLY)
    if writes or event.split(".")[0] in ("socket", "subprocess") or event in ("os.putenv", "os.unsetenv", "os.fork"):
        seen.append(event)
import asyncio, logging, socket, ssl  # what opens a socket pair of its own once
environment = dict(os.environ)
sys.dont_write_bytecode = True
sys.addaudithook(hook)
__import__(sys.argv[1])
seen += ["threads"] * (threading.active_count() > 1) + ["environment"] * (environment != dict(os.environ))
print(json.dumps(seen))
"""


@pytest.mark.parametrize("package", PACKAGES)
def test_importing_does_nothing_else(package: str) -> None:
    """No network, no file written, no process, no thread, no change of the environment."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, package], capture_output=True, text=True, check=True)
    assert [] == json.loads(done.stdout)
