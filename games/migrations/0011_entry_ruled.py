from django.db import migrations, models

from games.online import AddConstraintOnline


class Migration(migrations.Migration):

    dependencies = [
        ('games', '0010_house'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='entry',
            name='entry_kind_known',
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('move', 'move'), ('sit', 'sit'), ('leave', 'leave'), ('resign', 'resign'), ('offer', 'offer'), ('answer', 'answer'), ('flag', 'flag'), ('gone', 'gone'), ('pause', 'pause'), ('resume', 'resume'), ('takeback', 'takeback'), ('abort', 'abort'), ('end', 'end'), ('chunk', 'chunk'), ('ruled', 'ruled')], max_length=8, verbose_name='kind'),
        ),
        AddConstraintOnline(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['move', 'sit', 'leave', 'resign', 'offer', 'answer', 'flag', 'gone', 'pause', 'resume', 'takeback', 'abort', 'end', 'chunk', 'ruled'])), name='entry_kind_one_of'),
        ),
    ]
