"""What everybody needs who writes: one gate for files (`writing.py`), text that harms nobody (`plain.py`)."""
