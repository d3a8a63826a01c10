"""The command line, in small rooms: what was asked for, the call, and what is shown of it. Needs the extra `cli`."""

from penguiflow_llm._cli._app import app

__all__ = ["app"]
