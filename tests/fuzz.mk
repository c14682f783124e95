# `make fuzz`: libFuzzer on everything that reads untrusted bytes, FUZZ_SECONDS each.
# A finding is left in build/fuzz/; FUZZ=names runs one target.
FUZZ_SECONDS := 60
FUZZ         := archive csv names source tap
FUZZ_CC      := clang -std=c11 -D_GNU_SOURCE -g -O1 -Igrader \
                -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
FUZZ_PARTS   := $(addprefix grader/,common/read.c common/text.c common/labs.c common/save.c \
                judge/result.c judge/scoring.c judge/story.c judge/suite.c judge/tap.c \
                grade/intake/archive.c grade/csv.c grade/intake/names.c grade/sha256.c grade/intake/source.c grade/sheet.c grade/utf16.c)

$(B)/fuzz/%: tests/fuzz/%.c $(FUZZ_PARTS)
	@mkdir -p $(@D)
	$(FUZZ_CC) -o $@ $^ -larchive

.PHONY: fuzz
fuzz: $(FUZZ:%=$(B)/fuzz/%)
	@for f in $(FUZZ); do mkdir -p $(B)/fuzz/corpus-$$f; \
	  echo "$$f: $(FUZZ_SECONDS) s"; \
	  (cd $(B)/fuzz && timeout -k 5 $$(($(FUZZ_SECONDS) + 60)) ./$$f -max_total_time=$(FUZZ_SECONDS) -max_len=65536 \
	    -rss_limit_mb=2048 $$(ls $(CURDIR)/tests/fuzz/$$f.dict 2>/dev/null | sed 's/^/-dict=/') corpus-$$f >$$f.log 2>&1) || { tail -n 30 $(B)/fuzz/$$f.log; exit 1; }; \
	  tail -n 1 $(B)/fuzz/$$f.log; done
