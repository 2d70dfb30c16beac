"""A database as large as a site of years, in minutes: to see that lists stay fast. Used by `filldatabase` and tests."""
