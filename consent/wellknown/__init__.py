"""What programs ask of a website before they ask for a page: its tracking status, and its support of signals."""
