"""Workbench: any data, any net, trained while you watch."""

from dlcore.ui import branch, form, link, live, presets, takeaway, verbs
from dlcore.ui.page import show

ORDER = 1


def page() -> None:
    opened = link.opened()
    verbs.title_row("Workbench", opened, lambda: presets.menu(opened))
    presets.sentence(opened.experiment)
    form.sidebar(opened)
    if opened.run:
        branch.lineage(opened.run)
    live.panel(opened.runs, opened.experiment)
    verbs.compared(opened)
    takeaway.section(opened)


show(page)
