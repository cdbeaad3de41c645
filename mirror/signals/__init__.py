"""Lamp and buzzer on GPIO. Decides nothing."""
