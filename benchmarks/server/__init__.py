"""What one server answers in a second, beside a bare Django view on the same server, database and durability."""
