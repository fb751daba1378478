# Short names for those who have make; all of it lives in ./run.
.PHONY: demo test mutants doctor clean
demo test mutants doctor:
	@./run $@
clean:
	rm -rf .venv out
