from django.db import migrations, models

from games.online import AddIndexOnline, RemoveIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("games", "0005_match_indexes"),
    ]

    operations = [
        AddIndexOnline(
            model_name="match",
            index=models.Index(condition=models.Q(("status", "live")), fields=["started_at"], name="match_begun"),
        ),
        RemoveIndexOnline(model_name="match", name="match_clocked"),
    ]
