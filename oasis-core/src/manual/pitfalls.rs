//! What others learned the hard way
//!
//! Each of these was seen in code that checks webhooks and is in use. What stands behind the arrow
//! is the test here that would have found it.
//!
//! **An empty key.** A secret given in hexadecimal was decoded into a buffer of no length by a
//! wrong call, so that everybody could sign. The one test of it used invalid digits. Here a
//! [`Secret`](crate::Secret) can't be empty or blank, and its bytes are taken as they are. →
//! `secret::tests::blank_is_empty_and_nothing_prints`, and GitHub's published example in
//! `verify::github::tests::github_s_published_example_verifies`.
//!
//! **`==` on signatures.** The texts were compared up to the first difference, and a test named
//! after timing attacks looked only at wrong signatures. Here the hexadecimal digits are decoded
//! and the `hmac` crate compares, in constant time; no test claims to measure that. →
//! `verify::github::tests::a2_only_the_whole_signature_passes`.
//!
//! **No signature, no check.** A header that was missing was skipped, and a test fixed that as
//! wanted. Here headers without a signature can't be read at all. →
//! `verify::github::tests::headers_are_needed_once_and_well_formed`.
//!
//! **Two of a header.** One part of a program read the first, another the last. Here a second one
//! of any that matter is refused. → the same test, and the fuzz target `signature_headers`.
//!
//! **Configuration that vanishes.** Names that were no header names were filtered out in silence,
//! and with them the check. Here what is no scheme of task ids is an error that names it, and a
//! policy for tokens can't be made with one half of it. →
//! `vtid::spelling::tests::what_is_none_says_why`,
//! `verify::google::tests::neither_half_of_the_policy_can_be_left_out`.
//!
//! **The audience alone.** A receiver of Google's pushes looked whom a token is for and not whose
//! it is: anybody with an account of Google's could get one. Here issuer, audience, account, its
//! verification and the time all count, each to the letter. →
//! `verify::google::tests::each_claim_is_needed_as_it_is`.
//!
//! **A clock inside.** `verify` read the system's clock, so no test could hold a token up to its
//! end. Here the time is an argument. → the same test, one second before and one after.
//!
//! **Text where bytes are meant.** A body had to be UTF-8 to be signed, or was parsed and written
//! again before it was checked: the second reading differs by a space, an escape or a large number,
//! and so does the signature. Here it is over the bytes that came. →
//! `verify::github::tests::a_signature_is_of_its_own_bytes_only`.
//!
//! **Own arithmetic in constant time.** A loop over base64 text, next to a library that has one. →
//! nothing to test: there is none.
//!
//! **A closed list of actions.** The sender added a word and whole deliveries failed to parse. Here
//! every word is an event, and one that no rule knows never looks like a success. →
//! `normalize::github::tests::what_no_row_names_is_no_success`, its namesake for Google Cloud, and
//! the property `hostile::any_event_name_becomes_an_event`.
//!
//! **An answer that tells too much.** The caller learned which step failed, and by a 500 that the
//! key was unusable. Here a [`Refused`](crate::verify::Refused) has a reason for the log and
//! nothing secret in it; what the caller hears is the adapter's to say, and it says the same for
//! all.
