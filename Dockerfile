# One image for every role; docker-compose.yml says which command each service runs.
FROM python:3.13-slim AS build

WORKDIR /src
RUN python -m venv /opt/qcjobs
# Dependencies first, in a layer of their own: they change less often than the code.
COPY constraints.txt pyproject.toml ./
RUN python -c "import tomllib; project = tomllib.load(open('pyproject.toml', 'rb'))['project']; \
    extras = [project['optional-dependencies'][name] for name in ('emulator', 'otel', 'postgres')]; \
    print(*project['dependencies'], *sum(extras, []), sep='\n')" > requirements.txt \
    && /opt/qcjobs/bin/pip install --no-cache-dir --disable-pip-version-check \
    --constraint constraints.txt --requirement requirements.txt
COPY README.md LICENSE ./
COPY configs/development.yaml configs/
COPY examples examples
COPY quantconnect quantconnect
COPY verticals verticals
COPY orchestrator orchestrator
COPY tasks tasks
COPY schedules schedules
COPY workers workers
COPY cli cli
COPY emulator emulator
RUN /opt/qcjobs/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps .

FROM python:3.13-slim

LABEL org.opencontainers.image.title="qcjobs" \
      org.opencontainers.image.description="Background jobs for the QuantConnect cloud" \
      org.opencontainers.image.licenses="Apache-2.0"

# A number, so that orchestrators can see that it is not root. The folders exist here so that a new volume on them
# belongs to this user.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/qcjobs --shell /usr/sbin/nologin qcjobs \
    && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/qcjobs \
    && install --directory --owner=10001 --group=10001 --mode=0755 /secrets/redis /secrets/postgres /secrets/flower /flower

COPY --from=build /opt/qcjobs /opt/qcjobs
COPY configs/production.yaml /etc/qcjobs/production.yaml

ENV PATH=/opt/qcjobs/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    QCJOBS_CONFIG=/etc/qcjobs/production.yaml \
    QCJOBS_HOME=/var/lib/qcjobs

USER 10001
WORKDIR /var/lib/qcjobs
STOPSIGNAL SIGTERM

# For the default command; the services of docker-compose.yml each bring a check of their own.
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 CMD ["qcjobs", "health", "worker"]

CMD ["celery", "-A", "workers", "worker"]
