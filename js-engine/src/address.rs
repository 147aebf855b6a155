//! Addresses of the web: what `URL` and `URLSearchParams` of the prelude are built on. Parsing, and what a setter does, are the `url` crate's;
//! names outside of ASCII are the `idna` crate's.

mod drives;

use std::borrow::Cow;

use rquickjs::function::{Func, Opt};
use rquickjs::{Array, Ctx, Error, Object, Result, Value};
use url::{Url, quirks};

use crate::quick::with_utf8;

/// Adds the natives to the object that the prelude is given.
pub(crate) fn add(natives: &Object<'_>) -> Result<()> {
    natives.set("urlParse", Func::from(parse))?;
    natives.set("urlCanParse", Func::from(can_parse))?;
    natives.set("urlSet", Func::from(set))?;
    natives.set("formParse", Func::from(form_parse))?;
    natives.set("formSerialize", Func::from(form_serialize))?;
    natives.set("domainToUnicode", Func::from(domain_to_unicode))?;
    Ok(())
}

fn text(value: &Value<'_>) -> Result<String> {
    with_utf8(value, |text| String::from_utf8_lossy(text).into_owned())
}

fn parsed<'js>(input: &Value<'js>, base: Option<Value<'js>>) -> Result<Option<Url>> {
    let base = match base.filter(|base| !base.is_undefined()) {
        Some(base) => match Url::parse(&text(&base)?) {
            Ok(base) => Some(base),
            Err(_) => return Ok(None),
        },
        None => None,
    };
    let input = text(input)?;
    let input = base.as_ref().map_or_else(|| Cow::from(&*input), |base| reference(&input, base));
    Ok(drives::parse(&input, base.as_ref()))
}

/// A reference as the crate has to be given it to take its slashes as the standard says: before the host of a special scheme any number of
/// them counts as two, and where the scheme is not special, a backslash is none.
fn reference<'a>(input: &'a str, base: &Url) -> Cow<'a, str> {
    const SPECIAL: [&str; 5] = ["http", "https", "ws", "wss", "ftp"];
    let input = input.trim_start_matches(|char| char <= ' ');
    let rest = input.trim_start_matches(['/', '\\', '\t', '\n', '\r']);
    let slashes = input.get(..input.len() - rest.len()).unwrap_or_default().bytes().filter(|byte| matches!(byte, b'/' | b'\\')).count();
    if slashes > 2 && SPECIAL.contains(&base.scheme()) {
        return format!("//{rest}").into();
    }
    let is_special = SPECIAL.contains(&base.scheme()) || base.scheme() == "file";
    if !is_special && input.starts_with('\\') && !base.cannot_be_a_base() {
        return format!("./{input}").into();
    }
    input.into()
}

/// `[href, places...]`: where the scheme ends, and where user name, password, host, port and path begin and end and the query ends.
fn record<'js>(ctx: &Ctx<'js>, url: &Url) -> Result<Array<'js>> {
    let record = Array::new(ctx.clone())?;
    record.set(0, url.as_str())?;
    for (at, place) in places(url).into_iter().enumerate() {
        record.set(at + 1, place)?;
    }
    Ok(record)
}

fn places(url: &Url) -> [usize; 12] {
    // Each part is a slice of the whole.
    let start = |part: &str| part.as_ptr() as usize - url.as_str().as_ptr() as usize;
    let span = |part: &str| (start(part), start(part) + part.len());
    let path = span(url.path());
    let host = url.host_str().map_or((path.0, path.0), span);
    let user = Some(url.username()).filter(|user| !user.is_empty()).map_or((host.0, host.0), span);
    let secret = url.password().map_or((host.0, host.0), span);
    let port = if url.port().is_some() { (host.1 + 1, path.0) } else { (host.1, host.1) };
    let query = url.query().map_or(path.1, |query| span(query).1);
    [url.scheme().len(), user.0, user.1, secret.0, secret.1, host.0, host.1, port.0, port.1, path.0, path.1, query]
}

fn can_parse<'js>(input: Value<'js>, base: Opt<Value<'js>>) -> Result<bool> {
    Ok(parsed(&input, base.0)?.is_some())
}

fn parse<'js>(ctx: Ctx<'js>, input: Value<'js>, base: Opt<Value<'js>>) -> Result<Option<Array<'js>>> {
    parsed(&input, base.0)?.map(|url| record(&ctx, &url)).transpose()
}

/// What an address becomes when one of its parts is set; nothing where it stays as it is.
fn set<'js>(ctx: Ctx<'js>, href: Value<'js>, part: u8, value: Value<'js>) -> Result<Option<Array<'js>>> {
    let Ok(mut url) = Url::parse(&text(&href)?) else { return Ok(None) };
    let value = text(&value)?;
    let done = match part {
        0 => quirks::set_protocol(&mut url, &value).is_ok(),
        1 => quirks::set_username(&mut url, &value).is_ok(),
        2 => quirks::set_password(&mut url, &value).is_ok(),
        3 => quirks::set_host(&mut url, &value).is_ok(),
        4 => quirks::set_hostname(&mut url, &value).is_ok(),
        5 => quirks::set_port(&mut url, &value).is_ok(),
        6 => {
            quirks::set_pathname(&mut url, &value);
            true
        }
        7 => {
            quirks::set_search(&mut url, &value);
            true
        }
        _ => {
            quirks::set_hash(&mut url, &value);
            true
        }
    };
    if done { record(&ctx, &url).map(Some) } else { Ok(None) }
}

/// `[name, value, name, value...]`.
fn form_parse<'js>(ctx: Ctx<'js>, text: Value<'js>) -> Result<Array<'js>> {
    let pairs = Array::new(ctx)?;
    with_utf8(&text, |text| {
        for (at, (name, value)) in form_urlencoded::parse(text).enumerate() {
            pairs.set(at * 2, &*name)?;
            pairs.set(at * 2 + 1, &*value)?;
        }
        Ok::<_, Error>(())
    })??;
    Ok(pairs)
}

fn form_serialize(pairs: Array<'_>) -> Result<String> {
    let mut out = String::new();
    for (at, part) in pairs.iter::<Value<'_>>().enumerate() {
        if at > 0 {
            out.push(if at % 2 == 0 { '&' } else { '=' });
        }
        with_utf8(&part?, |part| out.extend(form_urlencoded::byte_serialize(part)))?;
    }
    Ok(out)
}

fn domain_to_unicode(domain: Value<'_>) -> Result<String> {
    Ok(idna::domain_to_unicode(&text(&domain)?).0)
}
