"""What the project knows: packs of articles, marked passage by passage.

Floor 0. It reads text and TOML and proves what it reads; it must not know how anything is searched, answered or shown.
"""
