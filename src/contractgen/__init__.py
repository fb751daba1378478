"""Contract data and localized clauses become finished, explainable documents."""
