#!/bin/sh
# hermes-boot, as everybody finds it. Root may come here from `docker exec` with the environment of
# the container, of which nothing may load code into what follows.
unset BASH_ENV ENV GCONV_PATH GLIBC_TUNABLES LD_AUDIT LD_DEBUG LD_DEBUG_OUTPUT LD_LIBRARY_PATH \
  LD_PRELOAD LD_PROFILE LD_PROFILE_OUTPUT NODE_COMPILE_CACHE NODE_EXTRA_CA_CERTS NODE_ICU_DATA \
  NODE_OPTIONS NODE_PATH NODE_REDIRECT_WARNINGS NODE_REPL_EXTERNAL_MODULE NODE_V8_COVERAGE \
  OPENSSL_CONF OPENSSL_MODULES SSL_CERT_DIR SSL_CERT_FILE
for node in /opt/hermes-boot/bin/node /usr/local/bin/node /usr/bin/node; do
  [ ! -x "$node" ] || exec "$node" /opt/hermes-boot/dist/hermes-boot.cjs "$@"
done
echo 'hermes-boot: there is no node in /opt/hermes-boot/bin, /usr/local/bin or /usr/bin' >&2
exit 127
