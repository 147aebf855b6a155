//! Patterns of dates as in UTS 35: letters are fields, text in apostrophes is literal.

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A letter and how often it is repeated.
    Field(char, usize),
    Text(String),
}

/// The pieces in their order.
pub(super) fn items(pattern: &str) -> Vec<Item> {
    let mut items = Vec::new();
    let mut characters = pattern.chars().peekable();
    let mut is_quoted = false;
    while let Some(character) = characters.next() {
        if character == '\'' {
            if characters.next_if_eq(&'\'').is_some() {
                push(&mut items, '\'');
            } else {
                is_quoted = !is_quoted;
            }
        } else if character.is_ascii_alphabetic() && !is_quoted {
            let mut repeated = 1;
            while characters.next_if_eq(&character).is_some() {
                repeated += 1;
            }
            items.push(Item::Field(character, repeated));
        } else {
            push(&mut items, character);
        }
    }
    items
}

fn push(items: &mut Vec<Item>, character: char) {
    match items.last_mut() {
        Some(Item::Text(text)) => text.push(character),
        _ => items.push(Item::Text(character.into())),
    }
}

/// The pattern made of these items.
pub(super) fn written(items: &[Item]) -> String {
    let mut pattern = String::new();
    for item in items {
        match item {
            Item::Field(letter, repeated) => pattern.extend(std::iter::repeat_n(*letter, *repeated)),
            Item::Text(text) if text.chars().any(|character| character.is_ascii_alphabetic()) => {
                pattern.push('\'');
                pattern.push_str(&text.replace('\'', "''"));
                pattern.push('\'');
            }
            Item::Text(text) => pattern.push_str(&text.replace('\'', "''")),
        }
    }
    pattern
}

/// Puts patterns into the places `{0}`, `{1}` and `{2}` of another.
pub(super) fn filled(template: &str, with: &[&str]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((number, behind)) = after.split_once('}') else { break };
        if let Some(text) = number.parse::<usize>().ok().and_then(|number| with.get(number)) {
            filled.push_str(text);
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_what_its_items_write() {
        for pattern in ["d 'de' MMMM 'de' y", "h:mm a", "yyyy''MM", "EEEE, d. MMMM y 'um' HH:mm"] {
            assert_eq!(items(&written(&items(pattern))), items(pattern));
        }
        assert_eq!(filled("{1} 'at' {0}", &["h:mm", "d/M"]), "d/M 'at' h:mm");
    }
}
