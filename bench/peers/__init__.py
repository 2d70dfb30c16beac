"""What Madang is measured beside."""
