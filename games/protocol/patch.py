"""The one form of a patch: JSON Merge Patch (RFC 7396), and a member `k+` that appends its items to the array `k`.

Views are told as patches to the view before. The SDK applies the same form; both run the cases in
`tests/protocol/patch_cases.json`. Values are plain JSON: dicts with string keys, lists or tuples, strings, integers,
booleans, None. Nothing here changes an argument.
"""

from __future__ import annotations

from typing import Any, TypeGuard

import msgspec

APPEND = "+"

_encode = msgspec.json.Encoder().encode


class Misfit(ValueError):
    """A patch that cannot have been made for this view: it appends something to what is no array."""


def apply(view: Any, patch: Any) -> Any:
    """The view after `patch`.

    A patch that is no object replaces the view. In an object, None removes a member, and any other value is a patch to
    that member. After these, each member `k+` appends its items to the array `k`; absent is empty. Raises `Misfit`.
    """
    if not isinstance(patch, dict):
        return patch
    result = dict(view) if isinstance(view, dict) else {}
    for key, change in patch.items():
        if key.endswith(APPEND):
            continue
        if change is None:
            result.pop(key, None)
        else:
            result[key] = apply(result.get(key), change)
    for key, items in patch.items():
        if key.endswith(APPEND):
            result[key[:-1]] = _appended(result.get(key[:-1], []), items)
    return result


def diff(old: Any, new: Any) -> dict[str, Any] | None:
    """A patch with `apply(old, patch) == new`; None where this form has none, so that the whole view is sent.

    It has none where either view is no object, where a member that changes becomes None (a patch would remove it), and
    where the name of a member that changes ends in `+`. An array that only grew is appended to, any other replaced.
    """
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return None
    try:
        return _changed(old, new)
    except _Inexpressible:
        return None


class _Inexpressible(Exception):
    """Raised within `diff` where no patch can say the change."""


def _appended(array: Any, items: Any) -> list[Any]:
    if not (_is_array(array) and _is_array(items)):
        raise Misfit("A patch appends to something that is not an array.")
    return [*array, *items]


def _changed(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """The members that differ, each as what `apply` needs to make the new one of the old one."""
    patch: dict[str, Any] = {}
    for key in old:
        if key not in new:
            patch[_sayable(key)] = None
    for key, value in new.items():
        before = old.get(key)
        if key in old and _same(before, value):
            continue
        if grown := _grown(before, value):
            patch[_sayable(key) + APPEND] = grown
        else:
            patch[_sayable(key)] = _made(before, value)
    return patch


def _made(before: Any, value: Any) -> Any:
    """What makes `value` of `before`: an object is merged, whether or not there was one; all else stands for itself."""
    if isinstance(value, dict):
        return _changed(before if isinstance(before, dict) else {}, value)
    if value is None:
        raise _Inexpressible
    return value


def _sayable(key: str) -> str:
    if key.endswith(APPEND):
        raise _Inexpressible
    return key


def _grown(before: Any, value: Any) -> list[Any]:
    """What the array `value` has after all of the array `before`. Nothing after an empty one: replacing is as short."""
    if not (_is_array(before) and _is_array(value) and before):
        return []
    return list(value[len(before) :]) if _same(before, value[: len(before)]) else []


def _same(one: Any, other: Any) -> bool:
    """Equal as JSON. In Python `True == 1`; objects that differ only in the order of members may count as different."""
    return one is other or _encode(one) == _encode(other)


def _is_array(value: Any) -> TypeGuard[list[Any] | tuple[Any, ...]]:
    return isinstance(value, list | tuple)
