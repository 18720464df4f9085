"""What a website must have said about itself before it may publish; for tests that make one of their own."""

ANSWERABLE = {
    "controller_name": "Example Ltd",
    "controller_contact": "privacy@example.com",
    "privacy_policy_url": "https://www.example.com/privacy",
}
