"""The penguiflow-llm client: output modes, routing, retries, one deadline, cost."""
