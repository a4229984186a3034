# A reader at a shell, for the tests: what the pages say is typed as it stands. Only what never ends,
# or what would build what is built, means something else here.
set -eEuo pipefail
# What is answered is shown when something went wrong.
exec 3>&2 >said.txt 2>&1
trap 'tail -n 20 said.txt >&3; printf "\nerror: the block at %s failed\n" "$BLOCK" >&3' ERR
trap 'stop_server gateway; stop_server embed-axum' EXIT
trap 'exit 1' INT TERM

stop_server() {
    [ -e "$1.pid" ] || return 0
    kill "$(cat "$1.pid")" 2>/dev/null || true
    wait "$(cat "$1.pid")" 2>/dev/null || true
    rm -f "$1.pid"
}

# Starting one brings the prompt back, as a second shell would, once it answers at this address.
start_server() {
    local name=$1 address=$2
    shift 2
    stop_server "$name"
    "$@" >>"$name.log" 2>&1 &
    echo $! >"$name.pid"
    command curl --silent --show-error --fail --retry 100 --retry-delay 1 --retry-connrefused \
        --retry-max-time 60 "http://$address" >/dev/null || {
        cat "$name.log"
        return 1
    }
}

start_gateway() {
    start_server gateway "$GATEWAY_ADDRESS/livez" "$OASIS_GATEWAY" "$@"
}

oasis-gateway() {
    case "${1-}" in
        '' | -[!-]* | --listen | --port | --config | --data-dir | --public-read | serve)
            start_gateway "$@" ;;
        # These go to the default address unless told otherwise.
        demo | send)
            case " $* " in
                *' --url '*) "$OASIS_GATEWAY" "$@" ;;
                *) "$OASIS_GATEWAY" "$@" --url "http://$GATEWAY_ADDRESS" ;;
            esac ;;
        tail)
            timeout --preserve-status --signal=INT 3 \
                "$OASIS_GATEWAY" "$@" --url "http://$GATEWAY_ADDRESS" ;;
        *) "$OASIS_GATEWAY" "$@" ;;
    esac
}

cargo() {
    case "$*" in
        'run --release -p oasis-gateway') oasis-gateway ;;
        'run --release -p oasis-gateway -- '*)
            shift 5
            oasis-gateway "$@" ;;
        'run -p embed-axum') start_server embed-axum "$APP_LISTEN" "$EMBED_AXUM" ;;
        # That is what runs this, and a step beside this one.
        'xtask test' | 'xtask fuzz') ;;
        *) command cargo "$@" ;;
    esac
}

# The wheel is built, installed and tested by the step `py`, in an environment of its own.
pip() {
    [ "$*" = 'install ./oasis-py' ] || command pip "$@"
}

# An answer that is no success fails the block; a feed, which never ends, is read for a while.
curl() {
    case " $* " in
        *' -N '*)
            command curl --silent --show-error --fail-with-body --max-time 2 "$@" >feed.txt ||
                [ $? = 28 ]
            grep -q '"type":"connected"' feed.txt ;;
        *) command curl --silent --show-error --fail-with-body "$@" ;;
    esac
}
