"""Contract officers' room: what they hand in and hand on."""
