"""Intake: a company's own tables become contract records, or problems that name sheet and cell."""
