# Everything that one does with this kit, by name. `make` alone lists it.

SUBMISSION ?= starter
EXERCISE ?=
EX ?=
NAME ?=
OUT ?= results
SEED ?=
OPENNESS ?=
# Passed on through the environment, so that a path may contain any character.
export SUBMISSION EXERCISE EX ARGS FAIL ORDER NAME OUT SEED OPENNESS

# The distribution's Python, because the distribution's packages belong to it.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
JOBS ?= $(shell nproc)
export PYTHON
export PYTHONDONTWRITEBYTECODE = 1

CROSS_CC = aarch64-linux-gnu-gcc
# What Ubuntu's gcc does by default: the whole kit builds with it everywhere.
HARDENED = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fPIE -pie -fstack-protector-strong \
    -fstack-clash-protection $(if $(filter x86_64-%,$(shell $(CC) -dumpmachine)),-fcf-protection) \
    -Wformat -Wformat-security -Wl,-z,now
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

.DELETE_ON_ERROR:
.PHONY: help grade doctor check watch hint show classroom new-exercise witness witness-asan witness-programs rubric test lint bench clean

help: ## teachers: show this help
	@awk -F ':.*## |: ' '/^[a-z-]+:.*## [a-z]+: / { \
	    told[$$2] = told[$$2] sprintf("  make %-13s %s\n", $$1, substr($$0, index($$0, "## " $$2 ": ") + length($$2) + 5)) \
	} END { \
	    printf "For students\n%s\nFor teachers\n%s\n", told["students"], told["teachers"]; \
	    printf "For developers of the kit\n%s", told["developers"] \
	}' Makefile

grade: witness ## teachers: grade SUBMISSION=starter [EXERCISE=N] [OUT=results] [SEED=N] [OPENNESS=evidence]
	@grader/grade "$$SUBMISSION" --out "$$OUT" $${EXERCISE:+--exercise "$$EXERCISE"} \
	    $${SEED:+--seed "$$SEED"} $${OPENNESS:+--openness "$$OPENNESS"}

doctor: ## teachers: show what this machine offers to the grader, and how to fix what is missing
	@grader/doctor

check: build/witness ## students: run the public checks, as a student does, in SUBMISSION=starter [EX=N]
watch: build/witness ## students: the same, each time a file is saved
hint: ## students: open one more hint of EX=N

check watch hint:
	@cd "$$SUBMISSION" && "$(CURDIR)/grader/student" $@ $${EX:+"$$EX"} || [ $$? -eq 1 ]

show: build/witness ## students: draw what the program of EX=N does, run as on its page or with ARGS="5 3", FAIL=shmat, ORDER=child-first
	@cd "$$SUBMISSION" && "$(CURDIR)/grader/student" show $${EX:+"$$EX" $${ARGS:+"$$ARGS"} \
	    $${FAIL:+--fail "$$FAIL"} $${ORDER:+--order "$$ORDER"}} || [ $$? -eq 1 ]

# ---- a whole class

.PHONY: batch explain

SUBMISSIONS ?= submissions
ROSTER ?=
POLICY ?=
ADJUSTMENTS ?=
FILL ?=
COLUMN ?=
REGRADE ?=
ONLY ?=
ACCEPT ?=
STUDENT ?=
TEST ?=
CLASS_OPTIONS ?=
CLASS_OUT = $(if $(filter file,$(origin OUT)),results/class,$(OUT))
export SUBMISSIONS ROSTER POLICY ADJUSTMENTS FILL COLUMN REGRADE ONLY ACCEPT CLASS_OUT JOBS STUDENT TEST

batch: installed-class witness ## teachers: grade a class: SUBMISSIONS=folder-or-zip [ROSTER=csv] [POLICY=toml] [ADJUSTMENTS=csv] [FILL=csv COLUMN=title] [EXERCISE=N] [REGRADE=1] [JOBS=n] [OUT=dir]
	@grader/class grade "$$SUBMISSIONS" --out "$$CLASS_OUT" --jobs "$$JOBS" \
	    $${ROSTER:+--roster "$$ROSTER"} $${POLICY:+--policy "$$POLICY"} \
	    $${ADJUSTMENTS:+--adjustments "$$ADJUSTMENTS"} $${FILL:+--fill "$$FILL"} \
	    $${COLUMN:+--column "$$COLUMN"} $${EXERCISE:+--exercise "$$EXERCISE"} \
	    $${SEED:+--seed "$$SEED"} $${REGRADE:+--regrade} \
	    $${ONLY:+--only "$$ONLY"} $${ACCEPT:+--accept} $(CLASS_OPTIONS)

