"""The demonstration: five real websites as data, and a small website that embeds them."""
