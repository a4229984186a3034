//! One row of `oasis_checkpoints`, in the words that all databases share.

pub(crate) const NOTING: &str = "the checkpoint can't be noted";
pub(crate) const READING: &str = "the checkpoint can't be read";

/// What stands before and after the values of an insert: of two moments the later stays.
pub(crate) const INSERT: &str = "INSERT INTO oasis_checkpoints (source, reached_at) VALUES (";
pub(crate) const KEEP_LATER: &str = ") ON CONFLICT (source) DO UPDATE SET reached_at = excluded.reached_at \
     WHERE excluded.reached_at > oasis_checkpoints.reached_at";

/// What stands before the name of a source.
pub(crate) const SELECT: &str = "SELECT reached_at FROM oasis_checkpoints WHERE source = ";
