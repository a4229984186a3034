//! Texts of a real history, and what task id a reader finds in each.

use std::fs;

use oasis_core::VtidSearch;

use super::{corpus, files, name};

#[test]
fn every_text_gives_the_task_id_that_was_expected() {
    let Some(root) = corpus() else { return };
    let search = VtidSearch::default();
    let mut rows = 0;
    for file in files(&root.join("vtid"), ".tsv") {
        let table = fs::read_to_string(&file).unwrap();
        for (n, line) in table.lines().enumerate().skip(1) {
            let mut columns = line.split('\t');
            let text: String = serde_json::from_str(columns.next().unwrap()).unwrap();
            let expected = columns.next().unwrap();
            let found = search.find(&text);
            let found = found.as_ref().map_or("UNSET", |found| found.vtid().as_str());
            assert_eq!(found, expected, "{}:{}: {text}", name(&file), n + 1);
            rows += 1;
        }
    }
    assert!(rows >= 3_400, "only {rows} texts");
}
