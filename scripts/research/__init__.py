"""What was tried beside the mirror, and what it would take to go further; no mirror needs it to run."""
