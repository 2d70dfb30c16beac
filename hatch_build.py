"""Build hook of the wheel: compiles the catalogues, and puts pages, static files and catalogues into `gameserver`.

Run by hatchling. In a checkout these folders stand at the top, where authors look for them; in an installed wheel they
must not lie about in site-packages under names as common as `static`.
"""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PackageFolders(BuildHookInterface[Any]):
    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        for folder in ("templates", "static", "locale"):
            for path in sorted((root / folder).rglob("*")):
                if path.is_file() and path.suffix not in (".po", ".pot", ".mo"):
                    build_data["force_include"][str(path)] = f"gameserver/{path.relative_to(root)}"
        for po in sorted((root / "locale").glob("*/LC_MESSAGES/*.po")):
            mo = self._compiled(po, root)
            build_data["force_include"][str(mo)] = f"gameserver/{po.relative_to(root).with_suffix('.mo')}"

    def _compiled(self, po: Path, root: Path) -> Path:
        mo = root / "build" / po.relative_to(root).with_suffix(".mo")
        mo.parent.mkdir(parents=True, exist_ok=True)
        with po.open("rb") as source, mo.open("wb") as target:
            write_mo(target, read_po(source))
        return mo
