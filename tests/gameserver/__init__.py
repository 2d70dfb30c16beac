"""The composition root: settings, the server's entry, probes and packaging."""
