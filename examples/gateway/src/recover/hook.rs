//! Whose webhook it is.

use std::fmt;

/// A webhook, by where GitHub's API has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Hook {
    Repository { owner: String, name: String },
    Organisation { name: String },
    App,
}

impl Hook {
    /// Where the list of hooks is, below the API's address; an app has only one.
    pub(super) fn siblings(&self) -> Option<String> {
        match self {
            Self::Repository { owner, name } => Some(format!("/repos/{owner}/{name}/hooks")),
            Self::Organisation { name } => Some(format!("/orgs/{name}/hooks")),
            Self::App => None,
        }
    }

    /// Where the deliveries are of the hook with this id.
    pub(super) fn deliveries(&self, id: u64) -> String {
        match self.siblings() {
            Some(siblings) => format!("{siblings}/{id}/deliveries"),
            None => "/app/hook/deliveries".to_owned(),
        }
    }
}

impl fmt::Display for Hook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Repository { owner, name } => write!(f, "{owner}/{name}"),
            Self::Organisation { name } => f.write_str(name),
            Self::App => f.write_str("the app"),
        }
    }
}

/// `owner/name`, as GitHub spells them.
pub(super) fn repository(text: &str) -> Result<Hook, &'static str> {
    let parts = text.split_once('/').filter(|(owner, name)| is_name(owner) && is_name(name));
    let (owner, name) = parts.ok_or("no repository such as acme/shop")?;
    Ok(Hook::Repository { owner: owner.to_owned(), name: name.to_owned() })
}

/// As a setting names it: `acme/shop`, `acme` or `app`; `#42` behind it is the webhook's id where
/// there are several.
pub(super) fn named(text: &str) -> Result<(Hook, Option<u64>), &'static str> {
    let (whose, id) = match text.split_once('#') {
        None => (text, None),
        Some((whose, id)) => {
            (whose, Some(id.parse().map_err(|_| "no webhook such as acme/shop#42")?))
        }
    };
    let hook = match whose {
        "app" => Hook::App,
        whose if whose.contains('/') => repository(whose)?,
        whose => organisation(whose)?,
    };
    Ok((hook, id))
}

pub(super) fn organisation(text: &str) -> Result<Hook, &'static str> {
    if is_name(text) {
        Ok(Hook::Organisation { name: text.to_owned() })
    } else {
        Err("no organisation such as acme")
    }
}

/// It becomes a part of an address, so it has no `/` and leads nowhere else.
fn is_name(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    !text.is_empty() && text.bytes().all(fits) && text.bytes().any(|b| b != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_its_hook_and_nowhere_else() {
        let hook = repository("acme/shop.js").unwrap();
        assert_eq!(hook.deliveries(7), "/repos/acme/shop.js/hooks/7/deliveries");
        assert_eq!(organisation("acme").unwrap().deliveries(7), "/orgs/acme/hooks/7/deliveries");
        assert_eq!(Hook::App.deliveries(0), "/app/hook/deliveries");
        for bad in ["acme", "acme/", "/shop", "acme/../user", "a/b/c", "a/b?c", "../..", "a b/c"] {
            assert!(repository(bad).is_err(), "{bad}");
        }
        let shop = || repository("acme/shop").unwrap();
        for (text, hook, id) in [
            ("acme/shop", shop(), None),
            ("acme/shop#42", shop(), Some(42)),
            ("acme", organisation("acme").unwrap(), None),
            ("app", Hook::App, None),
        ] {
            assert_eq!(named(text), Ok((hook, id)), "{text}");
        }
        assert!(named("acme/shop#").is_err() && named("acme#x").is_err() && named("").is_err());
        assert!(organisation("acme/shop").is_err() && organisation("..").is_err());
    }
}
