"""Validated values from OpenAI, Anthropic, Gemini, Bedrock, Databricks and OpenRouter, over each vendor's own SDK."""
