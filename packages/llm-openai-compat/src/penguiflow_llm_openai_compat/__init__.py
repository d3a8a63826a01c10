"""The OpenAI Chat Completions wire, once, for every provider that speaks it."""
