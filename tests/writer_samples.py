"""Documents built by hand for the tests of writers: a letter and an agreement in each language, every node type.

``letter(language)`` and ``agreement(language)`` give a numbered ``Document``; ``SAMPLES`` gives all of them by name.
The words are samples and no contract; the values are right for their language.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from contractgen.errors import Place
from contractgen.tree import (
    Block,
    BulletItem,
    Clause,
    Column,
    Digits,
    Direction,
    Document,
    Emphasis,
    Heading,
    Inline,
    Inlines,
    KeyValues,
    Letterhead,
    LineBreak,
    Metadata,
    NumberedItem,
    PageBreak,
    PageCount,
    PageNumber,
    Paragraph,
    Reference,
    Row,
    Signatory,
    Signatures,
    Strong,
    Table,
    Text,
    Value,
)
from contractgen.values import Cause, Kind, Origin

LANGUAGES = ("ko", "fa", "en")
ITEM_COUNT = 60
HARD_NAME = "R&D <Seoul> # 1. *Acme*"
"""A name that is markup in four languages, and must stay words in every format."""


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    direction: Direction
    digits: Digits
    labels: tuple[str, str, str]
    clause: str
    money: str
    sender: str
    customer: str
    address: str
    keys: tuple[str, str, str, str]
    day: str
    page: tuple[str, str, str]
    dear: str
    subject: str
    body: tuple[str, str, str]
    items: tuple[str, str, str]
    price: tuple[str, str, str, str, str, str]
    services: tuple[str, ...]
    tiers: tuple[str, str, str, str]
    yes_no: tuple[str, str]
    close: str
    note: str
    sign: tuple[str, str, str]
    title: str
    heads: tuple[str, str, str]
    clauses: tuple[str, str, str]
    see: tuple[str, str]
    emphasis: tuple[str, str]


WORDS = {
    "ko": Words(
        direction="ltr",
        digits="latn",
        labels=("①", "1.", "가."),
        clause="제{}조",
        money="{}원",
        sender="예시소프트웨어코리아 주식회사",
        customer="주식회사 한빛예시전자",
        address="서울특별시 중구 예시대로 100, 12층",
        keys=("문서번호", "작성일", "계약", "전화"),
        day="2026년 3월 2일",
        page=("쪽 ", " / ", ""),
        dear="담당자 귀하",
        subject="유지보수 계약 갱신 견적 안내",
        body=(
            "귀사의 소프트웨어 유지보수 계약이 ",
            (
                "에 끝납니다. 아래 금액과 조건으로 갱신하실 수 있음을 알려 드리며, 계약이 끝나기 전에 회신하여 주시면 "
                "지원이 끊기지 않고 이어집니다. 갱신하지 않으시면 기술지원과 새 판의 제공이 중단됩니다."
            ),
            "는 위 기간 안에 서면으로 회신합니다.",
        ),
        items=(
            "고객은 업무시간 안에 전화와 전자우편으로 기술지원을 받을 수 있으며 접수된 요청은 심각도에 따라 처리됩니다",
            "심각도가 가장 높은 요청은 접수 후 정해진 시간 안에 응답합니다",
            "응답시간은 근무시간으로 셉니다",
        ),
        price=("품목", "수량", "단가", "금액", "소계", "합계 (부가가치세 별도)"),
        services=("기본 유지보수", "확장 기술지원", "현장 방문", "교육"),
        tiers=("항목", "기본", "표준", "최상"),
        yes_no=("포함", "—"),
        close="감사합니다.",
        note="이 견적은 작성일부터 유효합니다. 자세한 조건은 계약서를 따릅니다.",
        sign=("대표자", "서명", "날짜"),
        title="서비스 정의서",
        heads=("서비스의 범위", "지원 수준", "부속 목록"),
        clauses=("목적", "지원의 범위", "대금의 지급"),
        see=("자세한 것은 ", "를 봅니다."),
        emphasis=("반드시", "서면으로"),
    ),
    "fa": Words(
        direction="rtl",
        digits="arabext",
        labels=("۱.", "الف.", "۱)"),
        clause="ماده {}",
        money="{} ریال",
        sender="شرکت نرم‌افزاری نمونه (سهامی خاص)",
        customer="شرکت صنایع الکترونیک نمونه",
        address="تهران، خیابان نمونه، پلاک ۱۰۰، طبقه ۱۲",
        keys=("شماره", "تاریخ", "قرارداد", "تلفن"),
        day="۱۱ اسفند ۱۴۰۴",
        page=("صفحه ", " از ", ""),
        dear="با سلام و احترام",
        subject="پیشنهاد قیمت تمدید قرارداد پشتیبانی",
        body=(
            "قرارداد پشتیبانی نرم‌افزار شما در تاریخ ",
            (
                " به پایان می‌رسد. بدین وسیله مبلغ و شرایط تمدید به آگاهی می‌رسد. چنانچه پیش از پایان قرارداد پاسخ دهید، "
                "پشتیبانی بی‌وقفه ادامه می‌یابد؛ در غیر این صورت پشتیبانی فنی و ارائه نسخه‌های تازه متوقف خواهد شد."
            ),
            " در مهلت یادشده به صورت کتبی پاسخ می‌دهد.",
        ),
        items=(
            "مشتری می‌تواند در ساعات کاری از راه تلفن و رایانامه پشتیبانی بگیرد و درخواست‌ها بر پایه شدت رسیدگی می‌شوند",
            "به درخواست‌های دارای بالاترین شدت در مهلت مقرر پاسخ داده می‌شود",
            "زمان پاسخ بر پایه ساعات کاری شمرده می‌شود",
        ),
        price=("شرح", "تعداد", "بهای واحد", "مبلغ", "جمع جزء", "جمع کل (بدون مالیات)"),
        services=("پشتیبانی پایه", "پشتیبانی گسترده", "بازدید حضوری", "آموزش"),
        tiers=("مورد", "پایه", "استاندارد", "ممتاز"),
        yes_no=("دارد", "—"),
        close="با احترام",
        note="این پیشنهاد از تاریخ صدور معتبر است. شرایط کامل در قرارداد آمده است.",
        sign=("نماینده", "امضا", "تاریخ"),
        title="شرح خدمات",
        heads=("دامنه خدمات", "سطح پشتیبانی", "فهرست پیوست"),
        clauses=("هدف", "دامنه پشتیبانی", "پرداخت"),
        see=("برای جزئیات به ", " نگاه کنید."),
        emphasis=("حتماً", "به صورت کتبی"),
    ),
    "en": Words(
        direction="ltr",
        digits="latn",
        labels=("1.", "(a)", "(i)"),
        clause="{}.",
        money="KRW {}",
        sender="Example Software Korea Ltd.",
        customer="Example Electronics Co., Ltd.",
        address="12th floor, 100 Example-daero, Jung-gu, Seoul",
        keys=("Reference", "Date", "Contract", "Telephone"),
        day="2 March 2026",
        page=("Page ", " of ", ""),
        dear="Dear Sir or Madam,",
        subject="Renewal quotation for your maintenance agreement",
        body=(
            "The maintenance agreement for your software ends on ",
            (
                ". You may renew it for the amount and on the terms set out below. If you reply before then, support "
                "continues without a break; otherwise technical support and the supply of new releases will end."
            ),
            " replies in writing within the period stated above.",
        ),
        items=(
            (
                "The customer may obtain technical support by telephone and e-mail during business hours, and each "
                "request is handled by its severity"
            ),
            "requests of the highest severity are answered within the time agreed",
            "response times are counted in working hours",
        ),
        price=("Item", "Quantity", "Unit price", "Amount", "Subtotal", "Total (excluding VAT)"),
        services=("Basic maintenance", "Extended support", "Site visits", "Training"),
        tiers=("Service", "Basic", "Standard", "Premium"),
        yes_no=("included", "—"),
        close="Yours faithfully,",
        note="This quotation is valid from its date. The agreement states the full terms.",
        sign=("Representative", "Signature", "Date"),
        title="Service definition document",
        heads=("Scope of services", "Level of support", "Schedule of items"),
        clauses=("Purpose", "Scope of support", "Payment"),
        see=("For details see ", "."),
        emphasis=("always", "in writing"),
    ),
}


class Builder:
    """Builds the samples of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.words = WORDS[language]

    def value(
        self, text: str, field: str, kind: Kind, canonical: str = "", direction: Direction | None = None
    ) -> Value:
        cause = Cause(Origin.CONTRACT, field, Place("contract.yaml", 3, 1))
        return Value(text, field, kind, canonical or text, direction or self.words.direction, cause)

    def number(self, number: int) -> str:
        text = f"{number:,}"
        if self.words.digits == "arabext":
            return text.translate(str.maketrans("0123456789,", "۰۱۲۳۴۵۶۷۸۹٬"))
        return text

    def count(self, number: int, field: str = "line.quantity") -> Value:
        return self.value(self.number(number), field, Kind.NUMBER, str(number), "ltr")

    def money(self, amount: int, field: str = "line.amount") -> Value:
        return self.value(self.words.money.format(self.number(amount)), field, Kind.MONEY, f"{amount} KRW")

    def customer(self) -> Value:
        return self.value(self.words.customer, "customer.name", Kind.NAME)

    def hard(self) -> Value:
        return self.value(HARD_NAME, "customer.site", Kind.NAME, direction="ltr")

    def phone(self) -> Value:
        return self.value("+82-2-123-4567", "vendor.phone", Kind.PHONE, direction="ltr")

    def code(self) -> Value:
        return self.value("SWM-2026/0147-A", "contract.number", Kind.CODE, direction="ltr")

    def day(self) -> Value:
        return self.value(self.words.day, "contract.end", Kind.DATE, "2026-03-02")

    def mail(self) -> Value:
        return self.value("renewal@example.com", "vendor.email", Kind.EMAIL, direction="ltr")

    def key_values(self) -> KeyValues:
        keys = [(Text(key),) for key in self.words.keys]
        values: list[Inlines] = [
            (self.code(),),
            (self.day(),),
            (self.code(), Text(" · "), self.hard()),
            (self.phone(),),
        ]
        return KeyValues(tuple(zip(keys, values, strict=True)))

    def prices(self) -> Table:
        item, quantity, unit, amount, subtotal, total = self.words.price
        columns = (Column(width=5), Column("number", 2), Column("number", 3), Column("number", 3))
        rows = [_row("header", item, quantity, unit, amount)]
        amounts = [(2, 9_800_000), (12, 450_000), (1, 1_225_500), (100, 75)]
        for name, (count, price) in zip(self.words.services, amounts, strict=True):
            rows.append(_row("body", name, self.count(count), self.money(price), self.money(count * price)))
        whole = sum(count * price for count, price in amounts)
        rows.append(_row("subtotal", subtotal, "", "", self.money(whole, "quote.subtotal")))
        rows.append(_row("total", total, "", "", self.money(whole, "quote.total")))
        return Table(columns, tuple(rows), row_headers=True)

    def tiers(self) -> Table:
        yes, no = self.words.yes_no
        columns = (Column(width=4), *(Column("center", 2, own=own) for own in (False, True, False)))
        rows = [_row("header", *self.words.tiers)]
        for index, name in enumerate(self.words.services):
            rows.append(_row("body", name, *(yes if index <= tier else no for tier in range(1, 4))))
        return Table(columns, tuple(rows), (Text(self.words.heads[1]),), "tiers", row_headers=True)

    def schedule(self) -> Table:
        item, quantity, _, amount, *_ = self.words.price
        columns = (Column(width=1), Column(width=5), Column("number", 2), Column("number", 3))
        rows = [_row("header", "#", item, quantity, amount)]
        for index in range(1, ITEM_COUNT + 1):
            number = self.count(index, "licence.number")
            name = self.words.services[index % 4]
            rows.append(_row("body", number, name, self.count(index * 3), self.money(index * 112_500, "licence.fee")))
        return Table(columns, tuple(rows), (Text(self.words.heads[2]),), "schedule")

    def items(self) -> tuple[NumberedItem, ...]:
        first, second, third = self.words.items
        one, two, three = self.words.labels
        place = Place("clauses/scope.md", 4, 1)
        return (
            NumberedItem((Text(first + " "), self.mail(), Text(".")), 1, one, place),
            NumberedItem((Text(second),), 2, two),
            NumberedItem((Text(third),), 3, three),
            NumberedItem((Text(second),), 2, two),
            NumberedItem((self.customer(), Text(self.words.body[2])), 1, one),
        )

    def bullets(self) -> tuple[BulletItem, ...]:
        first, second, third = self.words.items
        return (
            BulletItem((Text(first),)),
            BulletItem((Text(second),), 2),
            BulletItem((Text(third),), 3),
            BulletItem((Text(second),)),
        )

    def signatures(self) -> Signatures:
        representative, signature, day = self.words.sign
        lines: tuple[tuple[Inlines, Inlines], ...] = (
            ((Text(representative),), ()),
            ((Text(signature),), ()),
            ((Text(day),), (self.day(),)),
        )
        parties: tuple[Inlines, ...] = ((Text(self.words.sender),), (self.customer(),))
        return Signatures(tuple(Signatory(party, lines) for party in parties))

    def clause(self, number: int, heading: str, *blocks: Paragraph | NumberedItem | BulletItem | Table) -> Clause:
        label = self.words.clause.format(self.number(number)) if number else ""
        slots = ("letter", "purpose", "scope", "payment")
        place = Place(f"{slots[number]}.md", 1)
        inlines = (Text(heading),) if heading else ()
        anchor = slots[number]
        return Clause(
            slots[number], "plain", inlines, blocks, anchor, label, 2, place, Place("pack.toml", 9), ("EX-1",)
        )

    def prose(self) -> Paragraph:
        before, after, _ = self.words.body
        return Paragraph((Text(before), self.day(), Text(after)), place=Place("clauses/a.md", 2))

    def document(self, kind: str, title: str, *blocks: Block) -> Document:
        page, of, after = self.words.page
        footer: Inlines = (Text(page), PageNumber(), Text(of), PageCount(), Text(after))
        header: Inlines = (Text(self.words.sender), Text(" · "), self.code())
        meta = Metadata(title, self.words.sender, self.words.subject, date(2026, 3, 2), "SWM-2026/0147-A")
        return Document(
            kind,
            "example",
            self.language,
            self.words.direction,
            self.words.digits,
            blocks,
            header,
            footer,
            meta,
        )


