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
    ]
