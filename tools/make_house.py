"""Makes the example house files fixtures/house/{ko,fa,en}.docx: the letterhead of an invented software group.

In: nothing but this file. Out: three Word files as an office would have them, each different where offices differ: the
Korean one has style ids of a Korean Word and a grid, the Persian one a header and no footer, the English one Letter
paper and a first page of its own. The logo is drawn here. Run it again after a change: python tools/make_house.py
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw

from contractgen.writers._word_base import base_package

FOLDER = Path(__file__).parents[1] / "fixtures" / "house"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
GREEN, OCHRE, INK = "1F5D4C", "C4892B", "22312C"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)
EMU_PER_MM = 36000


@dataclass(frozen=True)
class Look:
    """What differs between the offices. Sizes in half-points, ``page`` as pgSz and pgMar have it."""

    name: str
    address: str
    latin: str
    asian: str
    complex: str
    language: str
    ids: dict[str, str]
    page: str
    rtl: bool = False
    first_page: bool = False
    footer: tuple[str, str, str] | None = None
    title: str = ""


ENGLISH_IDS = {
    "Normal": "Normal", "heading 1": "Heading1", "heading 2": "Heading2", "Title": "Title", "header": "Header",
    "footer": "Footer", "Body Text": "BodyText", "Clause Heading": "ClauseHeading", "caption": "Caption",
    "Strong": "Strong", "Table Header": "TableHeader", "Table Cell": "TableCell", "Office Note": "OfficeNote",
}  # fmt: skip
KOREAN_IDS = ENGLISH_IDS | {
    "Normal": "a", "heading 1": "1", "heading 2": "2", "Title": "a3", "header": "a4", "footer": "a5", "caption": "a6",
    "Strong": "a7",
}  # fmt: skip
LOOKS = {
    "ko": Look(
        "아요텍스 소프트웨어 그룹",
        "이란 테헤란 · support@ayotex.example",
        "Georgia",
        "바탕",
        "Arial",
        '<w:lang w:val="en-US" w:eastAsia="ko-KR" w:bidi="ar-SA"/>',
        KOREAN_IDS,
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1928" w:right="1418" w:bottom="1588" w:left="1418" '
        'w:header="737" w:footer="680" w:gutter="0"/><w:cols w:space="425"/>'
        '<w:docGrid w:type="lines" w:linePitch="312"/>',
        footer=("", " / ", " 쪽"),
    ),
    "fa": Look(
        "گروه نرم‌افزاری آیوتکس",
        "تهران · support@ayotex.example",
        "Georgia",
        "바탕",
        "Times New Roman",
        '<w:lang w:val="en-US" w:eastAsia="ko-KR" w:bidi="fa-IR"/>',
        ENGLISH_IDS,
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="2098" w:right="1304" w:bottom="1418" w:left="1304" '
        'w:header="680" w:footer="680" w:gutter="0"/><w:cols w:space="720"/><w:bidi/>',
        rtl=True,
    ),
    "en": Look(
        "Ayotex Software Group",
        "Tehran · support@ayotex.example",
        "Georgia",
        "바탕",
        "Arial",
        '<w:lang w:val="en-US" w:eastAsia="ko-KR" w:bidi="fa-IR"/>',
        ENGLISH_IDS,
        '<w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1701" w:right="1440" w:bottom="1440" w:left="1440" '
        'w:header="720" w:footer="720" w:gutter="0"/><w:cols w:space="720"/>',
        first_page=True,
        footer=("Page ", " of ", ""),
    ),
}


def logo() -> bytes:
    """Draw the logo: an A of two strokes in a rounded square, four times too large and then made small."""
    side, scale = 128, 4
    image = Image.new("RGB", (side * scale, side * scale), "white")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 0, side * scale - 1, side * scale - 1), 26 * scale, fill=f"#{GREEN}")
    peak, foot, width = (64 * scale, 26 * scale), 102 * scale, 13 * scale
    draw.line((peak, (32 * scale, foot)), fill="white", width=width)
    draw.line((peak, (96 * scale, foot)), fill="white", width=width)
    draw.ellipse((52 * scale, 66 * scale, 76 * scale, 90 * scale), fill=f"#{OCHRE}")
    buffer = io.BytesIO()
    image.resize((side, side), Image.Resampling.LANCZOS).save(buffer, "PNG")
    return buffer.getvalue()


def picture(identity: str, millimetres: float, number: int) -> str:
    """Return a run with the logo."""
    size = f'cx="{round(millimetres * EMU_PER_MM)}" cy="{round(millimetres * EMU_PER_MM)}"'
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent {size}/><wp:docPr id="{number}" name="Logo" descr="Ayotex"/>'
        f'<a:graphic xmlns:a="{DRAWING}/main"><a:graphicData uri="{DRAWING}/picture">'
        f'<pic:pic xmlns:pic="{DRAWING}/picture"><pic:nvPicPr><pic:cNvPr id="1" name="logo.png"/><pic:cNvPicPr/>'
        f'</pic:nvPicPr><pic:blipFill><a:blip r:embed="{identity}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
        "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def words(text: str, look: Look, letters: str = "") -> str:
    """Return a run; Persian words are marked as such, an address stays from left to right."""
    rtl = "<w:rtl/>" if look.rtl and not text.isascii() else ""
    inner = f"{letters}{rtl}"
    properties = f"<w:rPr>{inner}</w:rPr>" if inner else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>' if text else ""


def field(name: str) -> str:
    """Return a field that Word works out."""
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve"> {name} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def paragraph(style: str, content: str, look: Look, more: str = "") -> str:
    """Return a paragraph in a named style."""
    bidi = "<w:bidi/>" if look.rtl else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{look.ids[style]}"/>{bidi}{more}</w:pPr>{content}</w:p>'


def large_header(look: Look) -> str:
    """Return the letterhead: logo, name, address."""
    bold = f'<w:b/><w:bCs/><w:color w:val="{GREEN}"/><w:sz w:val="26"/><w:szCs w:val="26"/>'
    small = '<w:sz w:val="16"/><w:szCs w:val="16"/>'
    place, _, mail = look.address.partition(" · ")
    content = picture("rId1", 11, 1) + words("  ", look) + words(look.name, look, bold)
    content += "<w:r><w:tab/></w:r>" + words(f"{place} · ", look, small) + words(mail, look, small)
    return paragraph("header", content, look)


def small_header(look: Look) -> str:
    """Return the header of later pages."""
    return paragraph("header", picture("rId1", 5, 2) + words(f"  {look.name}", look), look)


def footer(look: Look) -> str:
    """Return the footer: name and page numbers."""
    before, between, after = look.footer or ("", "", "")
    content = words(look.name, look) + "<w:r><w:tab/></w:r>" + words(before, look) + field("PAGE")
    content += words(between, look) + field("NUMPAGES") + words(after, look)
    return paragraph("footer", content, look)


def style(look: Look, name: str, lines: str = "", letters: str = "", kind: str = "paragraph") -> str:
    """Return a style of the office."""
    base = "" if name == "Normal" else f'<w:basedOn w:val="{look.ids["Normal"]}"/>' if kind == "paragraph" else ""
    default = ' w:default="1"' if name == "Normal" else ""
    return (
        f'<w:style w:type="{kind}"{default} w:styleId="{look.ids[name]}"><w:name w:val="{name}"/>'
        f"{base}<w:qFormat/>"
        + (f"<w:pPr>{lines}</w:pPr>" if lines else "")
        + (f"<w:rPr>{letters}</w:rPr>" if letters else "")
        + "</w:style>"
    )


def size(half_points: int) -> str:
    """Return a size for Latin and complex letters."""
    return f'<w:sz w:val="{half_points}"/><w:szCs w:val="{half_points}"/>'


def styles(look: Look) -> str:
    """Return the styles part."""
    bidi = "<w:bidi/>" if look.rtl else ""
    bold, green = "<w:b/><w:bCs/>", f'<w:color w:val="{GREEN}"/>'
    width = 11906 - 1418 * 2 if look.ids is KOREAN_IDS else 11906 - 1304 * 2 if look.rtl else 12240 - 1440 * 2
    tabs = f'<w:tabs><w:tab w:val="right" w:pos="{width}"/></w:tabs>'
    level = '<w:outlineLvl w:val="{}"/>'
    rule = '<w:pBdr><w:{0} w:val="single" w:sz="{1}" w:space="6" w:color="{2}"/></w:pBdr>'
    fonts = f'w:ascii="{look.latin}" w:hAnsi="{look.latin}" w:eastAsia="{look.asian}" w:cs="{look.complex}"'

    def spaced(before: int, after: int) -> str:
        return f'<w:spacing w:before="{before}" w:after="{after}"/>'

    heading = f"<w:keepNext/>{bidi}"
    caption = f'<w:color w:val="{OCHRE}"/>{size(19)}'
    made = [
        style(look, "Normal", bidi),
        style(look, "Title", f"{rule.format('bottom', 12, OCHRE)}{bidi}{spaced(240, 120)}", f"{bold}{green}{size(44)}"),
        style(look, "heading 1", f"{heading}{spaced(320, 120)}{level.format(0)}", f"{bold}{green}{size(30)}"),
        style(look, "heading 2", f"{heading}{spaced(240, 80)}{level.format(1)}", f"{bold}{green}{size(25)}"),
        style(look, "Clause Heading", f"{heading}{spaced(260, 80)}", f"{bold}{green}{size(24)}"),
        style(look, "Body Text", f'{bidi}<w:spacing w:after="140" w:line="300" w:lineRule="auto"/>'),
        style(look, "caption", f"{heading}{spaced(200, 60)}", caption),
        style(look, "Table Header", heading, f"{bold}{green}{size(18)}"),
        style(look, "Table Cell", bidi, size(18)),
        style(look, "Office Note", f'<w:numPr><w:numId w:val="1"/></w:numPr>{bidi}', size(18)),
        style(look, "header", f"{rule.format('bottom', 8, GREEN)}{tabs}{bidi}", size(18)),
        style(look, "footer", f"{rule.format('top', 4, OCHRE)}{tabs}{bidi}", f'<w:color w:val="5F6B66"/>{size(16)}'),
        style(look, "Strong", "", f"{bold}{green}", "character"),
    ]
    return (
        f'<w:styles xmlns:w="{W}"><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts {fonts}/>'
        f'<w:color w:val="{INK}"/>{size(21)}{look.language}</w:rPr></w:rPrDefault><w:pPrDefault><w:pPr>'
        '<w:spacing w:after="0" w:line="276" w:lineRule="auto"/></w:pPr></w:pPrDefault></w:docDefaults>'
        f"{''.join(made)}</w:styles>"
    )


def numbering() -> str:
    """Return the numbering part: the list of the office notes."""
    return (
        f'<w:numbering xmlns:w="{W}"><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/>'
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:pStyle w:val="OfficeNote"/>'
        '<w:lvlText w:val="(%1)"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="425" w:hanging="425"/></w:pPr></w:lvl>'
        '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
    )


def theme() -> str:
    """Return the theme that our own documents have: the styles here name their fonts and colours themselves."""
    with zipfile.ZipFile(io.BytesIO(base_package())) as package:
        return package.read("word/theme/theme1.xml").decode().removeprefix(HEAD)


def relations(rows: list[tuple[str, str]]) -> str:
    """Return a part of relationships."""
    inner = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(rows, 1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{inner}</Relationships>'


def house(look: Look) -> bytes:
    """Return the Word file of one office."""
    space = f'xmlns:w="{W}" xmlns:r="{OFFICE}" xmlns:wp="{DRAWING}/wordprocessingDrawing"'
    running = [("header", "default", small_header(look) if look.first_page else large_header(look))]
    running += [("header", "first", large_header(look))] if look.first_page else []
    if look.footer:
        turns = ("default", "first") if look.first_page else ("default",)
        running += [("footer", turn, footer(look)) for turn in turns]
    tags = {"header": "hdr", "footer": "ftr"}
    names = [f"{kind}{number}.xml" for number, (kind, _, _) in enumerate(running, 1)]
    ties = [("styles", "styles.xml"), ("settings", "settings.xml"), ("numbering", "numbering.xml")]
    ties += [("fontTable", "fontTable.xml"), ("theme", "theme/theme1.xml")]
    ties += [(kind, name) for (kind, _, _), name in zip(running, names, strict=True)]
    references = "".join(
        f'<w:{kind}Reference w:type="{turn}" r:id="rId{number}"/>' for number, (kind, turn, _) in enumerate(running, 6)
    )
    title = "<w:titlePg/>" if look.first_page else ""
    before, mark, after = look.page.partition("<w:bidi/>" if look.rtl else "<w:docGrid")
    section = f"<w:sectPr>{references}{before}{title}{mark}{after}</w:sectPr>"
    body = paragraph("Body Text", words(look.name, look), look)
    contents = [("document.xml", "document.main"), ("settings.xml", "settings"), ("fontTable.xml", "fontTable")]
    contents += [("styles.xml", "styles"), ("numbering.xml", "numbering")]
    contents += [(name, kind) for name, (kind, _, _) in zip(names, running, strict=True)]
    overrides = "".join(
        f'<Override PartName="/word/{name}" ContentType="{WORD}.{kind}+xml"/>' for name, kind in contents
    )
    overrides += (
        '<Override PartName="/word/theme/theme1.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.theme+xml"/>'
    )
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="png" ContentType="image/png"/>'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
        ),
        "_rels/.rels": relations([("officeDocument", "word/document.xml")]),
        "word/_rels/document.xml.rels": relations(ties),
        "word/document.xml": f"<w:document {space}><w:body>{body}{section}</w:body></w:document>",
        "word/styles.xml": styles(look),
        "word/settings.xml": f'<w:settings xmlns:w="{W}"><w:zoom w:percent="100"/></w:settings>',
        "word/numbering.xml": numbering(),
        "word/fontTable.xml": f'<w:fonts xmlns:w="{W}"><w:font w:name="{look.asian}"/></w:fonts>',
        "word/theme/theme1.xml": theme(),
    }
    for name, (kind, _, content) in zip(names, running, strict=True):
        parts[f"word/{name}"] = f"<w:{tags[kind]} {space}>{content}</w:{tags[kind]}>"
        if kind == "header":
            parts[f"word/_rels/{name}.rels"] = relations([("image", "media/logo.png")])
    return packed({name: (HEAD + text).encode() for name, text in parts.items()} | {"word/media/logo.png": logo()})


def packed(parts: dict[str, bytes]) -> bytes:
    """Pack parts under one fixed date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, FIXED_TIME), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def main() -> None:
    """Write the three files."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for locale, look in LOOKS.items():
        path = FOLDER / f"{locale}.docx"
        path.write_bytes(house(look))
        print(path)


if __name__ == "__main__":
    main()
