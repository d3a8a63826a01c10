"""AWS Bedrock: Converse and ConverseStream, signed here, asynchronous to the socket."""

from importlib.metadata import version

from penguiflow_llm_bedrock._options import OPTIONS
from penguiflow_llm_bedrock._profiles import bedrock_profile
from penguiflow_llm_bedrock._provider import create, plugin

__version__ = version("penguiflow-llm-bedrock")

__all__ = ["OPTIONS", "bedrock_profile", "create", "plugin"]
