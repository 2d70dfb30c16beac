"""What the server costs, beside others, in one run: `python -m bench` or `make bench`. No part of the product."""
