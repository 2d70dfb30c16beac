"""Patches: the shared table of cases, and the law that applying a difference gives the new view."""

import copy
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.protocol.patch import Misfit, apply, diff

CASES = json.loads(Path(__file__).with_name("patch_cases.json").read_text())
# Short names that meet often, some ending in +, so that drawn views share members and hit every exception.
NAMES = st.sampled_from(["a", "b", "c", "", "a+", "+"])
SCALARS = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "x"])
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
OBJECTS = st.dictionaries(NAMES, VALUES, max_size=4)
# What games show: no null among members, no name that ends in +.
SAYABLE = st.dictionaries(
    st.sampled_from("abcd"),
    st.recursive(
        st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "x"]),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
        max_leaves=12,
    ),
    max_size=4,
)


def as_json(value: Any) -> str:
    """Equal as JSON, where `True` is not `1`."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_shared_table_holds(case: dict[str, Any]) -> None:
    view, patch = copy.deepcopy(case["view"]), copy.deepcopy(case["patch"])
    if case.get("misfit"):
        with pytest.raises(Misfit):
            apply(view, patch)
    else:
        assert as_json(apply(view, patch)) == as_json(case["result"])
    assert (view, patch) == (case["view"], case["patch"])


@given(old=VALUES, new=VALUES)
def test_applying_a_difference_gives_the_new_view(old: Any, new: Any) -> None:
    patch = diff(old, new)
    if patch is not None:
        assert as_json(apply(old, json.loads(json.dumps(patch)))) == as_json(new)


@given(old=SAYABLE, new=SAYABLE)
def test_views_without_null_and_plus_always_have_a_patch(old: Any, new: Any) -> None:
    patch = diff(old, new)
    assert patch is not None
    assert as_json(apply(old, patch)) == as_json(new)


@given(old=OBJECTS)
def test_nothing_changed_is_an_empty_patch(old: Any) -> None:
    assert diff(old, copy.deepcopy(old)) == {}


@given(old=OBJECTS, new=OBJECTS)
def test_no_argument_is_changed(old: Any, new: Any) -> None:
    before = as_json([old, new])
    patch = diff(old, new)
    if patch is not None:
        apply(old, patch)
    assert as_json([old, new]) == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": 1}, {"a": None}),
        ({}, {"a": None}),
        ({}, {"a": {"b": None}}),
        ({}, {"a+": 1}),
        ({"a+": 1}, {}),
        ({"a+": [1]}, {"a+": [1, 2]}),
        ([1], [1, 2]),
        ({}, [1]),
        ([1], {}),
        ({"a": 1}, None),
    ],
)
def test_what_no_patch_can_say_is_left_to_the_whole_view(old: Any, new: Any) -> None:
    assert diff(old, new) is None


def test_an_array_that_grew_is_appended_to() -> None:
    assert diff({"log": [1, 2], "x": 1}, {"log": [1, 2, 3], "x": 1}) == {"log+": [3]}


def test_an_array_that_changed_is_replaced() -> None:
    assert diff({"log": [1, 2]}, {"log": [1, 3]}) == {"log": [1, 3]}
    assert diff({"log": [1, 2]}, {"log": [1]}) == {"log": [1]}
    assert diff({"log": []}, {"log": [1]}) == {"log": [1]}


def test_true_is_not_taken_for_one() -> None:
    assert diff({"a": 1, "b": [1]}, {"a": True, "b": [True, 2]}) == {"a": True, "b": [True, 2]}


def test_a_null_that_stays_needs_no_word() -> None:
    assert diff({"a": None, "b": 1}, {"a": None, "b": 2}) == {"b": 2}


def test_views_with_tuples_differ_like_their_json() -> None:
    old = msgspec.to_builtins({"log": (1, 2), "board": ("a",)})
    assert diff(old, {"log": (1, 2, 3), "board": ("a",)}) == {"log+": [3]}
