// Hand-broken files, one for each thing the validator checks.
