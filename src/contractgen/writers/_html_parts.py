"""Attachments in a web page: each a script block that no browser runs, because its type is none of a script.

In: the tree's attachments. Out: markup. JSON stands in the block as text, each ``<`` in it as an
escape that JSON reads as the same letter and HTML as no tag; other bytes are base64.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

from markupsafe import escape

from contractgen.attachments import Attachment

_NO_TAG = "\\u003c"


def script_blocks(attachments: Iterable[Attachment]) -> str:
    """Return a script block for each attachment; its id is the attachment's name."""
    return "".join(_block(item) for item in attachments)


def _block(item: Attachment) -> str:
    named = f'type="{escape(item.media_type)}" id="{escape(item.name)}"'
    if item.is_json:
        return f"<script {named}>{json_text(item.content.decode())}</script>\n"
    return f'<script {named} data-encoding="base64">{base64.b64encode(item.content).decode()}</script>\n'


def json_text(text: str) -> str:
    """Return JSON as it stands in a script block."""
    return text.replace("<", _NO_TAG)
