"""Receipts: what a visitor takes away, in three formats, and how anybody checks one. All of it pure."""
