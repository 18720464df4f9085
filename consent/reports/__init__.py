"""What is read for people. Reads only; statistics are in a module of their own."""
