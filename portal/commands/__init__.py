"""What can be done from the command line: one module for each group of commands."""
