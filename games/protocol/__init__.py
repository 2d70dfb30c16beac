"""The wire, defined once: messages, codes, patches and the only JSON in or out. Pure."""
