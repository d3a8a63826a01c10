"""Values, errors and Protocols shared by every penguiflow-llm package. Standard library only."""
