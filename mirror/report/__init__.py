"""The report room: what an analysis found, as a table, JSON, CSV. Decides nothing."""
