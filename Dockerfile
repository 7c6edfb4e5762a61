# One image for every process: api (default), worker, beat, relay, migrate.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements/runtime.txt /tmp/runtime.txt
RUN /venv/bin/pip install --require-hashes --no-deps -r /tmp/runtime.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    BANYAN_HOST=0.0.0.0 BANYAN_PORT=8000 BANYAN_LOG_FORMAT=json \
    BANYAN_STATE_DIR=/var/lib/banyan BANYAN_HEARTBEAT_DIR=/tmp/heartbeats BANYAN_STATIC_DIR=/app/static
# By number: Kubernetes' runAsNonRoot cannot check a name, and files in volumes keep their owner.
RUN groupadd --system --gid 10001 banyan \
    && useradd --system --uid 10001 --gid 10001 --home-dir /app --shell /usr/sbin/nologin banyan \
    && install -d -o 10001 -g 10001 /app /var/lib/banyan /srv/static /srv/media /srv/exports
COPY --from=build /venv /venv
WORKDIR /app
COPY manage.py ./
COPY config config
COPY deploy deploy
COPY sharding sharding
COPY modules modules
COPY openapi openapi
# Bytecode now: the root is read-only later, and each start would compile the whole house anew. Then the files of
# pages, named after their content; the settings for it connect to nothing.
RUN python -m compileall -q /app \
    && DJANGO_SETTINGS_MODULE=config.settings.typing \
        python -m django collectstatic --no-input --verbosity 0 --ignore '*standalone*' --ignore '*.html'
USER 10001:10001
VOLUME /var/lib/banyan
EXPOSE 8000
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-I", "-S", "config/alive.py", "api"]
STOPSIGNAL SIGTERM
CMD ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
