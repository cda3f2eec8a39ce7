#!/bin/sh
# Makes what a release publishes, and publishes nothing: the package, the list of what went into it
# (SBOM), and their checksums. CI runs it for each change, the release workflow for a tag.
# $1: the directory to write to, $2: the tag, where there is one
set -eu
cd "$(dirname "$0")/.."

out=$1
version=$(node -p 'require("./package.json").version')
if [ "${2:-v$version}" != "v$version" ]; then
  echo "release: the tag is $2, but package.json has the version $version" >&2
  exit 1
fi
if ! grep -q "^## $version\$" CHANGELOG.md; then
  echo "release: CHANGELOG.md has no section '## $version'; rename 'Unreleased'" >&2
  exit 1
fi

npm run --silent build
mkdir -p "$out"
package=$(npm pack --silent --ignore-scripts --pack-destination "$out")
npm sbom --sbom-format spdx --omit dev > "$out/hermes-boot-$version.spdx.json"
cd "$out"
sha256sum "$package" "hermes-boot-$version.spdx.json" > SHA256SUMS
cat SHA256SUMS
