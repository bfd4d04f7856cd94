"""A stand-in for GOV.UK Notify's API, for development and tests: it sends nothing to anybody."""
