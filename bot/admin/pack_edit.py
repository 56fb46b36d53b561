"""`pack edit`: after the text of an article was corrected, its passages are found again."""

from __future__ import annotations

import typer  # noqa: TC002 - typer reads the annotations

from bot.screen.session import session_of

# Imported when the command is called: `--help` needs none.
# ruff: noqa: PLC0415


def edit(context: typer.Context) -> None:
    """Find changed passages again after you corrected the text of an article in `articles/`.

    What a passage says now is shown beside what it said: Enter takes it, s leaves the passage out, and q ends it with
    nothing changed.
    """
    from bot.admin.pack_review import keys
    from bot.authoring.editing import correct, open_correction
    from bot.authoring.folder import check_own
    from knowledge.pack import SHIPPED

    session = session_of(context)
    folder = session.config.pack.folder or SHIPPED
    check_own(folder)
    screen = session.screen
    correction = open_correction(folder)
    key = keys()
    taken: dict[str, str | None] = {}
    for moved in correction.moved:
        screen.write("")
        screen.write(moved.old, first="was: ", rest="     ")
        screen.write(moved.new or "nothing like it stands there", first="now: ", rest="     ", style="bold")
        screen.write(
            f"{'[Enter] take it  ' if moved.new else ''}[s] leave the passage out  [q] end, nothing changed",
            style="dim",
        )
        pressed = key()
        while pressed not in {"s", "q", "\x03", "\x04"} and (moved.new is None or pressed not in {"\r", "\n", ""}):
            pressed = key()
        if pressed not in {"s", "\r", "\n", ""}:
            screen.write("nothing was changed")
            return
        taken[moved.id] = None if pressed == "s" else moved.new
    correct(correction, taken)
    names = ", ".join(article.id for article in correction.articles)
    left_out = sum(text is None for text in taken.values())
    screen.write(f"{names}: passages found again: {len(taken) - left_out}, left out: {left_out}; the new hash is noted")
