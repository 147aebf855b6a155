//! Finds what of a program is types only. A statement or a member of a class that goes as a whole leaves a semicolon, so that the one
//! before it does not go on in the one behind it.

use std::collections::HashSet;

use oxc_ast::ast::{
    ArrowFunctionExpression, Class, Declaration, Decorator, ExportDefaultDeclarationKind, ExportSpecifier, FormalParameter, Function,
    FunctionType, ImportOrExportKind, ImportSpecifier, MethodDefinition, MethodDefinitionType, ModuleDeclaration, PropertyDefinition,
    PropertyDefinitionType, PropertyKey, Statement, TSAsExpression, TSClassImplements, TSEnumDeclaration, TSExportAssignment,
    TSImportEqualsDeclaration, TSIndexSignature, TSNamespaceDeclaration, TSNamespaceDeclarationBody, TSNamespaceExportDeclaration,
    TSNonNullExpression, TSSatisfiesExpression, TSTypeAnnotation, TSTypeAssertion, TSTypeParameterDeclaration,
    TSTypeParameterInstantiation, VariableDeclarator,
};
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Token;
use oxc_span::{GetSpan as _, Span};
use oxc_syntax::scope::ScopeFlags;

use super::blanks::Blanks;
use super::fault::Fault;
use super::tokens::{Found, Tokens};

/// Words before the name of a member that JavaScript does not have.
const MODIFIERS: [&str; 7] = ["public", "private", "protected", "readonly", "override", "abstract", "declare"];
/// Names of members that mean something else before another member.
const WORDS: [&str; 4] = ["get", "set", "static", "async"];
/// What goes on with the expression before it, although it begins a line.
const GO_ON: [char; 10] = ['(', '[', '`', '+', '-', '*', '/', '<', ',', '.'];

/// The types of one program.
pub(super) struct Erase<'s> {
    source: &'s str,
    tokens: Tokens<'s>,
    blanks: Blanks,
    /// Where statements and members end that have no semicolon.
    ends: HashSet<u32>,
    fault: Option<Fault>,
}

impl<'s> Erase<'s> {
    pub(super) fn new(source: &'s str, tokens: &'s [Token]) -> Self {
        Self { source, tokens: Tokens::new(source, tokens), blanks: Blanks::default(), ends: HashSet::new(), fault: None }
    }

    /// The source without them.
    pub(super) fn finish(self) -> Result<String, Fault> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(self.blanks.apply(self.source)),
        }
    }

    fn refuse(&mut self, span: Span, what: &str, instead: &str) {
        let at = span.start as usize;
        if self.fault.as_ref().is_none_or(|other| at < other.at) {
            let message = format!("{what} is more than types, and nothing is generated for it: {instead}");
            self.fault = Some(Fault { at, message });
        }
    }

    /// Takes a whole statement or member away.
    fn take(&mut self, span: Span) {
        self.blanks.blank(span.start, span.end);
        self.blanks.mark(span.start, ';');
    }

    /// Takes the end of an expression away. Where that ends its statement, too, the next line must not go on with it.
    fn take_end(&mut self, start: u32, end: u32) {
        self.blanks.blank(start, end);
        let goes_on = |next: &Found<'_>| next.on_new_line && next.text.starts_with(GO_ON);
        if self.ends.contains(&end)
            && self.tokens.after(end).as_ref().is_some_and(goes_on)
            && let Some(first) = self.tokens.after(start)
        {
            self.blanks.mark(first.start, ';');
        }
    }

    fn text(&self, span: Span) -> &'s str {
        self.source.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    fn note_end(&mut self, span: Span) {
        if !self.text(span).ends_with(';') {
            self.ends.insert(span.end);
        }
    }

    /// Blanks a mark (`?`, `!`) that is the first token of a part of the source.
    fn mark_at(&mut self, start: u32, end: u32) {
        // A computed name ends with its bracket.
        let found = self.tokens.within(start, end).find(|token| token.text != "]" && token.text != ")");
        if let Some(token) = found.filter(|token| token.text == "?" || token.text == "!") {
            self.blanks.blank(token.start, token.end);
        }
    }

    /// Blanks the modifiers of a member before its name.
    fn modifiers(&mut self, member: Span, key: u32) {
        let mut is_first = true;
        for token in self.tokens.within(member.start, key) {
            if MODIFIERS.contains(&token.text) {
                self.blanks.blank(token.start, token.end);
                if is_first {
                    self.blanks.mark(token.start, ';');
                }
            }
            is_first = false;
        }
    }

    /// Blanks an entry of a list of names, with the comma behind it.
    fn entry(&mut self, span: Span) {
        let comma = self.tokens.after(span.end).filter(|token| token.text == ",");
        self.blanks.blank(span.start, comma.map_or(span.end, |comma| comma.end));
    }
}

