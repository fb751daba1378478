"""Verifying: a finished file is made again from what it carries, and what differs is named."""
