# eos. `make help` lists the targets.
PREFIX ?= /usr/local
DESTDIR ?=
bindir ?= $(PREFIX)/bin
libdir ?= $(PREFIX)/lib
includedir ?= $(PREFIX)/include
VERSION := $(shell sed -n 's/^.define EOS_VERSION_STRING "\(.*\)"/\1/p' include/eos/base.h)

SWIFT ?= swift
# Other versions format some lines differently.
CLANG_FORMAT ?= clang-format-14
PRODUCTS = .build/release
PLUGINS = $(notdir $(patsubst %/,%,$(wildcard plugins/*/)))
SWIFT_FILES = Package.swift $(wildcard Sources Tests plugins examples Benchmarks)
C_DIRECTORIES = include Sources Tests plugins examples examples-c Benchmarks

plugindir = $(libdir)/eos/plugins
datadir ?= $(PREFIX)/share
bashdir = $(datadir)/bash-completion/completions
zshdir = $(datadir)/zsh/site-functions
fishdir = $(datadir)/fish/vendor_completions.d
mandir ?= $(datadir)/man
docdir ?= $(datadir)/doc/eos
# Where the command looks for its worker: beside its own directory, whatever that is.
workerdir = $(abspath $(bindir)/../libexec/eos)
swiftdir = $(libdir)/eos/swift
cmakedir = $(libdir)/cmake/Eos
pcdir = $(libdir)/pkgconfig
unitdir ?= $(PREFIX)/lib/systemd/system
userunitdir ?= $(PREFIX)/lib/systemd/user
sysusersdir ?= $(PREFIX)/lib/sysusers.d

help:
	@echo 'make setup        installs the packages that eos needs, by apt'
	@echo 'make build        builds the library, the plugins and the commands'
	@echo 'make test         builds eos and runs every test'
	@echo 'make demo         builds eos, trains a network on digits, and writes a table and a figure to demo/'
	@echo 'make install      installs what make build has built; PREFIX=$(PREFIX) DESTDIR='
	@echo 'make uninstall    removes what make install has installed; give the same PREFIX and DESTDIR'
	@echo 'make lint         checks the style of the Swift and C files'
	@echo 'make versions     compares the Swift packages of this build with packaging/versions.txt'
	@echo 'make bench        installs torch, JAX, scipy, liblbfgs and NLopt, and compares eos with them'
	@echo 'make benchmarks   compiles the benchmarks and runs none'
	@echo 'make bench-quick  runs a shorter comparison in less than five minutes'
	@echo 'make soak         tests one eosd with 1,000 runs, 200 clients and 100 event streams'
	@echo 'make asan         runs most tests under AddressSanitizer'
	@echo 'make mutants      plants small faults in a copy of the tree, and fails if the tests miss more than 10 %'
	@echo 'make fuzz         fuzzes each reader of foreign files for SECONDS=$(SECONDS)'
	@echo 'make clean        removes all build products'

setup:
	@scripts/setup

build:
	$(SWIFT) build -c release
	@$(MAKE) --no-print-directory links texts
	@scripts/versions

# Fails where SwiftPM has chosen other packages than those that a release is built from.
versions:
	@scripts/versions --strict

# SwiftPM names the library after its product; programs look for libeos.so and, by its soname, libeos.so.1.
links:
	@ln -sf libEosExports.so $(PRODUCTS)/libeos.so
	@ln -sf libEosExports.so $(PRODUCTS)/libeos.so.1

# What the parsers of the commands know: completions for shells, pages of the manual.
TEXTS = $(PRODUCTS)/texts
texts:
	@rm -rf $(TEXTS) && mkdir -p $(TEXTS)/bash $(TEXTS)/zsh $(TEXTS)/fish
	@for program in eos eosd; do \
	    $(PRODUCTS)/$$program --generate-completion-script bash >$(TEXTS)/bash/$$program && \
	    $(PRODUCTS)/$$program --generate-completion-script zsh >$(TEXTS)/zsh/_$$program && \
	    $(PRODUCTS)/$$program --generate-completion-script fish >$(TEXTS)/fish/$$program.fish || exit 1; done
	@scripts/manpages $(PRODUCTS)/eos 1 $(TEXTS)/man1
	@scripts/manpages $(PRODUCTS)/eosd 8 $(TEXTS)/man8

# Tests of a kind run on their own, since all of one call run at the same time: servers inside the tests, processes that are
# killed, a thousand runs under load, and the acceptance tests, thousands of iterations over many seeds.
ALONE = (EosServer|Client)Tests (Supervisor|Daemon)Tests SoakTests AcceptanceTests
test: setup build
	$(SWIFT) build -c release --build-tests
	@$(MAKE) --no-print-directory links
	$(SWIFT) test -c release --skip-build $(foreach kind,$(ALONE),--skip '^$(kind)')
	@set -e; for kind in $(foreach kind,$(ALONE),'^$(kind)'); do \
	    echo "$(SWIFT) test --filter $$kind"; $(SWIFT) test -c release --skip-build --filter "$$kind"; done
	scripts/api-test

# The same load as in `make test`, with its bar for the time of an answer: for a machine that does nothing else.
soak: setup build
	EOS_TESTS=SoakTests $(SWIFT) build -c release --build-tests
	EOS_SOAK=1 EOS_TESTS=SoakTests $(SWIFT) test -c release --skip-build --filter '^SoakTests'

# In memory that is checked at every access. Leaks are valgrind's business (ExampleTests); refused allocations are tested.
asan: setup
	$(SWIFT) build -c release --build-tests --sanitize=address --scratch-path .build/asan
	ASAN_OPTIONS=detect_leaks=0:allocator_may_return_null=1 $(SWIFT) test -c release --skip-build --sanitize=address \
	    --scratch-path .build/asan --filter '^(EosCore|EosData|EosPluginHost|EosRuns|Plugin|SwiftPlugin)Tests'

# Says of which small faults, listed in Tests/Mutants, the tests would notice nothing: see docs/testing.md.
mutants: setup
	SWIFT=$(SWIFT) scripts/mutants

# The readers of other people's texts and files side by side, under AddressSanitizer. What was found to be new is added to
# .build/fuzz/NAME.new; `make fuzz-merge` keeps what of it reaches further, in few files.
SECONDS ?= 600
FUZZED = signature manifest spec checkpoint control
FUZZ = .build/fuzz/release/fuzz-
FUZZ_LIMITS = -rss_limit_mb=4096 -timeout=10 -max_len=4096
# A trap is told by the sanitizer.
FUZZ_ENVIRONMENT = ASAN_OPTIONS=allocator_may_return_null=1 SWIFT_BACKTRACE=enable=no

fuzz: fuzz-build fuzz-run

fuzz-run:
	@mkdir -p $(FUZZED:%=.build/fuzz/%.new)
	@for name in $(FUZZED); do \
	    $(FUZZ_ENVIRONMENT) $(FUZZ)$$name $(FUZZ_LIMITS) -max_total_time=$(SECONDS) -print_final_stats=1 \
	        -dict=Tests/Fuzz/$$name/dictionary.txt -artifact_prefix=.build/fuzz/$$name- \
	        .build/fuzz/$$name.new Tests/Fuzz/$$name/corpus >.build/fuzz/$$name.log 2>&1 & \
	    pids="$$pids $$!"; \
	done; \
	status=0; for pid in $$pids; do wait $$pid || status=1; done; \
	for name in $(FUZZED); do \
	    echo "$$name:"; grep -E 'DONE|stat::number_of_executed_units|ERROR|SUMMARY|fatalError|Test unit' .build/fuzz/$$name.log; \
	done; exit $$status

fuzz-build: setup
	@for name in $(FUZZED); do \
	    EOS_FUZZ=1 EOS_TESTS=none $(SWIFT) build -c release --scratch-path .build/fuzz --sanitize=fuzzer \
	        -Xswiftc -sanitize=address,fuzzer -Xcc -fsanitize=address --product fuzz-$$name || exit 1; \
	done

fuzz-merge:
	@for name in $(FUZZED); do \
	    $(FUZZ_ENVIRONMENT) $(FUZZ)$$name $(FUZZ_LIMITS) -set_cover_merge=1 -use_counters=0 -use_cmp=0 \
	        Tests/Fuzz/$$name/corpus .build/fuzz/$$name.new >.build/fuzz/$$name-merge.log 2>&1 || exit 1; \
	    tail -n 1 .build/fuzz/$$name-merge.log; \
	done

demo: setup build
	@scripts/demo

# Peers are installed into .build; EOS_DATA_DIR names the data sets, without it data are generated.
# The Swift parts of all benchmarks, which nothing else compiles: a change of the core that they need is noticed.
BENCHMARKS = ffi iterations peers telemetry
benchmarks:
	set -e; for name in $(BENCHMARKS); do \
	    EOS_BENCHMARKS=1 EOS_TESTS=none $(SWIFT) build -c release --product $$name-benchmark; done

bench bench-quick: setup build
	$(MAKE) -C Benchmarks/peers $(if $(filter bench,$@),run,quick) SWIFT=$(SWIFT)

lint: setup
	$(SWIFT) format lint --strict --recursive --parallel $(SWIFT_FILES)
	find $(C_DIRECTORIES) -name build -prune -o -name '*.[ch]' -exec $(CLANG_FORMAT) --dry-run -Werror {} +
	@find $(C_DIRECTORIES) -name build -prune -o -name '*.[ch]' -exec \
	    awk 'length > 120 { print FILENAME ":" FNR ": longer than 120 columns"; bad = 1 } END { exit bad }' {} +

clean:
	rm -rf .build demo examples-c/build

# Only copies, so that it never builds, not even as root.
install:
	@test -e $(PRODUCTS)/libEosExports.so -a -x $(PRODUCTS)/eos -a -x $(PRODUCTS)/eosd -a \
	    -x $(PRODUCTS)/eos-worker -a -d $(TEXTS)/man8 || \
	    { echo 'install: the build is missing or incomplete; run make build first' >&2; exit 1; }
	install -d $(DESTDIR)$(bindir) $(DESTDIR)$(includedir)/eos/kit $(DESTDIR)$(pcdir) $(DESTDIR)$(cmakedir) \
	    $(DESTDIR)$(plugindir) $(DESTDIR)$(swiftdir) $(DESTDIR)$(workerdir) $(DESTDIR)$(bashdir) $(DESTDIR)$(zshdir) \
	    $(DESTDIR)$(fishdir) $(DESTDIR)$(mandir)/man1 $(DESTDIR)$(mandir)/man8 $(DESTDIR)$(unitdir) \
	    $(DESTDIR)$(userunitdir) $(DESTDIR)$(sysusersdir) $(DESTDIR)$(docdir)
	install -m 755 $(PRODUCTS)/eos $(PRODUCTS)/eosd $(DESTDIR)$(bindir)
	install -m 755 $(PRODUCTS)/eos-worker $(DESTDIR)$(workerdir)/eos-worker
	install -m 644 $(PRODUCTS)/libEosExports.so $(DESTDIR)$(libdir)/libeos.so.$(VERSION)
	ln -sf libeos.so.$(VERSION) $(DESTDIR)$(libdir)/libeos.so.1
	ln -sf libeos.so.1 $(DESTDIR)$(libdir)/libeos.so
	install -m 644 include/eos.h $(DESTDIR)$(includedir)/eos.h
	install -m 644 include/eos/*.h $(DESTDIR)$(includedir)/eos
	install -m 644 include/eos/kit/*.h $(DESTDIR)$(includedir)/eos/kit
	for plugin in $(PLUGINS); do \
	    install -m 644 $(PRODUCTS)/libeos-plugin-$$plugin.so $(DESTDIR)$(plugindir)/$$plugin.so || exit 1; done
	install -m 644 $(PRODUCTS)/Modules/EosPluginKit.swiftmodule $(PRODUCTS)/libEosPluginKit.a $(DESTDIR)$(swiftdir)
	install -m 644 $(TEXTS)/bash/* $(DESTDIR)$(bashdir)
	install -m 644 $(TEXTS)/zsh/* $(DESTDIR)$(zshdir)
	install -m 644 $(TEXTS)/fish/* $(DESTDIR)$(fishdir)
	install -m 644 $(TEXTS)/man1/* $(DESTDIR)$(mandir)/man1
	install -m 644 $(TEXTS)/man8/* $(DESTDIR)$(mandir)/man8
	install -m 644 LICENSE NOTICE $(DESTDIR)$(docdir)
	$(call filled,module.modulemap,$(swiftdir))
	$(call filled,eos.pc,$(pcdir))
	$(call filled,EosConfig.cmake,$(cmakedir))
	$(call filled,EosConfigVersion.cmake,$(cmakedir))
	$(call filled,systemd/eosd.service,$(unitdir))
	$(call filled,systemd/eosd.socket,$(unitdir))
	$(call filled,systemd/user/eosd.service,$(userunitdir))
	$(call filled,systemd/user/eosd.socket,$(userunitdir))
	install -m 644 packaging/systemd/sysusers.conf $(DESTDIR)$(sysusersdir)/eos.conf

# packaging/FILE.in with its @NAMES@ filled in, into a directory.
define filled
sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@LIBDIR@|$(libdir)|' -e 's|@INCLUDEDIR@|$(includedir)|' -e 's|@VERSION@|$(VERSION)|' \
    -e 's|@BINDIR@|$(bindir)|' \
    -e 's|@INCLUDEDIR_FROM_CMAKEDIR@|$(shell realpath -sm --relative-to=$(cmakedir) $(includedir))|' \
    -e 's|@INCLUDEDIR_FROM_SWIFTDIR@|$(shell realpath -sm --relative-to=$(swiftdir) $(includedir))|' \
    packaging/$(1).in >$(DESTDIR)$(2)/$(notdir $(1))
endef

uninstall:
	rm -f $(DESTDIR)$(bindir)/eos $(DESTDIR)$(bindir)/eosd $(DESTDIR)$(sysusersdir)/eos.conf
	rm -f $(foreach unit,eosd.service eosd.socket,$(addsuffix /$(unit),$(DESTDIR)$(unitdir) $(DESTDIR)$(userunitdir)))
	rm -f $(DESTDIR)$(workerdir)/eos-worker $(DESTDIR)$(includedir)/eos.h $(DESTDIR)$(pcdir)/eos.pc
	rm -f $(DESTDIR)$(libdir)/libeos.so $(DESTDIR)$(libdir)/libeos.so.1 $(DESTDIR)$(libdir)/libeos.so.$(VERSION)
	rm -f $(addprefix $(DESTDIR)$(includedir)/eos/,$(notdir $(wildcard include/eos/*.h)))
	rm -f $(addprefix $(DESTDIR)$(includedir)/eos/kit/,$(notdir $(wildcard include/eos/kit/*.h)))
	rm -f $(PLUGINS:%=$(DESTDIR)$(plugindir)/%.so)
	rm -f $(addprefix $(DESTDIR)$(swiftdir)/,EosPluginKit.swiftmodule libEosPluginKit.a module.modulemap)
	rm -f $(addprefix $(DESTDIR)$(cmakedir)/,EosConfig.cmake EosConfigVersion.cmake)
	rm -f $(addprefix $(DESTDIR)$(bashdir)/,eos eosd) $(addprefix $(DESTDIR)$(zshdir)/,_eos _eosd)
	rm -f $(addprefix $(DESTDIR)$(fishdir)/,eos.fish eosd.fish)
	rm -f $(DESTDIR)$(docdir)/LICENSE $(DESTDIR)$(docdir)/NOTICE
	rm -f $(DESTDIR)$(mandir)/man1/eos.1 $(DESTDIR)$(mandir)/man1/eos-*.1 $(DESTDIR)$(mandir)/man8/eosd.8
	-@rmdir $(DESTDIR)$(includedir)/eos/kit $(DESTDIR)$(includedir)/eos $(DESTDIR)$(plugindir) $(DESTDIR)$(swiftdir) \
	    $(DESTDIR)$(libdir)/eos $(DESTDIR)$(cmakedir) $(DESTDIR)$(workerdir) $(DESTDIR)$(docdir) 2>/dev/null

.PHONY: help setup build versions links texts test soak asan mutants fuzz fuzz-build fuzz-run fuzz-merge demo benchmarks bench bench-quick lint clean install uninstall
