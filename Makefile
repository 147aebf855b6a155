# Every task of the project. The work itself is in cargo, tools/ and .ci/run; this file is the list of it.

NEXTEST := $(shell cargo nextest --version >/dev/null 2>&1 && echo yes)
CARGO_TEST := $(if $(NEXTEST),cargo nextest run,cargo test)

.DEFAULT_GOAL := help
.PHONY: help toolchain engine build dist deb guests demo test differential test-fast test-clients test-services fuzz format lint audit bench docs

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

toolchain: ## Install what guests are compiled with (rustup or apt; sudo when needed)
	tools/guest-toolchain

engine: ## Build the module that runs JavaScript hooks: target/js-engine/engine.wasm
	@echo "== the engine for JavaScript; the first time it takes about a minute"
	@tools/guest-toolchain engine
	@tools/build-js-engine

build: engine ## Build the server quickly, for a look and for development: target/release/hookbox
	@echo "== the server; the first time it takes some minutes on two cores"
	@cargo build --release --bin hookbox

dist: engine ## Build the server as it is shipped, optimised as a whole: target/dist/hookbox
	@echo "== the server, optimised as a whole; the first time it takes some twenty minutes on two cores, of which the link is the last seven"
	@cargo build --profile dist --bin hookbox

deb: dist ## Build the Debian package: target/debian/*.deb
	@tools/build-deb

guests: toolchain build ## Build the example hooks: target/guests/*.wasm
	@echo "== the example hooks in Rust and C; the first time it takes about a minute"
	HOOKBOX=target/release/hookbox tools/build-guests

demo: build ## Build the server, then run hooks on logins over HTTP and show what they decide
	target/release/hookbox demo

test: toolchain engine ## Run all tests, with every set-up they need
	tools/test-tools
	tools/build-guests
	tools/test-deb
	$(CARGO_TEST) --workspace
	CARGO_TARGET_DIR=target/guest-build cargo test --quiet --manifest-path examples/Cargo.toml
	cargo test --workspace --doc
	node tests/differential/run.mjs
	node tests/wycheproof/run.mjs
	tools/check-types
	node tests/types/run.mjs

differential: engine ## Compare hooks on a real server with Node 20, 22 and 24 (fetches 22 and 24 from npm)
	cargo build --bin hookbox
	tools/differential

test-fast: engine ## Run the unit tests, without guests
	$(CARGO_TEST) --workspace --lib --bins

test-clients: engine ## Run OneLogin's own clients and schemathesis against the server (needs python3 and node)
	@command -v python3 >/dev/null || { echo "test-clients needs python3 and node, and there is no python3 here" >&2; exit 1; }
	cargo build --workspace --bins --tests
	python3 tests/clients/run.py

test-services: engine ## Compare hooks with packages of npm on Node and here, with real databases (needs redis-server, mariadb-server, postgresql)
	cargo build --bin hookbox
	node tests/services/run.mjs

fuzz: engine ## Throw generated sources and contexts at the sandbox (CASES=20000 of each)
	HOOKBOX_FUZZ_CASES=$(or $(CASES),20000) cargo test -p hookbox-runtime --lib -- javascript::tests::fuzz

format: ## Check the format of all workspaces
	for folder in . js-engine examples; do cargo fmt --manifest-path $$folder/Cargo.toml --all --check || exit 1; done

lint: engine format ## Check format, lints, licences and who may depend on what
	cargo clippy --workspace --all-targets -- -D warnings
	tools/cargo-deny check bans licenses sources

audit: ## Check the dependencies against the advisory database (needs github.com)
	tools/cargo-deny check advisories

bench: toolchain dist ## Measure what is shipped against bare wasmtime, bare hyper and Node; prints ratios (BENCH="--json trigger" for a part, as JSON)
	HOOKBOX=target/dist/hookbox tools/build-guests
	cargo build --profile dist --bin hookbox --bin hookbox-bench
	target/dist/hookbox-bench $(BENCH)

docs: engine ## Build the API documentation; a warning is an error
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps
