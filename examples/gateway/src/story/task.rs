//! A task, and what its parts are called.

/// What somebody of the team works on.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    pub(super) vtid: String,
    /// The number of its pull request.
    pub(super) number: u64,
    pub(super) title: &'static str,
    pub(super) author: &'static str,
}

impl Task {
    pub(super) fn new(vtid: &str, number: u64, title: &'static str, author: &'static str) -> Self {
        Self { vtid: vtid.to_owned(), number, title, author }
    }

    pub(super) fn branch(&self) -> String {
        let words = self.title.to_ascii_lowercase().replace(' ', "-");
        format!("vt/{}-{words}", self.vtid)
    }

    /// The title of its pull request.
    pub(super) fn pr_title(&self) -> String {
        format!("[VTID {}] {}", self.vtid, self.title)
    }

    /// The id of its n-th commit.
    pub(super) fn sha(&self, n: u64) -> String {
        // Numbers that look like nothing in particular (splitmix64).
        let mut state = self.number << 8 | n;
        let mut word = || {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        format!("{:016x}{:016x}{:08x}", word(), word(), word() >> 32)
    }

    /// The id of its n-th run.
    pub(super) fn run(&self, n: u64) -> u64 {
        9_000_000_000 + self.number * 10 + n
    }
}

/// The commit that the merge makes.
pub(super) const MERGE: u64 = 99;
/// The run that the merge starts.
pub(super) const DEPLOY_RUN: u64 = 9;
