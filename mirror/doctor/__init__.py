"""What is wrong with this computer and what to do about it: a look at everything the mirror needs."""
