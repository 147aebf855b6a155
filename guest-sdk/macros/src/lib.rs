//! The `#[hook]` attribute: makes a plain Rust function the `handle` export of a component.
//!
//! It only writes the glue. What a context is decoded from, how a response is encoded and what an error looks like is
//! decided in `hookbox_guest_sdk::export`, so the expansion stays a few lines that a reader of `cargo expand` can follow.

use proc_macro::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Error, ItemFn, Result};

/// Makes the function below it the hook.
///
/// The function takes the context by value and returns the response, or a `Result` of it. It stays an ordinary function:
/// native code, unit tests above all, calls it as it is written. See the documentation of `hookbox_guest_sdk`.
#[proc_macro_attribute]
pub fn hook(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(arguments.into(), item.into()).unwrap_or_else(Error::into_compile_error).into()
}

fn expand(arguments: proc_macro2::TokenStream, item: proc_macro2::TokenStream) -> Result<proc_macro2::TokenStream> {
    if !arguments.is_empty() {
        return Err(Error::new_spanned(arguments, "#[hook] takes no arguments"));
    }
    let function: ItemFn = syn::parse2(item)?;
    check(&function)?;
    let glue = glue(&function);
    Ok(quote! { #function #glue })
}

/// Refuses at compile time what could not be called with one JSON value and give one back.
fn check(function: &ItemFn) -> Result<()> {
    let signature = &function.sig;
    if let Some(token) = &signature.asyncness {
        return Err(Error::new_spanned(token, "a hook is not async: nothing runs beside it in its sandbox"));
    }
    if let Some(token) = &signature.unsafety {
        return Err(Error::new_spanned(token, "a hook cannot be an unsafe function"));
    }
    if !signature.generics.params.is_empty() {
        return Err(Error::new_spanned(&signature.generics, "a hook cannot be generic: the context needs one type"));
    }
    if signature.inputs.len() != 1 || signature.receiver().is_some() {
        return Err(Error::new_spanned(signature, "a hook takes exactly one argument, the context"));
    }
    if matches!(signature.output, syn::ReturnType::Default) {
        return Err(Error::new_spanned(signature, "a hook returns its response, for example `-> Decision`"));
    }
    Ok(())
}

/// The export on wasm32, and on every other target the same code unexported, so that a wrong context or response type is an
/// error of the author's everyday `cargo check` and not a surprise of the release build.
fn glue(function: &ItemFn) -> proc_macro2::TokenStream {
    let name = &function.sig.ident;
    let answer = quote_spanned! { function.sig.output.span() =>
        ::hookbox_guest_sdk::export::Returned(#name(::hookbox_guest_sdk::export::decode(&context)?)).encode()
    };
    quote! {
        const _: () = {
            fn answer(context: ::std::string::String)
                -> ::core::result::Result<::std::string::String, ::std::string::String>
            {
                #[allow(unused_imports, reason = "a hook that returns a Result is encoded by an inherent method")]
                use ::hookbox_guest_sdk::export::EncodeResponse as _;
                #answer
            }

            #[cfg(not(target_arch = "wasm32"))]
            const _: fn(::std::string::String)
                -> ::core::result::Result<::std::string::String, ::std::string::String> = answer;

            #[cfg(target_arch = "wasm32")]
            struct Hook;
            #[cfg(target_arch = "wasm32")]
            impl ::hookbox_guest_sdk::export::bindings::Guest for Hook {
                fn handle(context: ::std::string::String)
                    -> ::core::result::Result<::std::string::String, ::std::string::String>
                {
                    ::hookbox_guest_sdk::export::report_panics();
                    answer(context)
                }
            }
            #[cfg(target_arch = "wasm32")]
            ::hookbox_guest_sdk::export::bindings::export!(
                Hook with_types_in ::hookbox_guest_sdk::export::bindings
            );
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(item: proc_macro2::TokenStream) -> String {
        expand(quote!(), item).expect_err("the attribute must refuse this").to_string()
    }

    #[test]
    fn keeps_the_function_as_it_was_written() {
        let written = quote! { pub fn handle(context: Context) -> Decision { Decision::allow(context.user) } };
        let expanded = expand(quote!(), written.clone()).expect("a valid hook").to_string();
        assert!(expanded.starts_with(&written.to_string()), "{expanded}");
    }

    #[test]
    fn says_what_is_wrong_with_a_signature() {
        assert!(message(quote! { async fn h(c: C) -> D { d } }).contains("not async"));
        assert!(message(quote! { unsafe fn h(c: C) -> D { d } }).contains("unsafe"));
        assert!(message(quote! { fn h<C>(c: C) -> D { d } }).contains("generic"));
        assert!(message(quote! { fn h() -> D { d } }).contains("exactly one argument"));
        assert!(message(quote! { fn h(a: A, b: B) -> D { d } }).contains("exactly one argument"));
        assert!(message(quote! { fn h(&self) -> D { d } }).contains("exactly one argument"));
        assert!(message(quote! { fn h(c: C) { } }).contains("returns its response"));
    }

    #[test]
    fn takes_no_arguments() {
        let error = expand(quote!(fast), quote! { fn h(c: C) -> D { d } }).expect_err("an argument");
        assert!(error.to_string().contains("no arguments"));
    }
}
