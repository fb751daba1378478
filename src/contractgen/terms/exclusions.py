"""Which facts exclude one another: combinations that no contract can have, whatever its record says.

In: nothing. Out: ``EXCLUSIONS``, each with the rule that makes it so. A check of a policy that knows them asks for no
rows that could never match, and a test looks for a record that breaks one.
"""

from __future__ import annotations

from dataclasses import dataclass

NOT = "!"
"""``!initial`` stands for every other value of the fact."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Facts that cannot have these values at once; ``given``: only where the record gives these fields."""

    rule: str
    facts: tuple[tuple[str, tuple[str, ...]], ...]
    given: tuple[str, ...] = ()


def _never(rule: str, given: tuple[str, ...] = (), **facts: str) -> Exclusion:
    return Exclusion(rule, tuple((name, tuple(values.split())) for name, values in facts.items()), given)


EXCLUSIONS: tuple[Exclusion, ...] = (
    _never("term", transaction="!initial", first_term="!none"),
    _never("term", ("term.start", "licences"), transaction="initial", first_term="none"),
    _never("deferral", transaction="!deferred-initial", grace="!none"),
    _never("cotermination", transaction="!co-termination", common_expiry="!none"),
    _never(
        "cotermination",
        ("licences",),
        document="quote renewal-notice",
        common_expiry="none",
        transaction="co-termination",
    ),
    _never("notice", ("term.expiry", "withdrawal"), withdrawal="none"),
    _never("notice", ("term.expiry",), window="none", transaction="!co-termination"),
    _never("notice", common_expiry="found nothing-to-align", window="none"),
    _never("notice", lapse="!none", window="none"),
    _never("notice", withdrawal="!none", window="none"),
    _never("notice", document="withdrawal-ack", withdrawal="late already-lapsed", window="open"),
    _never("package", ("package",), rate="none"),
    _never("package", ("package",), years="none"),
    _never("package", rate="none", years="!none"),
    _never("package", rate="!none", years="none"),
    _never("agreed-withdrawal", ("withdrawal.received", "withdrawal.agreed_last_day"), agreed_withdrawal="none"),
    _never("licence-form", transaction="initial", form="!new-licence"),
    _never("licence-form", transaction="!initial", form="new-licence"),
    _never("licence-form", ("term.expiry",), transaction="!initial", form="none"),
    _never("country-gate", ("customer.country",), country_gate="unstated"),
    _never("country-gate", ("end_user.country",), country_gate="unstated"),
    _never("buyer", buyer="end-user", end_user="!is-buyer"),
    _never("buyer", buyer="!end-user", end_user="is-buyer"),
    _never("buyer", buyer="!end-user", end_user="named", country_gate="unstated"),
    _never("fixed-term", transaction="!renewal", standing="!none"),
    _never("fixed-term", ("term.expiry",), transaction="renewal", standing="none"),
    _never("fixed-term", ("term.expiry",), transaction="renewal", term_length="none"),
    _never("fixed-term", ("term.start",), transaction="!renewal", term_length="none"),
    _never("prerequisites", ("prerequisites",), prerequisites="none"),
    _never("code-release", ("release.agreed",), release="none"),
)
