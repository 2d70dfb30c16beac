from django.db import migrations, models

from games.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("games", "0013_match_ratings"),
    ]

    operations = [
        AddIndexOnline(
            model_name="match",
            index=models.Index(
                condition=models.Q(("rated", True)), fields=["game", "pool", "finished_seq"], name="match_rated"
            ),
        ),
    ]
