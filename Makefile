# Mote. `make` alone says what there is.
SHELL := /usr/bin/env bash
.DEFAULT_GOAL := help
MAVEN := scripts/maven
TOOLS := host arm riscv qemu clang wasm mbedtls libcoap wakaama crypto onnx web browser

.PHONY: help demo demo-chips serve test sweep check bench bench-classical bench-fashion bench-service quantization bench-weights costs format fuzz graphs conformance operators onnx writers golden model model-float clean

help: ## this list
	@echo 'Mote turns a trained model into verified C for a microcontroller.'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 20
	@echo
	@echo '  ./mote --help     the command line'

demo: ## a service, three emulated boards on its network, a model rolled out to them, and what they see (KEEP=1 leaves it running)
	@scripts/need host arm riscv qemu device web
	@scripts/sources mbedtls >/dev/null && scripts/sources lwip >/dev/null
	@scripts/web
	scripts/run bench bench ServiceDemo examples/fashion-mnist examples/lwm2m-device out/demo/service $(if $(KEEP),keep)

demo-chips: ## the project's own model on three emulated chips, and installed, upgraded and rolled back on two devices
	@scripts/need host arm riscv qemu device
	scripts/run bench bench Demo examples/fashion-mnist $$(scripts/sources mbedtls >/dev/null && echo examples/device out/demo)

serve: ## the service at http://localhost:8080, in the foreground, with its data in ./data
	@scripts/need host arm riscv clang wasm web
	@scripts/web
	scripts/run service service MoteService

test: ## every test: Java, C on the host, C on emulated boards, pages in a browser
	@scripts/need $(TOOLS)
	@scripts/web
	$(MAVEN) test

sweep: ## every case of every operator and random graph, where `make test` draws a quarter (minutes)
	@scripts/need host
	$(MAVEN) -q -pl testkit -am test -Dtest=DifferentialTest,RandomGraphTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dmote.test.args=-Dsweep=true

check: ## test + formatting + compiler warnings as errors
	@scripts/need $(TOOLS)
	@scripts/web
	$(MAVEN) spotless:check
	$(MAVEN) -Pcheck clean test

bench: ## MLPerf Tiny on every emulated core: rewrites bench/mlperf-tiny.csv
	@scripts/need $(TOOLS)
	scripts/run bench bench ModelBench "$${MOTE_MODELS:-../shared/models/mlperf-tiny}" bench
	scripts/testkit representative.RepresentativeBench bench
	scripts/testkit representative.OptimizationBench bench docs/reference/optimizations.md

bench-classical: ## forests and other classical models on the emulated Cortex-M4: rewrites bench/classical.csv
	scripts/run bench bench ClassicalBench testkit/src/test/resources/classical bench

bench-weights: ## every form of stored weights on the emulated Cortex-M4: rewrites bench/weights.csv
	@scripts/need arm qemu
	scripts/testkit representative.WeightsBench bench examples/fashion-mnist/fashion_mnist_int8.tflite

quantization: ## the float MLPerf Tiny models quantized by Mote beside the published int8 ones: rewrites bench/quantization.csv (minutes)
	@scripts/need host fashion-mnist
	scripts/testkit quantization.QuantizationBench bench

bench-service: ## load on the server that devices speak with, its database and 10,000 devices on this machine: rewrites bench/service.csv and its table (minutes)
	scripts/run bench bench load.ServiceBench bench docs/reference/capacity.md

bench-fashion: ## quantization and compression on the whole test set of Fashion-MNIST: rewrites bench/fashion.csv and its table (minutes)
	@scripts/need host arm qemu fashion-mnist
	scripts/run bench bench FashionBench /usr/share/datasets/fashion-mnist examples/fashion-mnist/fashion_mnist_float.tflite bench docs/howto/optimize.md

costs: ## fits the cost tables of the kernels: rewrites compiler/targets/…/costs and bench/kernel-costs-*.csv (minutes)
	@scripts/need $(TOOLS)
	scripts/run bench bench KernelCosts compiler/targets/src/main/resources/dev/mote/targets/costs bench $(SETS)
	scripts/run bench bench ChoiceCheck "$${MOTE_MODELS:-../shared/models/mlperf-tiny}" cortex-m4 cortex-m55

fuzz: ## 100,000 broken models, 100,000 broken ONNX models, 100,000 broken modules: each must end as one or as an error
	@scripts/need host mbedtls
	scripts/testkit fuzz.FuzzRun
	scripts/testkit onnx.OnnxFuzz
	scripts/testkit fuzz.ModuleFuzz
	scripts/testkit fuzz.DeviceFuzz

writers: ## rewrites docs/reference/writers.md from what both writers pass
	scripts/maven -q -Dlint=off -pl testkit -am test -Dtest=WritersTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dmote.test.args=-Dmote.writers=true

golden: ## rewrites the golden files of the compiler, the specification's example, and what the service says of itself; read the diff
	$(MAVEN) -q -Dlint=off -pl compiler/pipeline,inference-module,testkit,service -am test \
	  -Dtest=GoldenTest,SpecificationTest,ProbeModelsTest,OpenApiTest,KnownKeysTest -Dsurefire.failIfNoSpecifiedTests=false \
	  -Dmote.test.args=-Dmote.golden=true

format: ## rewrites the Java sources in the project's format
	$(MAVEN) -q spotless:apply

graphs: ## 5,000 random graphs under every kind of plan: meaning, memory, emitted C
	scripts/testkit graphs.GraphSweep

conformance: ## MLPerf Tiny: 10,000 random inputs per model by TFLite, the reference interpreter and emitted C; ONNX's test cases
	@scripts/need host onnx
	scripts/testkit mlperf.ConformanceSweep
	scripts/testkit onnx.NodeConformance

operators: ## rewrites docs/reference/operators.md from the operator tests that pass
	@scripts/need host
	scripts/testkit differential.OperatorTable .

onnx: ## rewrites docs/reference/onnx-operators.md from ONNX's own test cases
	@scripts/need host onnx
	scripts/testkit onnx.NodeConformance docs/reference/onnx-operators.md

model: ## trains and quantizes the project's own model anew (minutes; Linux on x86-64)
	@scripts/need host fashion-mnist
	MAVEN_ARGS=-Pmodel OMP_NUM_THREADS=1 scripts/run examples/fashion-mnist example.fashion TrainFashionMnist \
	  /usr/share/datasets/fashion-mnist examples/fashion-mnist 8

model-float: ## trains the float model that `mote optimize` is shown on anew (minutes; Linux on x86-64)
	@scripts/need host fashion-mnist
	MAVEN_ARGS=-Pmodel OMP_NUM_THREADS=1 scripts/run examples/fashion-mnist example.fashion TrainFloatNetwork \
	  /usr/share/datasets/fashion-mnist examples/fashion-mnist 12

clean: ## deletes everything that was built
	@rm -rf target out */target compiler/*/target examples/*/target
