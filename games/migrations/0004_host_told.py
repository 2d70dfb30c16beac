from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0003_match_clock"),
    ]

    operations = [
        migrations.AddField(
            model_name="host",
            name="told",
            field=models.CharField(
                blank=True,
                choices=[
                    ("", "nothing"),
                    ("drain", "give its matches away and take none"),
                    ("stop", "the same, then end"),
                ],
                db_default="",
                default="",
                max_length=8,
                verbose_name="told",
            ),
        ),
        migrations.AlterField(
            model_name="command",
            name="kind",
            field=models.CharField(
                choices=[("sit", "sit down"), ("abort", "abort")], max_length=16, verbose_name="kind"
            ),
        ),
    ]
