"""Names of players: what one may be called, and friendly ones for guests.

Called by services and the admin's form. Touches no database: whether a name is another's is for `services` to say.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Iterable
from functools import cache

from django.conf import settings
from django.utils.translation import gettext as _

from players import lookalikes
from players.errors import ServiceError
from players.lookalikes import skeleton

SHORTEST, LONGEST = 2, 24
"""Characters. Two are enough for a Korean given name; 24 still fit on a phone beside a clock, and into the column."""

# Cc, Cf: control and invisible characters, also those that turn the writing direction around; Cs, Co, Cn: surrogates,
# private and unassigned ones, which look different everywhere; Zl, Zp: line breaks.
_REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

# Marks in a row over one letter. Vietnamese and Hebrew need two, some Indic scripts three; more climb over other lines.
STACKED = 3

# Letters and symbols by category that show nothing: Hangul fillers, the Braille blank and others that pass for an
# empty name.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")

# Nobody may speak as the house, nor be taken for someone who has gone. Compared without all that `lookalikes` takes
# away, and without a number behind it.
_RESERVED = """
admin administrator bot everyone gone goneplayer guest house madang mod moderator nobody official operator practice
practiceopponent referee root staff support system
게스트 공식 관리자 마당 마당지기 봇 손님 심판 연습 연습상대 운영자 운영진 익명 지원팀 진행자 탈퇴 떠난사람
"""

_ENGLISH_QUALITIES = """
Amber Bold Brave Bright Brisk Calm Clever Copper Coral Cosy Curious Daring Dapper Eager Early Easy Fair Fleet
Gentle Glad Golden Happy Hazel Honest Humble Jade Jolly Keen Kind Lively Loyal Lucky Mellow Merry Mild Misty
Nimble Noble Pearl Plucky Polite Proud Quick Quiet Rapid Ready Rosy Ruby Sharp Shiny Silent Silver Sly Snowy
Spry Steady Sunny Swift Tidy Warm Wise Witty Young Zesty
"""
_ENGLISH_ANIMALS = """
Badger Bear Beaver Bee Crane Cricket Deer Dolphin Dove Dragon Duck Eagle Falcon Ferret Finch Firefly Fox Frog
Gecko Goose Hare Hawk Hedgehog Heron Horse Ibis Jay Kite Koala Lark Lemur Lion Lizard Lynx Magpie Marten Mole
Moose Moth Newt Otter Owl Panda Pigeon Pony Puffin Rabbit Raven Robin Salmon Seal Sparrow Squirrel Stork
Swallow Swan Tiger Toad Trout Turtle Walrus Weasel Whale Wren
"""
_KOREAN_QUALITIES = """
고운 귀여운 기쁜 기특한 깊은 날쌘 넉넉한 느긋한 다정한 단단한 당당한 대담한 든든한 따뜻한 똑똑한 맑은 멋진 명랑한
밝은 부지런한 빛나는 빠른 산뜻한 상냥한 새로운 성실한 소중한 수줍은 슬기로운 시원한 신나는 씩씩한 아늑한 야무진
엉뚱한 여유로운 열렬한 예리한 용감한 유쾌한 은은한 의젓한 재빠른 점잖은 정겨운 조용한 즐거운 차분한 착한 친절한
침착한 쾌활한 튼튼한 편안한 포근한 푸른 푸근한 한가한 향기로운 호쾌한 환한 활기찬 훈훈한 힘찬
"""
_KOREAN_ANIMALS = """
가재 갈매기 강아지 개구리 거북 고니 고래 고슴도치 고양이 곰 금붕어 기러기 기린 까치 꾀꼬리 꿀벌 나비 너구리 노루
다람쥐 달팽이 담비 독수리 돌고래 두꺼비 두더지 두루미 딱따구리 말 매 메뚜기 무당벌레 물개 물총새 반딧불이 백로
뱀장어 범 부엉이 비둘기 사슴 산양 삵 소쩍새 솔개 수달 숭어 앵무새 여우 연어 염소 올빼미 용 원숭이 잉어 자라
잠자리 제비 족제비 종달새 참새 청설모 토끼 펭귄
"""
_WORDS = {
    "en": (_ENGLISH_QUALITIES.split(), _ENGLISH_ANIMALS.split()),
    "ko": (_KOREAN_QUALITIES.split(), _KOREAN_ANIMALS.split()),
}


def guest_name(language: str) -> str:
    """Two friendly words in `language` (a code such as "ko" or "en-gb"; English where there are no lists)."""
    qualities, animals = _WORDS.get(language.partition("-")[0], _WORDS["en"])
    return f"{secrets.choice(qualities)} {secrets.choice(animals)}"


def clean(name: str) -> str:
    """`name` as it is kept: composed (NFC), outer spaces gone, inner ones single. Raises ServiceError("bad_name")."""
    if any(_refused(character) for character in name) or _stacks(name):
        raise ServiceError("bad_name", _("This name holds characters that cannot be shown; use letters and digits."))
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not SHORTEST <= len(name) <= LONGEST:
        raise ServiceError(
            "bad_name",
            _("A name has %(shortest)d to %(longest)d characters; choose another one.")
            % {"shortest": SHORTEST, "longest": LONGEST},
        )
    if not any(unicodedata.category(character)[0] in "LN" for character in name):
        raise ServiceError("bad_name", _("A name needs at least one letter or digit; choose another one."))
    if not skeleton(name) or max(map(len, lookalikes.keys(name))) > lookalikes.LONGEST:
        raise ServiceError("bad_name", _("This name holds characters that cannot be shown; use letters and digits."))
    _refuse_claimed(name)
    return name


def _refuse_claimed(name: str) -> None:
    unnumbered = unicodedata.normalize("NFKC", name)
    while unnumbered and (unnumbered[-1].isspace() or unicodedata.category(unnumbered[-1]) == "Nd"):
        unnumbered = unnumbered[:-1]
    if skeleton(unnumbered) in _reserved() or skeleton(name) in _reserved():
        raise ServiceError("bad_name", _("This name is kept for the house; choose another one."))
    anywhere, alone = _forbidden(tuple(settings.FORBIDDEN_NAMES))
    whole = skeleton(name)
    words = {skeleton(word) for word in _words(name)} | {whole, skeleton(unnumbered)}
    if words & alone or any(one in whole for one in anywhere):
        raise ServiceError("bad_name", _("This name would hurt others; choose another one."))


@cache
def _reserved() -> frozenset[str]:
    return frozenset(map(skeleton, _RESERVED.split()))


@cache
def _forbidden(lines: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
    """What is forbidden anywhere in a name (`*word*`), and what is forbidden as a word or as the whole name."""
    anywhere = frozenset(skeleton(line) for line in lines if line.startswith("*"))
    return anywhere, frozenset(skeleton(line) for line in lines if not line.startswith("*"))


def _words(name: str) -> Iterable[str]:
    return "".join(one if unicodedata.category(one)[0] in "LMN" else " " for one in name).split()


def _refused(character: str) -> bool:
    return unicodedata.category(character) in _REFUSED_CATEGORIES or character in _BLANK


def _stacks(name: str) -> bool:
    marks = "".join("M" if unicodedata.category(one)[0] == "M" else "-" for one in unicodedata.normalize("NFC", name))
    return "M" * (STACKED + 1) in marks
