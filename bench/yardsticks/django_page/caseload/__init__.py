"""The rows that the page shows."""
