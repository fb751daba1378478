"""The empty Word package that every document starts from, made here part by part.

In: nothing. Out: the bytes of a DOCX with an empty body, the settings and no styles yet. python-docx's own template is
not used: validators refuse it (a zoom without percent, a stale copy of the styles, an undefined comment style).
"""

from __future__ import annotations

import io
import zipfile
from functools import cache

from contractgen.writers._word_zip import zipped

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DOCUMENT = "application/vnd.openxmlformats-officedocument"
_WORD = f"{_DOCUMENT}.wordprocessingml"
_LINKED = ("styles", "settings", "numbering", "fontTable")
_THEME = "theme/theme1"
_THEME_COLORS = {"dk1": "000000", "lt1": "FFFFFF", "lt2": "E7E6E6"}
_COMPATIBILITY = {
    # 15: Word lays the page out as Word 2013 and later do, without a "compatibility mode" in its title bar
    "compatibilityMode": "15",
    "overrideTableStyleFontSizeAndJustification": "1",
    "enableOpenTypeFeatures": "1",
    "doNotFlipMirrorIndents": "1",
    "differentiateMultirowTableHeaders": "1",
}


def _settings() -> str:
    compatibility = "".join(
        f'<w:compatSetting w:name="{name}" w:uri="http://schemas.microsoft.com/office/word" w:val="{value}"/>'
        for name, value in _COMPATIBILITY.items()
    )
    return (
        f'<w:settings xmlns:w="{_W}"><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/>'
        '<w:characterSpacingControl w:val="doNotCompress"/>'
        f"<w:compat>{compatibility}</w:compat>"
        '<w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>'
    )


def _theme() -> str:
    """Return the smallest theme that the schema allows: validators ask for one, our styles never refer to it."""
    fill = '<a:solidFill><a:schemeClr val="phClr"/></a:solidFill>'
    slots = ("dk1", "lt1", "dk2", "lt2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
    colors = "".join(f'<a:{slot}><a:srgbClr val="{_THEME_COLORS.get(slot, "44546A")}"/></a:{slot}>' for slot in slots)
    line = f"<a:ln>{fill}</a:ln>"
    typefaces = '<a:latin typeface="Arial"/><a:ea typeface=""/><a:cs typeface=""/>'
    effect = "<a:effectStyle><a:effectLst/></a:effectStyle>"
    return (
        '<a:theme xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" name="House"><a:themeElements>'
        f'<a:clrScheme name="House">{colors}</a:clrScheme><a:fontScheme name="House">'
        f"<a:majorFont>{typefaces}</a:majorFont><a:minorFont>{typefaces}</a:minorFont></a:fontScheme>"
        f'<a:fmtScheme name="House"><a:fillStyleLst>{fill * 3}</a:fillStyleLst>'
        f"<a:lnStyleLst>{line * 3}</a:lnStyleLst><a:effectStyleLst>{effect * 3}</a:effectStyleLst>"
        f"<a:bgFillStyleLst>{fill * 3}</a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>"
    )


def _relations(targets: dict[str, str]) -> str:
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets.items(), 1)
    )
    return f'<Relationships xmlns="{_RELATIONS}">{rows}</Relationships>'


def _content_types() -> str:
    rows = "".join(
        f'<Override PartName="/word/{part}.xml" ContentType="{_WORD}.{kind}+xml"/>'
        for part, kind in {"document": "document.main", **{name: name for name in _LINKED}}.items()
    )
    rows += f'<Override PartName="/word/{_THEME}.xml" ContentType="{_DOCUMENT}.theme+xml"/>'
    return (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{rows}</Types>'
    )


@cache
def base_package() -> bytes:
    """Return the bytes of the empty package."""
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations({"officeDocument": "word/document.xml"}),
        "word/_rels/document.xml.rels": _relations(
            {**{name: f"{name}.xml" for name in _LINKED}, "theme": f"{_THEME}.xml"}
        ),
        "word/document.xml": (
            f'<w:document xmlns:w="{_W}" xmlns:r="{_OFFICE}"><w:body><w:sectPr/></w:body></w:document>'
        ),
        "word/styles.xml": f'<w:styles xmlns:w="{_W}"/>',
        "word/settings.xml": _settings(),
        "word/numbering.xml": f'<w:numbering xmlns:w="{_W}"/>',
        "word/fontTable.xml": f'<w:fonts xmlns:w="{_W}"/>',
        f"word/{_THEME}.xml": _theme(),
    }
    return zipped({name: (_HEAD + content).encode() for name, content in parts.items()})


def unpacked(package: bytes) -> dict[str, bytes]:
    """Return the parts of ``package`` in alphabetical order."""
    with zipfile.ZipFile(io.BytesIO(package)) as source:
        return {name: source.read(name) for name in sorted(source.namelist())}
