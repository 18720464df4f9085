"""Facts about websites: who they are, which partners they use, which cookies those set."""
