"""Recordings nobody ever made, and what must hold of them."""
