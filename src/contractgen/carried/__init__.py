"""Carried data: what a document holds inside itself, so that it can be read back and verified."""
