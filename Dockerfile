# The bot in a container: no root, nothing writable but /data, no shell at run time.
#
#   docker build -t urgent-action-bot .
#   mkdir config && sudo chown 10001 config
#   docker run --rm -v "$PWD/config:/config" urgent-action-bot init      # once; then edit config/config.toml
#   docker run -d --read-only --cap-drop ALL --security-opt no-new-privileges \
#     -v "$PWD/config:/config:ro" -v uab-data:/data urgent-action-bot
#
# In config.toml: url = "sqlite+aiosqlite:////data/bot.db" (the data folder that init makes beside it stays empty). The
# folder config/ and what is in it belong to user 10001, since the key and the token may be readable by nobody else.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN ["python", "-m", "venv", "/venv"]
COPY requirements.txt /
# Only what the hashes vouch for, and nothing that would run a build script of its own.
RUN ["/venv/bin/python", "-m", "pip", "install", "--require-hashes", "--only-binary", ":all:", "-r", "/requirements.txt"]
RUN ["/venv/bin/python", "-m", "pip", "uninstall", "--yes", "pip"]
COPY alerts /app/alerts
COPY subscribers /app/subscribers
COPY bot /app/bot
COPY locales /app/locales
COPY LICENSE /app/
# Bytecode is made here, since nothing can be written later; a checkout's umask may have hidden files from others.
RUN ["/venv/bin/python", "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash", "/app"]
RUN ["chmod", "-R", "a+rX,go-w", "/app", "/venv"]

FROM python:3.13-slim
LABEL org.opencontainers.image.title="urgent-action-bot" org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /venv /venv
COPY --from=build /app /app
# A named volume takes over owner and mode of the folder it is mounted on.
RUN ["install", "-d", "-m", "0700", "-o", "10001", "-g", "10001", "/data"]
# The working folder is the configuration's, so that every command finds config.toml; modules come from /app only.
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONPATH=/app \
    PYTHONSAFEPATH=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    TMPDIR=/data
WORKDIR /config
USER 10001:10001
VOLUME ["/data"]
HEALTHCHECK --interval=60s --timeout=30s --start-period=90s --retries=3 \
    CMD ["/venv/bin/python", "-m", "bot", "health"]
ENTRYPOINT ["/venv/bin/python", "-m", "bot"]
CMD ["run"]
