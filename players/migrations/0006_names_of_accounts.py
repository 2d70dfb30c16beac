from typing import Any

from django.db import migrations, transaction

from players import lookalikes


def take(apps: Any, schema_editor: Any) -> None:
    """Accounts made before names were taken take theirs, the oldest first. Who finds it taken keeps the name without
    holding it: nobody is renamed behind their back."""
    Player = apps.get_model("players", "Player")
    TakenName = apps.get_model("players", "TakenName")
    for player in Player.objects.filter(is_guest=False, taken=None).order_by("pk").iterator():
        with transaction.atomic():
            keys = lookalikes.keys(player.name)
            if not TakenName.objects.filter(key__in=keys).exists():
                TakenName.objects.bulk_create(TakenName(player=player, key=key) for key in keys)


class Migration(migrations.Migration):
    # Accounts are few, guests many: reading past these holds nobody up outside of a transaction.
    atomic = False
    dependencies = [
        ("players", "0005_accounts"),
    ]

    operations = [
        migrations.RunPython(take, migrations.RunPython.noop),
    ]
