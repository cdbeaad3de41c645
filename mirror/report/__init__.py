"""The report room: what an analysis found, as tables, JSON, CSV and pictures. Decides nothing."""
