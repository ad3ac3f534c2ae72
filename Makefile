# Commands for working on Holdfast. Each installs what it needs; a second run installs and rebuilds nothing.
# They need cargo (rustup), Node.js 20 or newer, and make.

SHELL := bash
.DEFAULT_GOAL := help
.PHONY: help run build watch check test test-rust test-browser test-double fuzz bench audit-web screenshots snapshots movie fmt clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## run the shop on http://127.0.0.1:3000 with demo products and a payment sandbox
	@exec tools/run.sh

build: ## build the release: target/release/holdfast and target/site
	@tools/build.sh

watch: ## run the development server, which rebuilds and reloads on each change
	@tools/watch.sh

check: ## check format, lints, spelling, documentation and dependencies
	@tools/check.sh

test: ## run all checks and tests; the last line says how many passed and failed
	@tools/test.sh

test-rust: ## run only the Rust tests, with a temporary PostgreSQL
	@tools/with-postgres.sh cargo test --locked --workspace --exclude frontend

test-browser: ## run only the browser tests, against the release build
	@tools/build.sh && tools/setup.sh e2e && cd end2end && ../tools/with-postgres.sh npx playwright test

test-double: ## run only the tests of the double of Stripe's API, which the browser tests pay at
	@tools/setup.sh double && cd end2end && npm run --silent test:double

fuzz: ## fuzz the API with Schemathesis for five minutes (FUZZ_SECONDS=n: for n seconds)
	@tools/build.sh && tools/fuzz.sh $(or $(FUZZ_SECONDS),300)

bench: ## measure throughput beside a baseline and a ceiling; ten minutes (QUICK=1: one minute; ONLY=holds,mixed: some scenarios)
	@tools/bench.sh

audit-web: ## measure the pages' transfer size, Lighthouse scores and rendering rate; five minutes
	@tools/audit-web.sh

screenshots: ## take pictures of all main pages (target/screenshots), and update the one of the console in README
	@tools/screenshots.sh

snapshots: ## renew the pictures with which the browser tests compare the pages (end2end/snapshots)
	@tools/build.sh && tools/setup.sh e2e && cd end2end && npx playwright test visual --update-snapshots

movie: ## film a drop that sells out, for README (docs/drop.webp)
	@tools/movie.sh

fmt: ## format the Rust code
	@cargo fmt --all

clean: ## delete build output and npm packages; keep ./data and the installed tools
	@rm -rf target node_modules audit/node_modules bench/node_modules end2end/node_modules interop/node_modules
