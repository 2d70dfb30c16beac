from django.db import migrations, models

from games.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("games", "0004_host_told"),
    ]

    operations = [
        AddIndexOnline(
            model_name="match",
            index=models.Index(condition=models.Q(("status", "live")), fields=["game"], name="match_live"),
        ),
        AddIndexOnline(
            model_name="match",
            index=models.Index(
                condition=models.Q(("clock__isnull", False), ("status", "live")),
                fields=["started_at"],
                name="match_clocked",
            ),
        ),
    ]
