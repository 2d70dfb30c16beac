"""`manage.py verifyaudit`: whether any line of the log of acts was changed, taken out or put in between."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from moderation import acts
from moderation.models import Act


class Command(BaseCommand):
    """Prints a line for each break of the chain; exit code 1 where there is one."""

    help = "Check the chain of digests over the log of admins' acts. Prints the newest digest, to be kept elsewhere."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for fault in acts.faults():
            broken += 1
            self.stderr.write(fault)
        if broken:
            raise CommandError(f"{broken} breaks in the log of acts.", returncode=1)
        newest = Act.objects.order_by("-pk").values_list("pk", "digest").first()
        # Who could cut lines off the end could not do so unseen by whoever has noted this.
        self.stdout.write("The log is whole" + ("." if newest is None else f" up to line {newest[0]}: {newest[1]}"))
