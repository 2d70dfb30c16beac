from typing import Any

from django.db import migrations

# What most reports need, so that the first one can be answered; administrators change and add as they like.
FIRST = (
    ("Nothing against the rules", "dismiss", None, "", "", ""),
    (
        "A word about kindness",
        "warn",
        None,
        "",
        "What you wrote hurt somebody. Please be kind to those you play with; next time you cannot write for a while.",
        "쓰신 말로 마음을 다친 분이 있습니다. 함께 두는 분들을 존중해 주세요. 다시 그러시면 한동안 대화를 쓸 수 없습니다.",
    ),
    (
        "Play your matches to the end",
        "warn",
        None,
        "",
        "You let somebody wait or left a match again and again. Please play to the end, or resign.",
        "상대를 기다리게 하거나 대국을 자주 떠나셨습니다. 끝까지 두거나 기권해 주세요.",
    ),
    (
        "No chat for a day",
        "mute",
        24,
        "",
        "You cannot write for a day, for what you said to others.",
        "다른 분들께 하신 말 때문에 하루 동안 대화를 쓸 수 없습니다.",
    ),
    (
        "Banned for a week: abuse",
        "ban",
        7 * 24,
        "abuse",
        "You have insulted others again after you were asked not to.",
        "여러 번 부탁드렸는데도 다른 분들을 모욕하셨습니다.",
    ),
    (
        "Banned for good: cheating",
        "ban",
        None,
        "cheating",
        "You have played with help that the rules do not allow.",
        "규칙이 허용하지 않는 도움을 받아 두셨습니다.",
    ),
)


def add(apps: Any, schema_editor: Any) -> None:
    Macro = apps.get_model("moderation", "Macro")
    if Macro.objects.exists():
        return
    for place, (title, action, hours, reason, text_en, text_ko) in enumerate(FIRST):
        Macro.objects.create(
            title=title, action=action, hours=hours, reason=reason, text_en=text_en, text_ko=text_ko, place=place
        )


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0004_act_permissions'),
    ]

    operations = [
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