explain: installed-class witness ## teachers: repeat one test of one student of the class: STUDENT=who TEST=test [OUT=dir]
	@grader/class explain --student "$$STUDENT" --test "$$TEST" --out "$$CLASS_OUT"

# OUT has a default for other targets; here it must be given.
classroom: ## teachers: write the students' repository, the private half, and bundles, to OUT=dir
	@$(PYTHON) -m grader.classroom.main "$(if $(findstring command,$(origin OUT)),$$OUT)"

new-exercise: ## teachers: create the files of a new exercise: NAME=relay
	@$(PYTHON) -m grader.author.new_exercise "$$NAME" && $(PYTHON) -m grader.author.rubric --write >/dev/null

# ---- witness, the program that watches a student's program

include grader/witness/build.mk

witness: installed-grade build/witness ## developers: build build/witness, and install what a grade needs

# What a student's checks need is enough to build it.
$(witness_objects): | installed-check

asan_objects = $(witness_sources:grader/witness/%.c=build/witness-asan.o/%.o)

witness-asan: build/witness-asan

build/witness-asan: $(asan_objects)
	@$(CC) $(CFLAGS) $(SANITIZE) $(LDFLAGS) -o $@ $^

build/witness-asan.o/%.o: grader/witness/%.c | installed-check
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(SANITIZE) -MMD -MP -c -o $@ $<

-include $(asan_objects:.o=.d)

# ---- the kit's own tests

# witness as on a slow machine: build/late/sleeps-300/witness is late by 300 us at each call, and
# spins-300 is busy as long. For tests alone: no one who grades gets it.
late_calls = wait4 waitid ppoll ptrace
late_word = $(word $1,$(subst -, ,$(notdir $(@D))))

late = $(patsubst %,build/late/%/witness,\
    sleeps-0 sleeps-20 sleeps-100 sleeps-300 sleeps-1000 spins-100)

.PHONY: witness-late
witness-late: $(late)

build/late/%/witness: tests/witness/late/late.c $(witness_objects)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) $(late_calls:%=-Wl,--wrap=%) -DLATE_US=$(call late_word,2) \
	    -DLATE_SPINS=$(if $(filter spins,$(call late_word,1)),1,0) -o $@ $^

