"""Plan a JSON Schema for an LLM provider: the schema to send, every loss, and the way back. Standard library only."""
