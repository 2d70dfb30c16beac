import django.db.models.deletion
import players.ids
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="Host",
            fields=[
                (
                    "id",
                    models.CharField(
                        default=players.ids.new_id,
                        editable=False,
                        max_length=12,
                        primary_key=True,
                        serialize=False,
                        verbose_name="incarnation",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("started_at", models.DateTimeField(verbose_name="started")),
                ("beat_at", models.DateTimeField(db_index=True, verbose_name="last beat")),
                ("stopped_at", models.DateTimeField(blank=True, null=True, verbose_name="stopped")),
            ],
            options={
                "verbose_name": "host",
                "verbose_name_plural": "hosts",
            },
        ),
        migrations.CreateModel(
            name="Match",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "public_id",
                    models.CharField(
                        default=players.ids.new_id, editable=False, max_length=12, unique=True, verbose_name="public id"
                    ),
                ),
                ("game", models.CharField(max_length=40, verbose_name="game")),
                ("edition", models.PositiveIntegerField(verbose_name="edition")),
                ("fold", models.PositiveIntegerField(verbose_name="host's edition")),
                ("options", models.JSONField(default=dict, verbose_name="options")),
                ("seats", models.PositiveSmallIntegerField(verbose_name="seats")),
                ("listed", models.BooleanField(default=True, verbose_name="open to anyone")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "waiting for players"),
                            ("live", "live"),
                            ("over", "over"),
                            ("aborted", "aborted"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="status",
                    ),
                ),
                ("seed", models.CharField(max_length=64, verbose_name="seed")),
                ("seed_hash", models.CharField(max_length=64, verbose_name="seed's hash")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="started")),
                ("finished_at", models.DateTimeField(blank=True, null=True, verbose_name="finished")),
                (
                    "finished_seq",
                    models.BigIntegerField(blank=True, null=True, unique=True, verbose_name="finish number"),
                ),
                ("due_at", models.DateTimeField(blank=True, null=True, verbose_name="due")),
                ("result", models.JSONField(blank=True, null=True, verbose_name="result")),
                ("end_n", models.PositiveIntegerField(blank=True, null=True, verbose_name="last entry of the record")),
                ("digest", models.CharField(blank=True, max_length=32, verbose_name="digest")),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="created by",
                    ),
                ),
                (
                    "rematch_of",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="rematch",
                        to="games.match",
                        verbose_name="rematch of",
                    ),
                ),
            ],
            options={
                "verbose_name": "match",
                "verbose_name_plural": "matches",
            },
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.PositiveIntegerField(verbose_name="n")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("move", "move"),
                            ("sit", "sit"),
                            ("leave", "leave"),
                            ("resign", "resign"),
                            ("offer", "offer"),
                            ("answer", "answer"),
                            ("flag", "flag"),
                            ("gone", "gone"),
                            ("pause", "pause"),
                            ("resume", "resume"),
                            ("takeback", "takeback"),
                            ("abort", "abort"),
                            ("end", "end"),
                            ("chunk", "chunk"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("seat", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="seat")),
                ("c", models.BigIntegerField(blank=True, null=True, verbose_name="c")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("ms", models.BigIntegerField(verbose_name="charged ms")),
                ("body", models.TextField(verbose_name="body")),
                ("digest", models.CharField(max_length=32, verbose_name="digest")),
                (
                    "match",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="entries",
                        to="games.match",
                        verbose_name="match",
                    ),
                ),
            ],
            options={
                "verbose_name": "entry",
                "verbose_name_plural": "entries",
            },
        ),
        migrations.CreateModel(
            name="Command",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("sit", "sit down"), ("leave", "leave"), ("abort", "abort")],
                        max_length=16,
                        verbose_name="kind",
                    ),
                ),
                ("body", models.JSONField(default=dict, verbose_name="body")),
                ("answer", models.JSONField(blank=True, null=True, verbose_name="answer")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="done")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="commands",
                        to="games.match",
                        verbose_name="match",
                    ),
                ),
            ],
            options={
                "verbose_name": "command",
                "verbose_name_plural": "commands",
            },
        ),
        migrations.CreateModel(
            name="Seat",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("index", models.PositiveSmallIntegerField(verbose_name="seat")),
                ("bot", models.CharField(blank=True, max_length=40, verbose_name="bot")),
                ("name", models.CharField(max_length=40, verbose_name="name")),
                ("score", models.IntegerField(blank=True, null=True, verbose_name="score")),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sitting",
                        to="games.match",
                        verbose_name="match",
                    ),
                ),
                (
                    "player",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="seats",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="player",
                    ),
                ),
            ],
            options={
                "verbose_name": "seat",
                "verbose_name_plural": "seats",
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("n", models.PositiveIntegerField(verbose_name="n")),
                ("state", models.BinaryField(verbose_name="state")),
                ("digest", models.CharField(max_length=32, verbose_name="digest")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                (
                    "match",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="snapshots",
                        to="games.match",
                        verbose_name="match",
                    ),
                ),
            ],
            options={
                "verbose_name": "snapshot",
                "verbose_name_plural": "snapshots",
            },
        ),
        migrations.CreateModel(
            name="Lease",
            fields=[
                (
                    "match",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="lease",
                        serialize=False,
                        to="games.match",
                        verbose_name="match",
                    ),
                ),
                ("epoch", models.PositiveIntegerField(default=0, verbose_name="epoch")),
                ("suspect", models.PositiveSmallIntegerField(default=0, verbose_name="suspected")),
                (
                    "host",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="leases",
                        to="games.host",
                        verbose_name="host",
                    ),
                ),
            ],
            options={
                "verbose_name": "lease",
                "verbose_name_plural": "leases",
            },
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(fields=["status", "listed", "-created_at"], name="match_open"),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(fields=["game", "-finished_seq"], name="match_finished"),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(condition=models.Q(("due_at__isnull", False)), fields=["due_at"], name="match_due"),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(condition=models.Q(("seats__gte", 1)), name="match_has_seats"),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["waiting", "live", "over", "aborted"])), name="match_status_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("over", "aborted")), _negated=True),
                    models.Q(("end_n__isnull", False), ("finished_seq__isnull", False), ("result__isnull", False)),
                    _connector="OR",
                ),
                name="match_end_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("match", "n"), name="entry_once"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("c__isnull", False)), fields=("match", "seat", "c"), name="input_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(condition=models.Q(("n__gte", 1)), name="entry_from_one"),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "move",
                            "sit",
                            "leave",
                            "resign",
                            "offer",
                            "answer",
                            "flag",
                            "gone",
                            "pause",
                            "resume",
                            "takeback",
                            "abort",
                            "end",
                            "chunk",
                        ],
                    )
                ),
                name="entry_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="command",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True)), fields=["match", "id"], name="command_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="command",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_at__isnull", True), ("answer__isnull", False), _connector="OR"),
                name="command_done_has_answer",
            ),
        ),
        migrations.AddIndex(
            model_name="seat",
            index=models.Index(fields=["player", "-match"], name="seat_by_player"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(fields=("match", "index"), name="seat_once"),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                condition=models.Q(("player__isnull", False)), fields=("match", "player"), name="player_sits_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.CheckConstraint(
                condition=models.Q(("bot", ""), ("player__isnull", True), _connector="OR"), name="seat_player_or_bot"
            ),
        ),
        migrations.AddConstraint(
            model_name="snapshot",
            constraint=models.UniqueConstraint(fields=("match", "n"), name="snapshot_once"),
        ),
    ]
