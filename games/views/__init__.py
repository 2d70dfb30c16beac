"""The pages for people. Nothing here knows rules, sockets or SQL."""
