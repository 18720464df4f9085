"""What we ask, what was answered, and what we can prove."""