/// Whether a declaration is gone at run time.
fn is_type(declaration: &Declaration<'_>) -> bool {
    match declaration {
        Declaration::VariableDeclaration(one) => one.declare,
        Declaration::FunctionDeclaration(one) => one.declare || one.r#type == FunctionType::TSDeclareFunction,
        Declaration::ClassDeclaration(one) => one.declare,
        Declaration::TSEnumDeclaration(one) => one.declare,
        Declaration::TSNamespaceDeclaration(one) => one.declare || holds_types(&one.body),
        Declaration::TSImportEqualsDeclaration(one) => one.import_kind == ImportOrExportKind::Type,
        Declaration::TSTypeAliasDeclaration(_)
        | Declaration::TSInterfaceDeclaration(_)
        | Declaration::TSExternalModuleDeclaration(_)
        | Declaration::TSGlobalDeclaration(_) => true,
    }
}

/// Whether there is nothing but types in a namespace.
fn holds_types(body: &TSNamespaceDeclarationBody<'_>) -> bool {
    match body {
        TSNamespaceDeclarationBody::TSModuleBlock(block) => block.body.iter().all(is_gone),
        TSNamespaceDeclarationBody::TSNamespaceDeclaration(inner) => inner.declare || holds_types(&inner.body),
    }
}

/// Whether a statement is gone at run time.
fn is_gone(statement: &Statement<'_>) -> bool {
    statement.as_declaration().is_some_and(is_type) || statement.as_module_declaration().is_some_and(is_type_of_module)
}

/// The same for what a module imports and exports.
fn is_type_of_module(declaration: &ModuleDeclaration<'_>) -> bool {
    match declaration {
        ModuleDeclaration::ImportDeclaration(one) => one.import_kind == ImportOrExportKind::Type,
        ModuleDeclaration::ExportAllDeclaration(one) => one.export_kind == ImportOrExportKind::Type,
        ModuleDeclaration::ExportNamedDeclaration(one) => one.export_kind == ImportOrExportKind::Type,
        ModuleDeclaration::ExportFromDeclaration(one) => one.export_kind == ImportOrExportKind::Type,
        ModuleDeclaration::ExportDeclaration(one) => is_type(&one.declaration),
        ModuleDeclaration::ExportDefaultDeclaration(one) => match &one.declaration {
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => true,
            ExportDefaultDeclarationKind::FunctionDeclaration(one) => one.body.is_none(),
            _ => false,
        },
        ModuleDeclaration::TSExportAssignment(_) | ModuleDeclaration::TSNamespaceExportDeclaration(_) => false,
    }
}

