"""The case file, case/1: how a force's records system hands us a case."""
