//! The ways out of a block, each of which tells the block's operation.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Item, Label, Lifetime, Macro, Token, parse_quote_spanned};

/// The block, in which `?`, `return`, `break` and `continue` that leave it say so to `operation`. One that does
/// not parse stays as it is: the compiler will say why.
pub(crate) fn marked(block: &Group, private: &TokenStream, operation: &Ident) -> TokenStream {
    let mut exits = Exits {
        private,
        operation,
        loops: 0,
        labels: Vec::new(),
    };
    exits.marked(block).to_token_stream()
}

struct Exits<'a> {
    private: &'a TokenStream,
    operation: &'a Ident,
    /// How many loops of the block's own are around.
    loops: usize,
    /// The labels of the block's own that are around.
    labels: Vec<Lifetime>,
}

impl Exits<'_> {
    fn in_loop(&mut self, label: Option<&Label>, visit: impl FnOnce(&mut Self)) {
        self.loops += 1;
        self.in_label(label, visit);
        self.loops -= 1;
    }

    fn in_label(&mut self, label: Option<&Label>, visit: impl FnOnce(&mut Self)) {
        self.labels.extend(label.map(|label| label.name.clone()));
        visit(self);
        if label.is_some() {
            self.labels.pop();
        }
    }

    /// Whether a `break` or `continue` goes out of the block.
    fn leaves(&self, label: Option<&Lifetime>) -> bool {
        match label {
            Some(label) => !self.labels.contains(label),
            None => self.loops == 0,
        }
    }

    /// The expression, after a word to the operation.
    fn after(&self, told: &str, exit: &Expr) -> Expr {
        let operation = self.operation;
        let span = operation.span();
        let told = Ident::new(told, span);
        parse_quote_spanned!(span=> { #operation.#told(); #exit })
    }
}

impl VisitMut for Exits<'_> {
    fn visit_expr_mut(&mut self, expression: &mut Expr) {
        match expression {
            // What they leave is themselves.
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) | Expr::TryBlock(_) => return,
            Expr::Loop(expression) => {
                let label = expression.label.clone();
                return self.in_loop(label.as_ref(), |exits| {
                    visit_mut::visit_expr_loop_mut(exits, expression);
                });
            }
            Expr::While(expression) => {
                let label = expression.label.clone();
                return self.in_loop(label.as_ref(), |exits| {
                    visit_mut::visit_expr_while_mut(exits, expression);
                });
            }
            Expr::ForLoop(expression) => {
                self.visit_expr_mut(&mut expression.expr);
                let label = expression.label.clone();
                return self.in_loop(label.as_ref(), |exits| {
                    exits.visit_block_mut(&mut expression.body);
                });
            }
            Expr::Block(expression) => {
                let label = expression.label.clone();
                return self.in_label(label.as_ref(), |exits| {
                    visit_mut::visit_expr_block_mut(exits, expression);
                });
            }
            _ => visit_mut::visit_expr_mut(self, expression),
        }
        match expression {
            Expr::Try(tried) => {
                let (private, operation) = (self.private, self.operation);
                let inner = &tried.expr;
                let span = operation.span();
                tried.expr = parse_quote_spanned!(span=> #private::tried(&#operation, #inner));
            }
            Expr::Return(exit) => {
                let fails = exit.expr.as_deref().is_some_and(is_err);
                let told = if fails { "leaves_with_error" } else { "leaves" };
                *expression = self.after(told, expression);
            }
            Expr::Break(exit) if self.leaves(exit.label.as_ref()) => {
                *expression = self.after("leaves", expression);
            }
            Expr::Continue(exit) if self.leaves(exit.label.as_ref()) => {
                *expression = self.after("leaves", expression);
            }
            _ => {}
        }
    }

    /// What is written in a macro is known of a few alone: of the standard library's, whose arguments are expressions, and
    /// of `operation!` itself, whose block leaves this one where it is left.
    fn visit_macro_mut(&mut self, node: &mut Macro) {
        let name = node.path.segments.last().map(|last| last.ident.to_string());
        match name.as_deref() {
            Some("operation") => self.visit_inner_block(node),
            Some(name) if OF_EXPRESSIONS.contains(&name) => self.visit_arguments(node),
            _ => {}
        }
    }

    fn visit_item_mut(&mut self, _: &mut Item) {}
}

/// The standard library's macros whose arguments are expressions.
const OF_EXPRESSIONS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "dbg",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "format",
    "panic",
    "print",
    "println",
    "vec",
    "write",
    "writeln",
];

impl Exits<'_> {
    fn visit_arguments(&mut self, node: &mut Macro) {
        let arguments = Punctuated::<Expr, Token![,]>::parse_terminated;
        if let Ok(mut arguments) = node.parse_body_with(arguments) {
            for argument in &mut arguments {
                self.visit_expr_mut(argument);
            }
            node.tokens = arguments.to_token_stream();
        }
    }

    /// The block of another `operation!`; closures and async blocks are left by themselves.
    fn visit_inner_block(&mut self, node: &mut Macro) {
        let mut tokens: Vec<_> = node.tokens.clone().into_iter().collect();
        let [.., TokenTree::Punct(comma), TokenTree::Group(block)] = &mut tokens[..] else {
            return;
        };
        if comma.as_char() == ',' && block.delimiter() == Delimiter::Brace {
            *block = self.marked(block);
            node.tokens = tokens.into_iter().collect();
        }
    }

    /// The block with its statements marked; as it is where it does not parse.
    fn marked(&mut self, block: &Group) -> Group {
        let Ok(mut parsed) = syn::parse2::<Block>(TokenTree::from(block.clone()).into()) else {
            return block.clone();
        };
        // The block's own braces: it has no label that could be left.
        for statement in &mut parsed.stmts {
            self.visit_stmt_mut(statement);
        }
        let mut marked = Group::new(
            Delimiter::Brace,
            parsed.stmts.iter().map(ToTokens::to_token_stream).collect(),
        );
        marked.set_span(block.span());
        marked
    }
}

/// Whether this is `Err(…)`.
fn is_err(value: &Expr) -> bool {
    match value {
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Err"))
        }
        Expr::Paren(paren) => is_err(&paren.expr),
        Expr::Group(group) => is_err(&group.expr),
        _ => false,
    }
}
