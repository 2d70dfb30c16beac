"""The composition root: settings, the ASGI application, the server's entry and the process object."""
