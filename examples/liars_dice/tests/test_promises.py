"""What every game promises: the laws, and that old matches fold to the same end as ever."""

from pathlib import Path

from games.testing import assert_golden, assert_keeps_laws

from madang_liars_dice.rules import LiarsDice


def test_it_keeps_every_law() -> None:
    assert_keeps_laws(LiarsDice())


def test_its_golden_record_folds_to_the_same_end() -> None:
    assert_golden(LiarsDice(), Path(__file__).parent / "golden")
