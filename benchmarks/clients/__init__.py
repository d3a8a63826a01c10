"""Clients to measure: ours, and each raw SDK used as its documentation tells."""
