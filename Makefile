# Two commands do everything, set-up included:
#   make ask Q="Who is to blame?"     make test
# A second call installs nothing again. Everything stays in .venv and in the platform's cache folder.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt
Q ?= Who is to blame?
# What to install as torch; README.md says how to choose the build for CPUs alone.
TORCH ?= torch

# pip compiles nothing, for that would take longer than all else that it does. Python compiles what is imported, a quarter
# of it, and has to keep that, or each start would be slow.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: ask chat run has-token token-check words test quick check docs pictures bench evaluate hashes vectors wheel clean

ask: $(VENV)/.installed
	@$(BIN)/dilemma ask "$$Q"

chat: $(VENV)/.installed
	@$(BIN)/dilemma chat

# The bot on Discord; docs/discord.md says how to get the token. An own DISCORD_TOKEN or DISCORD_TOKEN_FILE comes first.
ifeq ($(DISCORD_TOKEN)$(DISCORD_TOKEN_FILE),)
run token-check has-token: export DISCORD_TOKEN_FILE := token.txt
endif

run: has-token $(VENV)/.installed
	@$(BIN)/dilemma index
	@$(BIN)/dilemma run

has-token:
	@test -n "$$DISCORD_TOKEN" || test -f "$$DISCORD_TOKEN_FILE" || { \
	echo "there is no file $$DISCORD_TOKEN_FILE: make it as in step 4 of docs/discord.md, then try again"; exit 1; }

token-check: has-token $(VENV)/.installed
	@$(BIN)/dilemma index
	@$(BIN)/dilemma doctor

# The catalogues of the interface's words: adds what is new, compiles them.
words: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.wire.page.catalogues

# A process a core, a file at a time, the longest first; the index that they share is there before they begin.
test: $(VENV)/.installed-dev
	@$(BIN)/dilemma index
	@$(BIN)/pytest --numprocesses auto --dist loadfile --no-loadscope-reorder

# The tests of what differs from main, those that failed last time first: for while one is at work.
quick: $(VENV)/.installed-dev
	@$(BIN)/pytest --numprocesses auto --dist loadfile --failed-first --exitfirst $$($(BIN)/python -m tests.quick)

# Lint, types, and the proof of the pack: what `.ci/run` checks beside the tests.
check: $(VENV)/.installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --num-workers auto
	$(BIN)/dilemma pack check

# The documents as a site, in build/site; any link that leads nowhere fails.
docs: $(VENV)/.installed-dev
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs --quiet build --strict

# The pictures in README.md, drawn anew by Chromium.
pictures: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.discord.pictures

evaluate: $(VENV)/.installed
	@$(BIN)/dilemma evaluate

bench: $(VENV)/.installed
	@$(BIN)/dilemma bench

# hashes.txt anew, after a change of constraints.txt: pip is asked what it would install, and installs nothing.
hashes: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.hashes

# The vectors of examples that come with the program, anew: after many examples changed (minutes).
vectors: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.quality.vectors

# The wheel of a release, which carries the index of the shipped pack and its fast encoder.
wheel: $(VENV)/.installed-dev
	@mkdir -p embeddings/ready/social-dilemma
	@$(BIN)/dilemma index --export embeddings/ready/social-dilemma
	@$(BIN)/python -m build --wheel --no-isolation --outdir dist

clean:
	rm -rf $(VENV) build dist embeddings/ready .mypy_cache .pytest_cache .ruff_cache .hypothesis

# As it was typed: make would read a dollar sign in it.
override Q := $(value Q)
export Q

# The newest pip installs in half the time of one that came with Python, which is still the way where none can be fetched.
# torch goes first and alone: what it needs is then settled, and no other package can ask for another build of it.
$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "dilemma needs Python 3.11 or newer, and $(PYTHON) is " \
	+ sys.version.split()[0] + ": name a newer one, as in make ask PYTHON=python3.12")'
	@echo "Setting up $(VENV): the libraries and the model (once)"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 \
	|| { $(PYTHON) -m venv --clear --without-pip $(VENV) && \
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --no-compile pip; } >/dev/null 2>&1 \
	|| $(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
	echo "Python's venv does not work here: on Debian and Ubuntu, install python3-venv, then run make again"; exit 1; }
	@$(PIP) $(TORCH)
	@$(PIP) --editable ".[build]"
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Setting up $(VENV): what the tests need (once)"
	@$(PIP) --editable ".[dev]"
	@touch $@
