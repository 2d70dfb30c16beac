from django.db import migrations

from games.online import ValidateConstraintOnline


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('games', '0011_entry_ruled'),
    ]

    operations = [
        ValidateConstraintOnline(model_name='entry', name='entry_kind_one_of'),
    ]
