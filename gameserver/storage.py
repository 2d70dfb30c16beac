"""Static files under names that hold their content's hash, so that browsers may keep them for ever.

Named by `settings.py`; `collectstatic` writes through it and templates ask it for addresses.
"""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # whitenoise has no types
    """Also rewrites `import` lines of ES modules: without it a page would mix modules of two releases."""

    support_js_module_import_aggregation = True