# The small programs that witness is tested on, the same on each distribution: static_*.c are linked
# statically.
programs = $(patsubst tests/witness/programs/%.c,build/programs/%,\
    $(wildcard tests/witness/programs/*.c))
PROGRAM_CFLAGS = -std=gnu17 -O1 -g -Wall -Wextra -Werror -pthread $(HARDENED)

witness-programs: $(programs)

build/programs/static_%: PROGRAM_CFLAGS += -no-pie -static
build/programs/%: tests/witness/programs/%.c tests/witness/programs/program.h | installed-check
	@mkdir -p $(@D)
	@$(CC) $(PROGRAM_CFLAGS) -o $@ $<

# Unit tests of witness's parts; what watches a program is tested as a whole.
unit_parts = $(filter-out %/main.o,$(asan_objects))
units = $(patsubst tests/witness/units/%.c,build/units/%,$(wildcard tests/witness/units/*.c))

witness-units: $(units)

$(units): build/units/%: tests/witness/units/%.c $(unit_parts) \
    | installed-test
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -Wno-pedantic -Wno-unused-parameter $(SANITIZE) -o $@ $^ \
	    -lcriterion

QUICK ?=
export QUICK

test: installed-test witness witness-asan witness-programs witness-units witness-late ## developers: run all tests of the kit; QUICK=1: what the change can break, in a minute
	@$(PYTHON) -m pytest -p no:cacheprovider -q -rs -n $(JOBS) tests

.PHONY: judge mutants proofs certify
judge: installed-judge witness ## developers: grade the whole corpus and all mutants: one table, 100 % in each row
	@$(PYTHON) -m tests.judge --jobs $(JOBS)

mutants: installed-judge witness ## developers: grade all mutants of the solution and list the survivors
	@$(PYTHON) -m tests.mutants --jobs $(JOBS)

proofs: installed-judge witness ## developers: show which facts each passed check of the solution rests on, and what fails it alone
	@$(PYTHON) -m tests.proofs $(EXERCISE)

certify: installed-certify witness ## developers: check that no verdict ever differs: [RUNS=1000] [CORPUS=1] [MINUTES=N]
	@$(PYTHON) -m tests.certify --runs $${RUNS:-1000} --minutes $${MINUTES:-0} $${CORPUS:+--corpus}

# They need root, and say so: mmdebstrap makes them, and they have mounts of their own. Arm is an
# emulated machine: tests/machines/arm64/README.md.
.PHONY: machines
machines: ## developers: run the README on new machines: [RELEASES="bookworm trixie"] [USERS="root none"] [STEPS="grade check"] [WHOLE=1] [FRESH=1], or ARCH=arm64 [STEPS=...]
ifeq ($(ARCH),arm64)
	@$(PYTHON) -m tests.machines.arm64 $(STEPS)
else
	@$(PYTHON) -m tests.machines $${RELEASES:+--releases $$RELEASES} $${USERS:+--users $$USERS} \
	    $${STEPS:+--steps $$STEPS} $${WHOLE:+--whole} $${FRESH:+--fresh}
endif

rubric: installed-grade ## teachers: write the rubric tables of the handout from the hidden tests
	@$(PYTHON) -m grader.author.rubric --write

build/bench/%: tests/bench/%.c | installed-check
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -o $@ $<

.PHONY: compare reveal
compare: installed-compare witness ## developers: check that witness sees the calls that strace sees, in every program of the corpus
	@$(PYTHON) -m tests.witness.compared

reveal: witness witness-programs ## developers: run a program that hides a missing wait TIMES=1000 under parent-first
	@$(PYTHON) -m tests.witness.revealed $${TIMES:-1000}

# Bytes made up by libFuzzer for what witness parses; what it finds is kept in build/fuzz.
.PHONY: fuzz
FUZZ_CFLAGS = -std=gnu17 -O1 -g $(filter -f%,$(SANITIZE)) -fsanitize=fuzzer
fuzzers = build/fuzz/options build/fuzz/proc_text

build/fuzz/options: grader/witness/options.c grader/witness/help.c
build/fuzz/proc_text: grader/witness/proc_text.c
$(fuzzers): build/fuzz/%: tests/witness/fuzz/%.c | installed-fuzz
	@mkdir -p $(@D)
	@clang $(FUZZ_CFLAGS) -o $@ $^

fuzz: $(fuzzers) ## developers: try RUNS=200000 random inputs on each parser of witness
	@tests/witness/fuzz/run "$${RUNS:-200000}" $(fuzzers)

bench: installed-bench witness witness-programs build/bench/ptrace_floor ## developers: measure witness and the grader
	@$(PYTHON) -m tests.bench

# ---- lint: each tool is a target of its own, `make lint` runs them all side by side

linters = lint-gcc lint-hardened lint-arm64 lint-clang-tidy lint-cppcheck lint-clang-format \
    lint-black lint-flake8 lint-mypy lint-new-exercise lint-proof
.PHONY: $(linters)

# All C but tests/submissions, which students wrote. What is included with -I is given per folder.
c_files = $(wildcard $(addsuffix /*.c,grader/witness grader/hidden starter/* solution/* \
    tests/bench tests/witness/programs tests/witness/units tests/witness/late))
h_files = $(wildcard $(addsuffix /*.h,grader/witness grader/hidden starter/* solution/* \
    tests/witness/programs))
witness_files = $(wildcard grader/witness/*.c)
python_files = grader tests starter
typed_files = grader
INCLUDES = $(addprefix -I,$(sort $(dir $(wildcard starter/*/*.h))))

