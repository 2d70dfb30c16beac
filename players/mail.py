"""Sends mails beside the request: a mail server that hangs may not hold up the page that thanks for the address.

Django's `EMAIL_BACKEND` where a mail server is configured. What cannot be sent is logged; the person asks for another.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Final

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend

logger = logging.getLogger(__name__)

# Mails that wait; each is a few kB. A server that takes 1 s for each is 3 minutes behind: beyond that it is down.
WAITING: Final = 200

# One connection at a time, as most providers of mail ask for.
_sender = ThreadPoolExecutor(1, thread_name_prefix="madang-mail")
_room = BoundedSemaphore(WAITING)


class Backend(BaseEmailBackend):
    """Hands mails over, and answers at once."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """How many will be tried."""
        return sum(_hand_over(mail) for mail in email_messages)


def _hand_over(mail: EmailMessage) -> bool:
    if not _room.acquire(blocking=False):
        logger.error("a mail was not sent: %d wait already, the mail server does not keep up", WAITING)
        return False
    _sender.submit(_send, mail)
    return True


def _send(mail: EmailMessage) -> None:
    try:
        EmailBackend().send_messages([mail])
    except OSError as error:  # smtplib's exceptions are such
        # Neither to whom nor what: a log is read by more people than a mail.
        logger.error("a mail was not sent: %s: %s", type(error).__name__, error)  # noqa: TRY400
    finally:
        _room.release()
