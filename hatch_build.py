"""What a package index shows: the README, with links that lead somewhere from there."""

import re
from pathlib import Path

from hatchling.metadata.plugin.interface import MetadataHookInterface

#: A link or an image of Markdown whose target is a file beside the README.
RELATIVE = re.compile(r"(!?)\[([^\]]*)\]\((?![a-z]+:|#)([^)\s]+)\)")


def for_an_index(text: str, source: str | None) -> str:
    """Return a page with links that do not depend on where it stands.

    Parameters
    ----------
    text : str
        The page, in Markdown.

    source : str or None
        Where the files beside it can be read, the address of ``blob/main`` for example. None
        turns links into their text, and leaves images out.

    Returns
    -------
    str
        The page.
    """

    def replaced(match: re.Match) -> str:
        mark, words, target = match.groups()
        if source is None:
            return "" if mark else words
        return f"{mark}[{words}]({source.rstrip('/')}/{target})"

    return RELATIVE.sub(replaced, text)


class ReadmeHook(MetadataHookInterface):
    """Give the README as the package's description."""

    def update(self, metadata: dict) -> None:
        """Fill in ``readme``; ``urls.Source`` in pyproject.toml says where files can be read."""
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        source = metadata.get("urls", {}).get("Source")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": for_an_index(text, source),
        }
