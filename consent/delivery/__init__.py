"""Composes the files that browsers load, and serves them from memory."""
