"""No pages: only the WebSocket is measured."""

from __future__ import annotations

urlpatterns: list[object] = []
