"""How fast the numbers answer when there are years of them: `python -m benchmarks.statistics`."""