impl<'a> Visit<'a> for Erase<'_> {
    fn visit_statement(&mut self, it: &Statement<'a>) {
        if is_gone(it) {
            return self.take(it.span());
        }
        self.note_end(it.span());
        walk::walk_statement(self, it);
    }

    fn visit_ts_type_annotation(&mut self, it: &TSTypeAnnotation<'a>) {
        self.take_end(it.span.start, it.span.end);
    }

    fn visit_ts_type_parameter_declaration(&mut self, it: &TSTypeParameterDeclaration<'a>) {
        self.blanks.blank(it.span.start, it.span.end);
    }

    fn visit_ts_type_parameter_instantiation(&mut self, it: &TSTypeParameterInstantiation<'a>) {
        self.take_end(it.span.start, it.span.end);
    }

    fn visit_ts_as_expression(&mut self, it: &TSAsExpression<'a>) {
        self.visit_expression(&it.expression);
        self.take_end(it.expression.span().end, it.span.end);
    }

    fn visit_ts_satisfies_expression(&mut self, it: &TSSatisfiesExpression<'a>) {
        self.visit_expression(&it.expression);
        self.take_end(it.expression.span().end, it.span.end);
    }

    fn visit_ts_non_null_expression(&mut self, it: &TSNonNullExpression<'a>) {
        self.visit_expression(&it.expression);
        self.take_end(it.expression.span().end, it.span.end);
    }

    fn visit_function(&mut self, it: &Function<'a>, flags: ScopeFlags) {
        if let Some(this) = &it.this_param {
            self.entry(this.span);
        }
        if let Some(types) = &it.type_parameters {
            self.visit_ts_type_parameter_declaration(types);
        }
        self.visit_formal_parameters(&it.params);
        if let Some(returned) = &it.return_type {
            self.visit_ts_type_annotation(returned);
        }
        if let Some(body) = &it.body {
            self.visit_function_body(body);
        }
        let _ = flags;
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        walk::walk_arrow_function_expression(self, it);
        // No line may end before the arrow, nor between `return` or `async` and the parameters.
        if let Some(returned) = it.return_type.as_ref().filter(|returned| self.text(returned.span).contains('\n'))
            && let Some(closing) = self.tokens.before(returned.span.start)
        {
            self.blanks.blank(closing.start, closing.end);
            self.blanks.mark(returned.span.end - 1, ')');
        }
        if let Some(types) = it.type_parameters.as_ref().filter(|types| self.text(types.span).contains('\n'))
            && let Some(opening) = self.tokens.after(types.span.end)
        {
            self.blanks.blank(opening.start, opening.end);
            self.blanks.mark(types.span.start, '(');
        }
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        if it.accessibility.is_some() || it.readonly || it.r#override {
            self.refuse(it.span, "a parameter property", "declare the field, and set it in the constructor");
        }
        if it.optional {
            let end = it.type_annotation.as_ref().map_or(it.span.end, |types| types.span.start);
            self.mark_at(it.pattern.span().end, end);
        }
        walk::walk_formal_parameter(self, it);
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if it.definite {
            self.mark_at(it.id.span().end, it.span.end);
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        if it.r#abstract
            && let Some(word) = self.tokens.within(it.span.start, it.body.span.start).find(|token| token.text == "abstract")
        {
            self.blanks.blank(word.start, word.end);
        }
        if let (Some(first), Some(last)) = (it.implements.first(), it.implements.last())
            && let Some(word) = self.tokens.before(first.span.start)
        {
            self.blanks.blank(word.start, last.span.end);
        }
        walk::walk_class(self, it);
    }

    /// The list is blanked as a whole.
    fn visit_ts_class_implements(&mut self, _: &TSClassImplements<'a>) {}

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        if it.r#type == MethodDefinitionType::TSAbstractMethodDefinition || it.value.body.is_none() {
            return self.take(it.span);
        }
        self.modifiers(it.span, it.key.span().start);
        if it.optional {
            self.mark_at(it.key.span().end, it.value.span.start);
        }
        walk::walk_method_definition(self, it);
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        if it.r#type == PropertyDefinitionType::TSAbstractPropertyDefinition || it.declare {
            return self.take(it.span);
        }
        self.modifiers(it.span, it.key.span().start);
        if it.optional || it.definite {
            self.mark_at(it.key.span().end, it.span.end);
        }
        self.note_end(it.span);
        walk::walk_property_definition(self, it);
        let is_word = matches!(&it.key, PropertyKey::StaticIdentifier(name) if WORDS.contains(&name.name.as_str()));
        if let Some(types) = it.type_annotation.as_ref().filter(|_| is_word && it.value.is_none()) {
            self.blanks.mark(types.span.start, ';');
        }
    }

    fn visit_ts_index_signature(&mut self, it: &TSIndexSignature<'a>) {
        self.take(it.span);
    }

    fn visit_import_specifier(&mut self, it: &ImportSpecifier<'a>) {
        if it.import_kind == ImportOrExportKind::Type {
            self.entry(it.span);
        }
    }

    fn visit_export_specifier(&mut self, it: &ExportSpecifier<'a>) {
        if it.export_kind == ImportOrExportKind::Type {
            self.entry(it.span);
        }
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        self.refuse(it.span, "an enum", "use `const NAME = { ... } as const`");
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        self.refuse(it.span, "a namespace", "use a module, or an object");
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        self.refuse(it.span, "`import ... =`", "use `import ... from`");
    }

    fn visit_ts_export_assignment(&mut self, it: &TSExportAssignment<'a>) {
        self.refuse(it.span, "`export =`", "use `export default`, or `module.exports`");
    }

    fn visit_ts_namespace_export_declaration(&mut self, it: &TSNamespaceExportDeclaration<'a>) {
        self.refuse(it.span, "`export as namespace`", "leave it out");
    }

    fn visit_ts_type_assertion(&mut self, it: &TSTypeAssertion<'a>) {
        let instead = format!("use `... as {}`", self.text(it.type_annotation.span()));
        let at = it.span.start as usize;
        self.fault.get_or_insert(Fault { at, message: format!("a type in angle brackets is not supported: {instead}") });
    }

    fn visit_decorator(&mut self, it: &Decorator<'a>) {
        self.refuse(it.span, "a decorator", "call the function yourself");
    }
}
