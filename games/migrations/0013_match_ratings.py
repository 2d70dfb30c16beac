from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("games", "0012_entry_ruled_all"),
    ]

    operations = [
        migrations.AddField(
            model_name="match",
            name="steps",
            field=models.IntegerField(blank=True, null=True, verbose_name="steps"),
        ),
        migrations.AddField(
            model_name="match",
            name="uncounted",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=16, verbose_name="not counted because"
            ),
        ),
        migrations.AddField(
            model_name="seat",
            name="side",
            field=models.SmallIntegerField(blank=True, null=True, verbose_name="side"),
        ),
        migrations.AddField(
            model_name="seat",
            name="rating_before",
            field=models.FloatField(blank=True, null=True, verbose_name="rating before"),
        ),
        migrations.AddField(
            model_name="seat",
            name="rating_after",
            field=models.FloatField(blank=True, null=True, verbose_name="rating after"),
        ),
        migrations.AddField(
            model_name="seat",
            name="deviation_after",
            field=models.FloatField(blank=True, null=True, verbose_name="deviation after"),
        ),
    ]
