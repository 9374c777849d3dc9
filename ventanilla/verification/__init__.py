"""Sources, who answers for a fact, when it was checked and when it is due again; what faces read."""
