"""OpenAI and Azure OpenAI for penguiflow-llm: Responses and Chat Completions over the openai SDK."""
