from django.db import migrations, models

from games.online import AddIndexOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('games', '0015_presence'),
    ]

    operations = [
        AddIndexOnline(
            model_name='lease',
            index=models.Index(condition=models.Q(('suspect__gt', 0)), fields=['match'], name='lease_suspect'),
        ),
        AddIndexOnline(model_name='match', index=models.Index(fields=['game', '-id'], name='match_of_game')),
        AddIndexOnline(model_name='match', index=models.Index(fields=['status', '-id'], name='match_of_status')),
    ]
