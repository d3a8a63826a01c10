"""AWS Bedrock: Converse and ConverseStream, truly asynchronous, signed by botocore."""

from importlib.metadata import version

__version__ = version("penguiflow-llm-bedrock")
