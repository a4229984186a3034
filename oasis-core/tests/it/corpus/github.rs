//! Every payload of GitHub's against the contract and the mapping.

use std::collections::BTreeMap;

use oasis_core::Normalizer;
use oasis_core::verify::danger;

use super::{ARRIVAL, corpus, payloads};
use crate::contract;
use crate::mapping::MAPPING;

#[test]
fn every_payload_keeps_the_contract_and_the_mapping() {
    let Some(root) = corpus() else { return };
    let normalizer = Normalizer::default();
    for of_event in payloads(&root).chunk_by(|a, b| a.kind == b.kind) {
        let kind = of_event[0].kind.as_str();
        let row = MAPPING.iter().find(|(event, ..)| *event == kind);
        let mut given: BTreeMap<String, usize> = BTreeMap::new();
        for payload in of_event {
            let what = payload.to_string();
            let event = payload.event(&normalizer);
            let trusted = danger::trust_github(kind, "d", &payload.body);
            let explained = normalizer.explain_github(&trusted, ARRIVAL);
            assert_eq!(explained.event, event, "{what}");
            let seen = explained.searched.iter().flat_map(|text| &text.candidates);
            let ids: Vec<_> =
                seen.filter_map(|one| Some(one.verdict.as_ref().ok()?.vtid())).collect();
            assert!(event.vtid.as_ref().is_none_or(|task| ids.contains(&task)), "{what}: {ids:?}");
            assert!(event.vtid.is_some() || ids.is_empty(), "{what}: {ids:?}");
            let json = contract::check(&event, &what);
            assert!(json["meta"]["unparsed"].is_null(), "{what}: {json}");

            let (module, ends) = row.map_or(("GITHUB", None), |row| (row.1, Some(row.2)));
            assert_eq!(event.module, module, "{what}");
            let end = event.title.as_str().splitn(3, '-').last().unwrap();
            let allowed = ends.is_none_or(|ends| ends.split(' ').any(|allowed| allowed == end));
            assert!(allowed, "{what}: {end}");
            *given.entry(event.status.to_string()).or_default() += 1;
        }
        let Some((.., wanted)) = row else { continue };
        counts_agree(kind, &given, wanted);
    }
}

/// The mapping counted the statuses of all files. Where some stand elsewhere (three packages do),
/// no other status than those may come out.
fn counts_agree(kind: &str, given: &BTreeMap<String, usize>, wanted: &[(&str, usize)]) {
    let counted: usize = wanted.iter().map(|(_, n)| n).sum();
    let wanted: BTreeMap<String, usize> =
        wanted.iter().map(|(status, n)| ((*status).to_owned(), *n)).collect();
    if given.values().sum::<usize>() == counted {
        assert_eq!(given, &wanted, "{kind}");
    } else {
        eprintln!("{kind}: {given:?} of a corpus where {wanted:?} was counted");
        let known = given.keys().all(|status| wanted.contains_key(status));
        assert!(known, "{kind}: {given:?}, {wanted:?}");
    }
}
