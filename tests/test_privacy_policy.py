"""PRIVACY.md says what the program does: what is kept, for how long, and how to see and delete it."""

from __future__ import annotations

from pathlib import Path

from bot.config.sections import Config
from bot.guild.rules.permissions import LONGEST_RETENTION_DAYS
from bot.lesson.rules.lesson import LESSONS_KEPT
from bot.lesson.service.lessons import LONGEST
from bot.privacy.cog import commands as privacy
from bot.privacy.service.retention import AFTER_LEAVING
from tests.log.samples import REGISTRY

POLICY = (Path(__file__).parent.parent / "PRIVACY.md").read_text(encoding="utf-8")


def test_everything_that_is_kept_about_a_person_stands_in_the_policy() -> None:
    """In the words in which they are shown it; and nothing more."""
    told = [line.split(" | ")[0].removeprefix("| ") for line in POLICY.splitlines() if line.startswith("| ")]
    assert told == ["what", *(str(table.what) for table in REGISTRY.personal)]


def test_the_policy_gives_the_times_that_hold() -> None:
    """The defaults, and the month after leaving."""
    config = Config()
    assert f"After {config.discord.retention_days} days everything is deleted by itself" in POLICY
    assert f"disputes: {config.discord.retention_days} days, or as many as `/settings set` says" in POLICY
    assert f"(1 to {LONGEST_RETENTION_DAYS})" in POLICY
    assert f"is deleted {AFTER_LEAVING.days} days later" in POLICY
    assert f"Lessons, with their prompts, answers, quizzes and counts: {LESSONS_KEPT.days} days" in POLICY
    assert f"after {LONGEST.seconds // 3600} hours, votes" in POLICY
    assert (config.votes.least, "Sums of fewer than five people" in POLICY) == (5, True)
    assert f"up to {config.answer.max_question_chars} characters" in POLICY
    assert privacy.SWEEP_EVERY_S == 6 * 3600
    assert "Every six hours" in POLICY


def test_every_command_about_privacy_stands_in_the_policy() -> None:
    """By its name."""
    for command in privacy.group.commands:
        assert f"`/privacy {command.name}`" in POLICY
