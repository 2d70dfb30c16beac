"""Django's SQLite backend with one fair lock round every write, so that the journal never starves."""
