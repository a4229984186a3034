#!/bin/sh
# rustdoc that may write JSON, which a stable one keeps for those who ask like this. Only rustdoc is
# asked: what cargo compiles with the variable set, it would compile anew for everybody else.
RUSTC_BOOTSTRAP=1 exec rustdoc "$@"
