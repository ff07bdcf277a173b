# What people type. `make run` and `make test` install what they need (see .ci/packages).
JOBS ?= $(shell nproc)
ARGS ?=
ONLY ?=
export CMAKE_CXX_COMPILER_LAUNCHER := $(shell command -v ccache 2>/dev/null)
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1

.PHONY: run build test bench format lint fuzz soak install clean setup
run: build                      ## build podium and serve on http://127.0.0.1:5000 (ARGS="--port 8080")
	exec build/bin/podium serve $(ARGS)

setup:                          ## install the packages that building needs
	@.ci/setup build

build: setup                    ## build/bin/podium and its plugins
	@cmake --preset release --log-level=WARNING
	@cmake --build build -j $(JOBS)

test:                           ## all tests (ONLY="unit client" for some stages; see tests/run.py)
	@.ci/setup build test
	@python3 tests/run.py $(ONLY)

bench: build                    ## measure podium beside its peers (ONLY="log-metric search"; see tests/bench)
	@.ci/setup build test
	@python3 tests/bench/run.py $(ONLY)

fuzz:                           ## fuzz every parser for longer (SECONDS_EACH=600)
	@.ci/setup build test
	@python3 tests/run.py fuzz

soak:                           ## 2,000 rounds of kill -9
	@.ci/setup build test
	@PODIUM_CRASH_ROUNDS=2000 python3 tests/run.py crash

format:                         ## format the sources
	@.ci/setup build test
	@git ls-files '*.cpp' '*.hpp' | xargs $$(command -v clang-format-14 || command -v clang-format) -i

lint:                           ## clang-tidy over everything (minutes)
	@.ci/setup build test
	@python3 tests/run.py lint

install: build                  ## install below PREFIX (default /usr/local)
	@cmake --install build --prefix $(or $(PREFIX),/usr/local)

clean:
	rm -rf build
