# Everything that needs the network happens in the stages before the last one, each under a name by
# which a build can replace it: --build-context NAME=…. The tests build this very file without a
# network that way. The last stage copies, and checks what it copied.

# The agent: a tag or a whole commit id. This is the last release that these stages are known to build:
# later ones need Node 22 and tools of their own, and are adopted instead (docs/adopting.md).
ARG HERMES_REF=v2026.6.19

FROM debian:13.4@sha256:e2d08da6f42ef4b09b165d55528a12727aeed8240dc9edf888e3ec07e10ef9da AS debian


# Programs and libraries of Debian, as the agent wants them at run time.
FROM debian AS system
# The point release decides the versions; pins would only break the build at the next update.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install -y --no-install-recommends \
    ca-certificates curl docker-cli ffmpeg git nodejs npm openssh-client procps python3 \
    python-is-python3 ripgrep xz-utils \
    # What Playwright's Chromium is linked against, and fonts to draw with.
    fonts-liberation fonts-noto-color-emoji libasound2t64 libatk-bridge2.0-0t64 libatk1.0-0t64 \
    libatspi2.0-0t64 libcairo2 libcups2t64 libdbus-1-3 libgbm1 libglib2.0-0t64 libnspr4 libnss3 \
    libpango-1.0-0 libx11-6 libxcb1 libxcomposite1 libxdamage1 libxext6 libxfixes3 libxkbcommon0 \
    libxrandr2 \
    # Lazy installs of the agent compile at run time.
    cmake g++ gcc libffi-dev libolm-dev make python3-dev python3-venv \
  && rm -rf /var/lib/apt/lists/*


FROM system AS s6-overlay
ARG TARGETARCH
# The checksums are those of the .sha256 files of the release.
ARG S6_OVERLAY_VERSION=3.2.3.0
ARG S6_OVERLAY_NOARCH_SHA256=b720f9d9340efc8bb07528b9743813c836e4b02f8693d90241f047998b4c53cf
ARG S6_OVERLAY_SYMLINKS_SHA256=a60dc5235de3ecbcf874b9c1f18d73263ab99b289b9329aa950e8729c4789f0e
ARG S6_OVERLAY_X86_64_SHA256=a93f02882c6ed46b21e7adb5c0add86154f01236c93cd82c7d682722e8840563
ARG S6_OVERLAY_AARCH64_SHA256=0952056ff913482163cc30e35b2e944b507ba1025d78f5becbb89367bf344581
WORKDIR /tmp/s6-overlay
RUN set -eu; \
  case "$TARGETARCH" in \
    amd64) arch=x86_64 arch_sha256=$S6_OVERLAY_X86_64_SHA256 ;; \
    arm64) arch=aarch64 arch_sha256=$S6_OVERLAY_AARCH64_SHA256 ;; \
    *) echo "no s6-overlay for TARGETARCH '$TARGETARCH': amd64 and arm64 are known" >&2; exit 1 ;; \
  esac; \
  releases=https://github.com/just-containers/s6-overlay/releases/download; \
  unpack() { \
    file="s6-overlay-$1.tar.xz"; \
    curl -fsSL --retry 3 -o "$file" "$releases/v$S6_OVERLAY_VERSION/$file"; \
    echo "$2  $file" > sha256; \
    sha256sum -c sha256; \
    tar -C /s6-overlay -Jxpf "$file"; \
  }; \
  mkdir /s6-overlay; \
  unpack noarch "$S6_OVERLAY_NOARCH_SHA256"; \
  unpack "$arch" "$arch_sha256"; \
  unpack symlinks-noarch "$S6_OVERLAY_SYMLINKS_SHA256"


FROM ghcr.io/astral-sh/uv:0.11.6-python3.13-trixie@sha256:b3c543b6c4f23a5f2df22866bd7857e5d304b67a564f4feab6ac22044dde719b AS uv


# The agent at one ref, built where it will run: its virtual environment holds absolute paths.
FROM system AS agent
ARG HERMES_REPOSITORY=https://github.com/NousResearch/hermes-agent.git
ARG HERMES_REF
WORKDIR /opt/hermes
RUN git init -q . \
  && git fetch -q --depth 1 "$HERMES_REPOSITORY" "$HERMES_REF" \
  && git -c advice.detachedHead=false checkout -q FETCH_HEAD \
  && git rev-parse HEAD > .hermes_build_sha \
  && rm -rf .git
# Debian's npm 9 would copy the workspace packages, which the agent then takes for outdated.
ENV npm_config_install_links=false \
  PLAYWRIGHT_BROWSERS_PATH=/opt/hermes/.playwright
RUN npm install --no-audit --no-fund --include-workspace-root --workspace web --workspace ui-tui \
  && npx playwright install chromium --only-shell \
  && npm run build --workspace web \
  && npm run build --workspace ui-tui \
  && npm cache clean --force
# A boot compares this line with what it has synced, and with the same image reads no skill.
RUN find skills -type f ! -name .digest -print0 | LC_ALL=C sort -z \
  | xargs -0 sha256sum | sha256sum > skills/.digest
COPY --from=uv /usr/local/bin/uv /usr/local/bin/
# Two trees, since one COPY gives one owner: what the agent writes to at run time (lazy installs, TUI
# builds, __pycache__) is for hermes. Of the agent's own docker/ only what is seeded stays.
RUN uv sync --frozen --no-cache --python /usr/bin/python3 --extra all --extra messaging \
  && chmod -R a+rX . \
  && find docker -mindepth 1 ! -name SOUL.md -delete \
  && mkdir -p /agent/hermes \
  && mv .venv gateway node_modules ui-tui /agent/hermes/ \
  && mv /opt/hermes /agent/root


# The Node that boots, for the boot alone: the agent keeps Debian's, with which its ref is known to
# build. One program, checked against a digest.
FROM system AS node
ARG TARGETARCH
COPY scripts/build/fetch-node.sh /tmp/
RUN /tmp/fetch-node.sh "$TARGETARCH" /opt/hermes-boot/bin/node


FROM system AS build
WORKDIR /hermes-boot
COPY --from=node /opt/hermes-boot/bin/node /opt/hermes-boot/bin/node
COPY package.json package-lock.json tsconfig.json ./
RUN npm ci --no-audit --no-fund
COPY plans/ plans/
COPY scripts/ scripts/
COPY src/ src/
COPY steps/ steps/
# The code cache is made by the very Node that will read it.
RUN npm run build -- --node /opt/hermes-boot/bin/node


# hermes-boot and nothing else, for another image to take: COPY --from=… / /. It does not run.
FROM scratch AS hermes-boot
COPY --from=node /opt/hermes-boot/bin/node /opt/hermes-boot/bin/node
COPY --from=build /hermes-boot/dist/ /opt/hermes-boot/dist/
COPY plans/ /opt/hermes-boot/plans/
COPY schemas/ /opt/hermes-boot/schemas/
COPY LICENSE package.json /opt/hermes-boot/
COPY docker/health.sh /opt/hermes-boot/bin/health
COPY docker/hermes-boot.sh /usr/local/bin/hermes-boot
COPY docker/main-wrapper.sh docker/entrypoint-dispatch.sh docker/entrypoint.sh \
  docker/stage2-hook.sh /opt/hermes/docker/
COPY docker/tini.sh /usr/bin/tini
COPY docker/lib/ /opt/hermes-boot/lib/
COPY docker/hermes.sh /usr/local/bin/hermes
COPY docker/cont-init.d/ /etc/cont-init.d/
COPY docker/cont-finish.d/ /etc/cont-finish.d/
COPY docker/s6-rc.d/ /etc/s6-overlay/s6-rc.d/
# Where s6-overlay looks for the user bundle from 3.2.3.2 on.
COPY docker/s6-rc.d/user/contents.d/ /etc/s6-overlay/user-bundles.d/user/contents.d/


FROM system

# The ids are where every installation starts; PUID and PGID change them at boot. No home is made
# from the skeleton: it would end up on each new volume.
RUN useradd --uid 10000 --user-group --home-dir /opt/data --no-create-home --no-log-init \
    --shell /bin/bash hermes \
  && install -d -o hermes -g hermes /opt/data

COPY --from=s6-overlay /s6-overlay/ /
COPY --from=uv /usr/local/bin/uv /usr/local/bin/uvx /usr/local/bin/
COPY --from=agent /agent/root/ /opt/hermes/
COPY --from=agent --chown=10000:10000 /agent/hermes/ /opt/hermes/
COPY --from=hermes-boot / /

# The stamp beside the code tells the agent how it was installed. On the volume it would tell the
# same to an installation of the host that shares the home.
# From 3.2.3.1 on s6-overlay keeps the user bundle in a place of its own. A directory in the old one
# makes it look there alone, where it wants a file that it can write on a writable root only: with
# --read-only, or any --user, it would wait for ever.
RUN echo docker > /opt/hermes/.install_method \
  && if [ -e /etc/s6-overlay/user-bundles.d/user/type ]; then \
    rm -r /etc/s6-overlay/s6-rc.d/user; \
  else \
    rm -r /etc/s6-overlay/user-bundles.d; \
  fi \
  && /opt/hermes-boot/bin/node /opt/hermes-boot/dist/code-cache.cjs --check \
  && for plan in /opt/hermes-boot/plans/*.yaml; do hermes-boot validate "$plan" || exit 1; done

# s6-overlay must fail a boot that a plan has stopped: by default it goes on as if nothing was. So does
# one that any other script of cont-init.d fails. S6_READ_ONLY_ROOT is for who runs the image with
# --read-only: with it, s6-overlay copies what it would otherwise link.
# The virtual environment is not in PATH, because hermes may write there and root looks programs up,
# too; for the agent itself, main-wrapper.sh puts it first.
ENV HERMES_HOME=/opt/data \
  HERMES_WEB_DIST=/opt/hermes/hermes_cli/web_dist \
  PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/command \
  PLAYWRIGHT_BROWSERS_PATH=/opt/hermes/.playwright \
  PYTHONUNBUFFERED=1 \
  npm_config_install_links=false \
  S6_BEHAVIOUR_IF_STAGE2_FAILS=2 \
  # The plans have time limits of their own; a walk of a large home takes longer than 5 s.
  S6_CMD_WAIT_FOR_SERVICES_MAXTIME=0 \
  # It names each script of cont-init.d and how that ended: which one has stopped a boot is told. With 1
  # it says no more than "some scripts exited nonzero".
  S6_VERBOSITY=2 \
  # Gateways and the main program have ended by then (cont-finish.d); it is always waited out.
  S6_KILL_GRACETIME=500 \
  # For each script of cont-finish.d: more than the longest HERMES_STOP_TIMEOUT.
  S6_KILL_FINISH_MAXTIME=600000

VOLUME ["/opt/data"]

# The main program starts in the home (main-wrapper.sh) unless -w says otherwise. Not the home itself:
# an engine refuses to start a user in a directory that is closed to it, and nothing could say why.
WORKDIR /

# Healthy once the boot has ended, degraded or not; the reason stands in the check's output. Until
# then it may take as long as a boot may. Node starts only for what is not well.
HEALTHCHECK --interval=30s --timeout=10s --start-period=30m --retries=3 \
  CMD ["/opt/hermes-boot/bin/health"]

ARG HERMES_REF
ARG REVISION=unknown
LABEL org.opencontainers.image.title="hermes-agent" \
  org.opencontainers.image.description="Hermes Agent under s6-overlay, booted by hermes-boot" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="$HERMES_REF" \
  org.opencontainers.image.revision="$REVISION" \
  org.opencontainers.image.base.name="docker.io/library/debian:13.4"

# As process 1 it becomes /init, which hands the words of `docker run IMAGE …` to the wrapper, and so
# never takes --version or --tui for its own. Root at the start: the boot needs it, every service drops
# to hermes.
ENTRYPOINT ["/opt/hermes/docker/entrypoint-dispatch.sh"]
CMD []
