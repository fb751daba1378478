"""The items of the tree as lists for Typst: in a row of items, out lists of one kind, each item with those below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contractgen.tree import BulletItem, NumberedItem

Item = NumberedItem | BulletItem


def item_style(item: Item) -> str:
    """Return the name of the style of an item."""
    return f"{'item' if isinstance(item, NumberedItem) else 'bullet'}-{item.level}"


def lists(items: Sequence[Item]) -> Iterator[list[tuple[Item, Sequence[Item]]]]:
    """Yield items as lists of one kind, each item with those below it."""
    group: list[tuple[Item, list[Item]]] = []
    for item in items:
        if group and item.level > group[0][0].level:
            group[-1][1].append(item)
            continue
        if group and type(item) is not type(group[0][0]):
            yield list(group)
            group = []
        group.append((item, []))
    if group:
        yield list(group)
