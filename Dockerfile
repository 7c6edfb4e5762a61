# One image for every process type: api (default), worker, beat, relay, migrate.
FROM python:3.11-slim AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /venv
COPY requirements/runtime.txt /tmp/runtime.txt
RUN /venv/bin/pip install --require-hashes --no-deps -r /tmp/runtime.txt

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    BANYAN_HOST=0.0.0.0 BANYAN_PORT=8000 BANYAN_LOG_FORMAT=json BANYAN_STATE_DIR=/var/lib/banyan
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin banyan \
    && install -d -o banyan -g banyan /app /var/lib/banyan
COPY --from=build /venv /venv
WORKDIR /app
COPY --chown=banyan:banyan manage.py ./
COPY --chown=banyan:banyan config config
COPY --chown=banyan:banyan deploy deploy
COPY --chown=banyan:banyan sharding sharding
COPY --chown=banyan:banyan modules modules
COPY --chown=banyan:banyan openapi openapi
USER banyan
VOLUME /var/lib/banyan
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"BANYAN_PORT\"]}/healthz', timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
