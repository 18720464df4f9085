"""What writes: plain functions, one transaction each, told what time it is."""
