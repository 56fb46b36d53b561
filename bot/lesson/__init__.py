"""Feature: lessons with prompts, quizzes and handouts."""
