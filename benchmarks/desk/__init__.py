"""The auditor's desk: how fast evidence is exported and forgotten, and whether its pages stay quick as it grows."""
