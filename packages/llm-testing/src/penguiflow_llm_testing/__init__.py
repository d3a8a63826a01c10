"""An offline test bench for LLM clients: a loopback simulator of provider APIs, a scripted provider, a pytest plugin."""
