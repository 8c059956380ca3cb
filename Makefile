# The commands of this repository. CMake presets with Ninja do the work: build/<preset>.
.DEFAULT_GOAL := help
.PHONY: help deps build run serve test bench lint asan tsan clean

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-7s %s\n", $$1, $$2}' Makefile

build: deps ## build the release into build/release
	@cmake --preset release > build/release.log || { cat build/release.log; exit 1; }
	@cmake --build --preset release

run: build ## two minutes of load on the local cloud, then what it cost
	@exec build/release/paragon demo

serve: build ## keep a server up on the local cloud
	@exec build/release/paragon serve

test: build ## build everything and run all tests
	@tools/run-tests release

bench: build ## measure; what docs/results.md says
	@for program in build/release/src/*/*_bench; do [ ! -x "$$program" ] || "$$program" || exit 1; done
	@[ ! -x bench/run ] || exec bench/run

lint: ## format, clang-tidy, headers that compile alone
	@tools/install-deps --lint
	@tools/lint

asan: deps ## all tests under the address and undefined-behaviour sanitizers
	@cmake --preset asan && cmake --build --preset asan
	@tools/run-tests asan

tsan: deps ## tests of the rooms with threads under the thread sanitizer
	@cmake --preset tsan && cmake --build --preset tsan
	@tools/run-tests tsan --label-regex '^(wire|worker|cloud|serve|load|tests)$$'

clean: ## remove all build trees
	rm -rf build out

deps:
	@mkdir -p build
	@tools/install-deps
