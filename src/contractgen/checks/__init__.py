"""Checks of the library before any contract exists: what no contract could ever do wrong is proved here."""
