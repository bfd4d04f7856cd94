"""Amends: the portal for out-of-court resolutions in England and Wales."""
