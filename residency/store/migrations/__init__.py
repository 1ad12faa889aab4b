"""Steps that bring the schema forward, one a release that changed it."""
