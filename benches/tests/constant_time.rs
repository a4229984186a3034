//! Where a signature is wrong can't be told from how long it is looked at: valgrind counts the
//! instructions, which are the same on every machine and in every run. `cargo xtask timing` measures
//! the time itself.
//!
//! A test runs this program again under callgrind, where the function that compares is all that is
//! counted.

use std::hint::black_box;
use std::process::Command;

use oasis_core::verify::{GithubHeaders, GithubVerifier};
use oasis_core::{KeyRing, Secret};

/// Which character of the signature is wrong, in the program that is counted.
const WRONG_AT: &str = "OASIS_WRONG_AT";
const BODY: &[u8] = b"{}";

fn verifier() -> GithubVerifier {
    GithubVerifier::new(&KeyRing::new(Secret::new("It's a Secret to Everybody").unwrap()))
}

/// The right signature but for one character.
fn wrong(at: usize) -> String {
    let mut signature = verifier().sign(BODY).into_bytes();
    let at = "sha256=".len() + at;
    signature[at] = if signature[at] == b'0' { b'1' } else { b'0' };
    String::from_utf8(signature).unwrap()
}

#[inline(never)]
fn counted_verification(verifier: &GithubVerifier, headers: &GithubHeaders<'_>) -> bool {
    verifier.verify(headers, black_box(BODY)).is_ok()
}

/// What everybody writes first.
#[inline(never)]
fn counted_control(right: &[u8], signature: &[u8]) -> bool {
    right.iter().zip(signature).all(|(right, given)| black_box(right) == black_box(given))
}

/// How many instructions a function of this program takes for a signature that is wrong there.
fn instructions(test: &str, function: &str, at: usize) -> u64 {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(format!("--toggle-collect=*{function}*"))
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--test-threads", "1"])
        .env(WRONG_AT, at.to_string())
        .output()
        .expect("valgrind runs; `cargo xtask provision` installs it");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{said}");
    let collected = said.lines().find_map(|line| line.split_once("Collected : ")).unwrap().1;
    collected.trim().parse().unwrap()
}

/// The character that is wrong, where this is the program that is counted.
fn wrong_at() -> Option<usize> {
    std::env::var(WRONG_AT).ok().map(|at| at.parse().unwrap())
}

#[test]
fn a3_comparison_in_constant_time() {
    if let Some(at) = wrong_at() {
        let (verifier, signature) = (verifier(), wrong(at));
        let headers = GithubHeaders::read([
            ("x-github-event", b"push".as_slice()),
            ("x-github-delivery", b"72d3162e-cc78-11e3-81ab-4c9367dc0958"),
            ("x-hub-signature-256", signature.as_bytes()),
        ]);
        let headers = headers.unwrap();
        assert!(!counted_verification(&verifier, &headers));
        return;
    }
    let [first, middle, last] = [0, 31, 63]
        .map(|at| instructions("a3_comparison_in_constant_time", "counted_verification", at));
    println!("{first} instructions, wherever the signature is wrong");
    assert!(first > 1000, "the hash is counted: {first}");
    assert_eq!((first, middle), (middle, last));
}

#[test]
fn a3_a_comparison_that_ends_early_is_found_out() {
    if let Some(at) = wrong_at() {
        assert!(!counted_control(verifier().sign(BODY).as_bytes(), wrong(at).as_bytes()));
        return;
    }
    let [first, last] = [0, 63].map(|at| {
        instructions("a3_a_comparison_that_ends_early_is_found_out", "counted_control", at)
    });
    assert!(first < last, "{first}, {last}");
}
