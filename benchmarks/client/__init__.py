"""What a visitor's browser has to do for Sayso and for its peers, measured on one page."""