def letter(language: str) -> Document:
    """Return a renewal letter: letterhead, particulars, subject, price table, closing, note."""
    build = Builder(language)
    words = build.words
    return build.document(
        "letter",
        words.subject,
        Letterhead(
            (Text(words.sender),),
            ((Text(words.address),), (Text(words.keys[3] + " "), build.phone(), Text(" · "), build.mail())),
        ),
        build.key_values(),
        Paragraph((build.customer(), LineBreak(), Text(words.address)), "addressee"),
        Paragraph((Text(words.subject),), "subject"),
        Paragraph((Text(words.dear),), "salutation"),
        build.clause(0, "", build.prose(), *build.items(), build.prices()),
        Paragraph((build.customer(), Text(words.body[2])), "lead"),
        Paragraph((Text(words.close),), "closing"),
        Paragraph((Strong((Text(words.sender),)),)),
        Paragraph((Text(words.note),), "note"),
    )


def agreement(language: str) -> Document:
    """Return a service definition: title, clauses with nested items, tables, schedule, signatures."""
    build = Builder(language)
    words = build.words
    always, written = words.emphasis
    see: tuple[Inline, ...] = (
        Text(words.see[0]),
        Reference("scope", f"{words.clause.format(build.number(2))}"),
        Text(words.see[1]),
    )
    marked: Inlines = (Strong((Text(always), Text(" "), build.money(225_000))), Text(" "), Emphasis((Text(written),)))
    return build.document(
        "agreement",
        words.title,
        Paragraph((Text(words.title),), "title"),
        Paragraph((build.customer(), Text(" · "), build.hard()), "subtitle"),
        build.key_values(),
        Paragraph((Text(words.body[1].lstrip(". ")),), "lead"),
        Heading((Text(words.heads[0]),), 1, "part-1"),
        build.clause(1, words.clauses[0], build.prose(), Paragraph(see), Paragraph(marked)),
        build.clause(2, words.clauses[1], *build.items(), *build.bullets(), build.tiers()),
        build.clause(3, words.clauses[2], build.prices(), Paragraph((Text(words.note),), "note")),
        PageBreak(),
        Heading((Text(words.heads[1]),), 1),
        Heading((Text(words.heads[2]),), 2),
        Heading((Text(words.clauses[0]),), 3),
        build.prose(),
        build.schedule(),
        build.signatures(),
    )


def _row(role: str, *cells: str | Value) -> Row:
    return Row(tuple(_cell(cell) for cell in cells), role)  # type: ignore[arg-type]


def _cell(cell: str | Value) -> Inlines:
    if isinstance(cell, str):
        return (Text(cell),) if cell else ()
    return (cell,)


SAMPLES: dict[str, Callable[[], Document]] = {
    f"{make.__name__}-{language}": (lambda make=make, language=language: make(language))  # type: ignore[misc]
    for language in LANGUAGES
    for make in (letter, agreement)
}
"""All samples by name."""
