help:
	@echo 'make test'
