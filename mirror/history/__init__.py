"""What is remembered of sets: numbers in a database on this computer, never a picture, never a name."""
