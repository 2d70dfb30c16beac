from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0002_finished_seq"),
    ]

    operations = [
        migrations.AddField(
            model_name="match",
            name="clock",
            field=models.JSONField(blank=True, null=True, verbose_name="time control"),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(condition=models.Q(("status", "live")), fields=["game"], name="match_live"),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(
                condition=models.Q(("clock__isnull", False), ("status", "live")),
                fields=["started_at"],
                name="match_clocked",
            ),
        ),
    ]
