"""The one exception by which services refuse a wish; views and the API turn it into an answer.

Raised by `services` of both apps. It never carries anything internal: all of it is shown to whoever asked.
"""

from __future__ import annotations


class ServiceError(Exception):
    """A wish that was refused.

    `code`: a slug for programs; `why`: a sentence in the active language that says what to do; `retry_s`: seconds after
    which the same wish may be granted.
    """

    def __init__(self, code: str, why: str, *, retry_s: int | None = None) -> None:
        super().__init__(why)
        self.code = code
        self.why = why
        self.retry_s = retry_s
