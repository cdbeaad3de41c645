"""What a station tells a broker, and what it hears there."""
