"""Where records are kept: tables, the unit of work, and one class of queries a noun."""
