"""The register of issued documents: numbers without gaps, revisions, a chain of hashes, SQLite or PostgreSQL."""
