"""Accounts: guests who keep their names, by django-allauth. How it is bent to this house stands here; what it does not
do itself (profile, keys, export, farewell) too. Nothing here is on the path of a move."""
