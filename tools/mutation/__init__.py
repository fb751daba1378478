"""Mutants of the library's data and rules, and the judges that ought to catch them."""
