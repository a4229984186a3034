#!/bin/sh
# Makes what the container image is filled with: `deploy/image.sh FOLDER`, from the checkout's top.
# The Dockerfile calls it, and so does the test command, where there is no Docker.
set -eu

to=$1
profile=${PROFILE:-release}
case $profile in
    dev) built=debug ;;
    *) built=$profile ;;
esac

# Where a release was built doesn't show in it: the same sources give the same bytes. Other profiles
# share what is compiled with the tests, which know no such flags.
if [ "$profile" = release ]; then
    home=${CARGO_HOME:-$HOME/.cargo}
    target=${CARGO_TARGET_DIR:-$PWD/target}
    for map in "$PWD=/oasis" "$home=/cargo" "$target=/target"; do
        RUSTFLAGS="${RUSTFLAGS:-} --remap-path-prefix=$map"
        CFLAGS="${CFLAGS:-} -ffile-prefix-map=$map"
    done
    export RUSTFLAGS CFLAGS
fi

cargo build --locked --profile "$profile" -p oasis-gateway
# Without `-D`, which is something else on a Mac.
install -d "$to/usr/local/bin"
install -m 0755 "${CARGO_TARGET_DIR:-target}/$built/oasis-gateway" "$to/usr/local/bin/"
install -d -m 0700 "$to/data"
