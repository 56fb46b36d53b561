# Two stages: the first builds the index, with torch; the second answers, without. docs/install.md says how to run it.
#
#   docker build --build-arg TORCH="torch --index-url …" --tag dilemma .

# Any image with Python 3.11 or newer as python3, and its venv.
ARG BASE=python:3.13-slim

FROM ${BASE} AS build
# What to install as torch; README.md says how to choose the build for CPUs alone.
ARG TORCH=torch
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PYTHONDONTWRITEBYTECODE= DILEMMA_INDEX__FOLDER=/index
WORKDIR /src
RUN python3 -m venv /opt/build
# In layers of their own: they change less often than the program.
COPY constraints.txt pyproject.toml README.md LICENSE ./
RUN /opt/build/bin/pip install --no-compile --constraint constraints.txt ${TORCH}
COPY bot bot
COPY embeddings embeddings
COPY knowledge knowledge
RUN /opt/build/bin/pip install --no-compile --constraint constraints.txt --editable ".[build]"
# The wheel carries the index and the fast encoder.
RUN mkdir -p embeddings/ready/social-dilemma \
    && /opt/build/bin/dilemma index \
    && /opt/build/bin/dilemma index --export embeddings/ready/social-dilemma \
    && /opt/build/bin/pip wheel --no-deps --wheel-dir /wheel .
# What the image can do beside answering, such as "[postgres]".
ARG EXTRAS=""
# pip and hf-xet are requirements of requirements, for what nothing here calls; the tests are those of libraries.
RUN python3 -m venv --without-pip /opt/dilemma \
    && /opt/build/bin/pip --python /opt/dilemma/bin/python install --no-compile --constraint constraints.txt "$(echo /wheel/*.whl)${EXTRAS}" \
    && /opt/build/bin/pip --python /opt/dilemma/bin/python uninstall --yes pip hf-xet \
    && find /opt/dilemma -type d -name tests -prune -exec rm -r {} +
# What an answer and the bot load is compiled here, for nothing can be written later; the rest would be 40 MB more. An image
# keeps times in whole seconds, and what was compiled from a file of another time would be compiled anew at each start.
RUN find /opt/dilemma -type f -exec touch --date=2026-01-01 {} + \
    && cd /opt/dilemma/lib/python3*/site-packages \
    && /opt/dilemma/bin/python -m compileall -q bot embeddings knowledge aiohttp attr discord ftfy idna jinja2 markdown_it mdurl \
        multidict prometheus_client rapidfuzz structlog wcwidth yarl \
    && /opt/dilemma/bin/dilemma ask "Does Facebook sell my data?"

FROM ${BASE}
COPY --from=build /opt/dilemma /opt/dilemma
# The account has no name and may write nothing but /state.
RUN mkdir --mode=700 /state && chown 10001:10001 /state
USER 10001:10001
VOLUME /state
WORKDIR /state
ENV PATH=/opt/dilemma/bin:$PATH HOME=/state DILEMMA_LOG__PATH=/state/log.sqlite3 DILEMMA_INDEX__FOLDER=/state/cache \
    DILEMMA_DISCORD__READY_PORT=8710
# Of another command than `run`, nothing is asked: it has no such port.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD \
    ["python3", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8710/ready', timeout=4)"]
ENTRYPOINT ["dilemma"]
CMD ["run"]
