# The tag is moved when Python 3.11 or Debian gets a security fix, so a new build gets it too. For
# builds that are alike to the byte, name the digest instead:
#   docker build --build-arg PYTHON=python:3.11-slim-trixie@sha256:DIGEST .
ARG PYTHON=python:3.11-slim-trixie

FROM ${PYTHON} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
# What runs, and nothing else: each file is held against its hash, and no source is built.
COPY requirements-run.txt ./
RUN python -m venv --without-pip /opt/counterfoil \
 && python -m pip --python /opt/counterfoil/bin/python install \
        --require-hashes --only-binary :all: -r requirements-run.txt
# What builds the wheel is in the requirements of development, and stays in this stage.
COPY requirements.txt ./
RUN python -m venv /opt/building \
 && /opt/building/bin/python -m pip install --require-hashes -r requirements.txt
COPY pyproject.toml README.md LICENSE THIRD_PARTY_NOTICES ./
COPY domain ./domain
COPY record ./record
COPY consumers ./consumers
COPY projections ./projections
COPY watch ./watch
COPY auditors ./auditors
COPY officers ./officers
COPY simulation ./simulation
COPY cli ./cli
RUN /opt/building/bin/python -m pip wheel --no-deps --no-build-isolation --wheel-dir dist . \
 && python -m pip --python /opt/counterfoil/bin/python install --no-deps dist/counterfoil-*.whl

FROM ${PYTHON}
# The user's number is also that of the secrets' owner: deploy/secrets.sh.
RUN groupadd --gid 10001 counterfoil \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/counterfoil \
        --shell /usr/sbin/nologin counterfoil \
 && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/counterfoil
COPY --from=build /opt/counterfoil /opt/counterfoil
ENV PATH=/opt/counterfoil/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1
USER 10001:10001
WORKDIR /var/lib/counterfoil
STOPSIGNAL SIGTERM
ENTRYPOINT ["counterfoil"]
CMD ["--help"]
