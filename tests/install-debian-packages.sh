#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Is every package of debian-packages.txt here? Install those that are not, or name them and fail.
set -eu
missing=
for package in $(sed 's/#.*//' "$(dirname "$0")/debian-packages.txt"); do
    dpkg-query -W -f='${Status}\n' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
    echo "The tests need Debian packages that are not here:$missing" >&2
    echo "Have root run: apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
apt-get update -qq
# shellcheck disable=SC2086 # one word a package
DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends $missing >/dev/null
