# Starts the gateway in the root folder $1 as user $2, asks with the image's own check whether it is
# well, and stops it as a container engine does.
set -euo pipefail
root=$1 user=$2

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }
# Given back at the end, so that the next run can delete it.
as_root chown "$user:$user" "$root/data"
give_back() { as_root chown -R "$(id -u):$(id -g)" "$root/data"; }
trap give_back EXIT
enter() {
    if [ "$(id -u)" = 0 ]; then
        exec chroot --userspec="$user:$user" "$root" "$@"
    else
        exec sudo --preserve-env chroot --userspec="$user:$user" "$root" "$@"
    fi
}
# Secrets that are long enough and nobody's.
random() { head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n'; }
export PORT=$port RUST_LOG=warn
GITHUB_WEBHOOK_SECRET=$(random) OASIS_INGEST_TOKEN=$(random) OASIS_READ_TOKEN=$(random)
export GITHUB_WEBHOOK_SECRET OASIS_INGEST_TOKEN OASIS_READ_TOKEN

(enter /usr/local/bin/oasis-gateway) &
gateway=$!
trap 'kill "$gateway" 2>/dev/null || true; give_back' EXIT
for _ in $(seq 100); do
    # shellcheck disable=SC2086 # the check is words
    if (enter $CHECK); then
        well=yes
        break
    fi
    kill -0 "$gateway" || { echo "error: the gateway ended by itself" >&2; exit 1; }
    sleep 0.1
done
[ "${well-}" = yes ] || { echo "error: it never became healthy" >&2; exit 1; }
as_root test -s "$root/data/oasis.db" || { echo "error: the ledger is not on the volume" >&2; exit 1; }

kill -TERM "$gateway"
trap give_back EXIT
wait "$gateway"
if (enter $CHECK 2>/dev/null); then
    echo "error: the check finds a stopped gateway healthy" >&2
    exit 1
fi
echo "started as $user with PORT=$port, healthy, stopped with status 0"
