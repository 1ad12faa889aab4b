"""An Azure Resource Manager on loopback, for demos and tests; never used in production."""
