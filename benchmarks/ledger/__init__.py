"""How fast a ledger is sealed and verified, and whether time and memory stay flat as it grows."""
