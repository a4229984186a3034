//! Texts in which a task id is looked for: what people write, and what only looks like an id.

/// A text of a KiB that says the same again and again.
fn kib(words: &str) -> String {
    words.chars().cycle().take(1024).collect()
}

/// A message as people write it, with no id.
pub fn prose() -> String {
    kib(
        "Merge the branch that keeps the order of the ledger. It was reviewed by two people, it is \
         tested on both stores, and the figures of 2025 stand in the page about scale. ",
    )
}

/// The same, and an id at its end.
pub fn named() -> String {
    let mut text = prose();
    text.truncate(1024 - " DEV-CICDL-0031".len());
    text + " DEV-CICDL-0031"
}

/// Names of services and branches: hyphens and digits, and no id.
pub fn names() -> String {
    kib("gateway-staging-00430 release-2025-10-29 refs/heads/feature-1234-x europe-west1-docker ")
}

/// All but ids: each is given up at another place.
pub fn near_misses() -> String {
    kib("DEV-CICDL-31 DEV-CICDL-0031-2 XDEV-CICDL-0031X VTID-12 DEV-VTID-31 A-B-0001 DEV--0031 ")
}
