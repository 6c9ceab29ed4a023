# Front door. `make help` lists the targets; each calls a script or meson.
.DEFAULT_GOAL := help
.PHONY: help setup build po test bench server format check reference clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST)

setup: ## install what building, running and testing need (Debian 12)
	script/setup

build: ## the release binary, build/release/bukutamu
	script/build

server: ## build if needed and serve the demo office on 127.0.0.1:8080
	script/server

test: ## the whole test run
	script/test

check: ## formatting, layering, SQL, static analysis, translations, reference
	script/test checks

bench: ## measure against a bare loop and a bare page
	script/bench

po: build ## collect new texts into po/en.po
	tools/pot build/release/tools/tmplc --update

format: ## put every C file into shape
	find src tests tools -name '*.[ch]' -not -path '*/node_modules/*' -exec clang-format-14 -i {} +

reference: build ## write docs/reference/ anew from the tables in the code
	script/reference

clean: ## remove everything that was built
	rm -rf build
