"""The correction of a network's joints: its examples, its fit."""
