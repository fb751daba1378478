"""A database for a test of the register: an empty schema of its own in the PostgreSQL of the tests."""

from hashlib import sha256

import psycopg


def fresh_schema(address: str, name: str) -> str:
    """Return an address of an empty schema of its own."""
    schema = f"t_{sha256(name.encode()).hexdigest()[:12]}"
    with psycopg.connect(address) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")
        connection.execute(f"CREATE SCHEMA {schema}")
    return f"{address}&options=-csearch_path%3D{schema}"
