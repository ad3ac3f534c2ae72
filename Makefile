# The commands of Holdfast. Each does its own set-up; a second run installs and builds nothing anew.
# They need cargo (rustup), Node.js 20 or newer, and make.

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help run build watch check test test-rust test-browser fuzz bench audit-web screenshots fmt clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## the shop on http://127.0.0.1:3000, with demo products and a payment sandbox
	@exec tools/run.sh

build: ## the release build: target/release/holdfast and target/site
	@tools/build.sh

watch: ## the development server: rebuilds and reloads on each change
	@tools/watch.sh

check: ## format, lints, spelling, documentation, dependencies
	@tools/check.sh

test: ## everything: check, Rust tests, browser tests; says how many ran
	@tools/test.sh

test-rust: ## the Rust tests alone, beside a throw-away PostgreSQL
	@tools/with-postgres.sh cargo test --locked --workspace --exclude frontend

test-browser: ## the browser tests alone, against the release build
	@tools/build.sh && tools/setup.sh e2e && cd end2end && ../tools/with-postgres.sh npx playwright test

fuzz: ## Schemathesis against the API for five minutes (SECONDS_LONG=n: for n)
	@tools/build.sh && tools/fuzz.sh $(or $(SECONDS_LONG),300)

bench: ## how fast it is, beside what it replaces, in about ten minutes (QUICK=1: one; ONLY=holds,mixed: parts)
	@tools/bench.sh

audit-web: ## what the pages weigh, what Lighthouse says of them, and how fast they are drawn; five minutes
	@tools/audit-web.sh

screenshots: ## docs/storefront.png anew, as README shows it
	@tools/screenshots.sh

fmt: ## formats the Rust code
	@cargo fmt --all

clean: ## removes what was built; keeps ./data and the installed tools
	@rm -rf target node_modules end2end/node_modules interop/node_modules audit/node_modules
