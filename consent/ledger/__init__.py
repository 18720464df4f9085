"""The ledger's rules: what a leaf says, how the tree grows, what a checkpoint and a tile look like. All of it pure."""
