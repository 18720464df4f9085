"""The HTTP edges for browsers and machines: parse, call one service, answer."""
