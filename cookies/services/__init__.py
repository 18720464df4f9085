"""What writes to the catalogue: plain functions, one transaction each."""
