"""The rules of out-of-court resolutions, in plain Python."""
