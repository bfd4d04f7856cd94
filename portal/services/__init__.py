"""One function for each thing that somebody can get done."""