complain = || { echo 'lint: $@ complains, see above' >&2; exit 1; }

lint: installed-lint ## developers: check the style and the correctness of all code
	@$(MAKE) --no-print-directory --keep-going --output-sync=target -j $(JOBS) $(linters)

# What is broken on purpose, in tests/witness/programs, is left out.
lint-gcc:
	@printf '%s\n' $(filter-out tests/witness/%,$(c_files)) | xargs -P $(JOBS) -I FILE \
	    $(CC) $(CFLAGS) $(INCLUDES) -fanalyzer -c -o /dev/null FILE $(complain)

# Criterion's macros are neither pedantic nor do they use all that they are given.
lint-hardened:
	@printf '%s\n' $(c_files) | xargs -P $(JOBS) -I FILE $(CC) $(CFLAGS) $(HARDENED) \
	    $(INCLUDES) -Wno-pedantic -Wno-unused-parameter -c -o /dev/null FILE $(complain)

lint-arm64:
	@printf '%s\n' $(witness_files) | xargs -P $(JOBS) -I FILE \
	    $(CROSS_CC) $(CFLAGS) -c -o /dev/null FILE $(complain)

lint-clang-tidy:
	@printf '%s\n' $(c_files) | xargs -P $(JOBS) -n 1 sh -c \
	    'clang-tidy --quiet "$$@" -- -std=gnu17 $(INCLUDES) 2>/dev/null' clang-tidy $(complain)

# Newer releases look less closely unless told to; older ones do not know the option.
lint-cppcheck:
	@cppcheck --quiet -j $(JOBS) --std=c11 --enable=warning,performance,portability \
	    $$(cppcheck --help | grep -q check-level && echo --check-level=exhaustive) \
	    --inline-suppr --error-exitcode=1 '-DTestSuite(...)=' \
	    '-DTest(suite,name,...)=void suite_##name(void)' --force $(INCLUDES) \
	    $(filter-out tests/witness/%,$(c_files)) $(complain)

# Releases of a formatter differ in what they want: the one of Debian 12 decides, and a newer one is
# not asked. Usage: $(call by_release,TOOL,NEWEST-MAJOR-VERSION-THAT-IS-ASKED,ARGUMENTS)
define by_release
version=$$($(1) --version | sed -n '1s/^[^0-9]*\([0-9][0-9.]*\).*/\1/p'); \
	if [ "$${version%%.*}" -gt $(2) ]; then \
	    echo "lint: $@ is left to $(1) $(2): $(1) $$version may want another style"; \
	else $(1) $(3); fi $(complain)
endef

lint-clang-format:
	@$(call by_release,clang-format,14,--dry-run -Werror $(c_files) $(h_files))

black = $(call by_release,black,23,--quiet --diff --check --line-length 100 \
    --extend-exclude tests/submissions $(1))

lint-black:
	@$(call black,$(python_files))

lint-flake8:
	@flake8 $(python_files) $(complain)

lint-mypy:
	@mypy --strict --no-error-summary $(typed_files) $(complain)

# What `make new-exercise` lays out is as clean as the rest.
new_exercise = build/lint/starter/*-hand-over/checks.py build/lint/grader/hidden/*_hand_over.py
lint-new-exercise:
	@rm -rf build/lint && mkdir -p build/lint
	@cp -r grader starter solution assignment build/lint
	@cd build/lint && $(PYTHON) -m grader.author.new_exercise hand-over >/dev/null $(complain)
	@$(call black,$(new_exercise))
	@flake8 $(new_exercise) $(complain)

# Each of the above turns red over a file that deserves it.
lint-proof: | build
	@$(PYTHON) -m pytest -p no:cacheprovider -q tests/lint/proof.py >build/lint-proof.log \
	    || { cat build/lint-proof.log; false; } $(complain)

build:
	@mkdir -p $@

# ----

# What a purpose needs stands in grader/setup/needs.txt.
installed = $(patsubst %,installed-%,check grade class test lint judge fuzz compare certify bench)
.PHONY: $(installed)
$(installed): installed-%:
	@grader/install $*

clean: ## developers: remove everything that was built, and the results
	@rm -rf build results
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
