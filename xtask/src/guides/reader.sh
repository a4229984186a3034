# A reader at a shell, for the tests: what the pages say is typed as it stands. Only what never ends,
# or what would build what is built, means something else here.
set -eEuo pipefail
# What is answered is shown when something went wrong.
exec 3>&2 >said.txt 2>&1
trap 'tail -n 20 said.txt >&3; printf "\nerror: the block at %s failed\n" "$BLOCK" >&3' ERR
trap 'stop_gateway' EXIT
trap 'exit 1' INT TERM

stop_gateway() {
    [ -e gateway.pid ] || return 0
    kill "$(cat gateway.pid)" 2>/dev/null || true
    wait "$(cat gateway.pid)" 2>/dev/null || true
    rm -f gateway.pid
}

# Starting it brings the prompt back, as a second shell would, once it answers.
start_gateway() {
    stop_gateway
    "$OASIS_GATEWAY" "$@" >>gateway.log 2>&1 &
    echo $! >gateway.pid
    command curl --silent --show-error --fail --retry 100 --retry-delay 1 --retry-connrefused \
        --retry-max-time 60 "http://$GATEWAY_ADDRESS/livez" >/dev/null || {
        cat gateway.log
        return 1
    }
}

oasis-gateway() {
    case "${1-}" in
        '' | -[!-]* | --listen | --port | --config | --data-dir | --public-read | serve)
            start_gateway "$@" ;;
        # These go to the default address unless told otherwise.
        demo | send) "$OASIS_GATEWAY" "$@" --url "http://$GATEWAY_ADDRESS" ;;
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
        'xtask test') ;; # that is what runs this
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
