/* QEMU plugin: counts the instructions that a program executes between two markers, as a total, for each layer,
 * and for each block of code in each layer.
 *
 * A marker is a function whose entry begins a block. Counting starts when the begin marker has returned and stops
 * before the end marker's first instruction; each such run is counted apart. Between the layer markers the
 * instructions go to the layer whose number is how often the first layer marker was passed in this run. Code inside
 * [skip_start, skip_end), where the layer markers and their caller live, is not counted.
 *
 * Arguments: begin, end, layer_begin, layer_end, skip_start, skip_end (addresses), flash_start, flash_end (addresses
 * whose loads are counted; equal for none), budget (instructions of one run; 0 for no limit), out (file). The file has one
 * line for each fact:
 *
 *   run INSTRUCTIONS
 *   layer NUMBER INSTRUCTIONS   (sum over the runs)
 *   block LAYER EXECUTIONS TAKEN FLASH_BYTES ADDRESS ADDRESS ...
 *   exhausted INSTRUCTIONS      (the budget ended the program)
 *
 * A block's line says for one layer (-1: outside of all) how often it ran, after how many of these the instruction behind it
 * was not the next to run, and the bytes that it loaded from flash; then the addresses of its instructions.
 *
 * Written against the plugin interface of QEMU 7.2, version 1; its header is not packaged, so that the few functions
 * used are declared here. Since QEMU 9.0 a plugin must ask for version 2, which left these functions as they were. */
#include <dlfcn.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PUBLIC __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
void qemu_plugin_register_vcpu_tb_trans_cb(
    qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t id, struct qemu_plugin_tb *block));
void qemu_plugin_register_vcpu_tb_exec_cb(
    struct qemu_plugin_tb *block,
    void (*callback)(unsigned int cpu, void *data),
    int flags,
    void *data);
void qemu_plugin_register_atexit_cb(
    qemu_plugin_id_t id, void (*callback)(qemu_plugin_id_t id, void *data), void *data);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *instruction);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *instruction);
void qemu_plugin_register_vcpu_mem_cb(
    struct qemu_plugin_insn *instruction,
    void (*callback)(unsigned int cpu, uint32_t access, uint64_t address, void *data),
    int flags,
    int direction,
    void *data);
unsigned int qemu_plugin_mem_size_shift(uint32_t access);
bool qemu_plugin_mem_is_store(uint32_t access);

PUBLIC int qemu_plugin_version = 1;

/* QEMU reads the version after loading; version 2 brought the function that is looked for. */
__attribute__((constructor)) static void choose_version(void) {
  if (dlsym(RTLD_DEFAULT, "qemu_plugin_scoreboard_new") != NULL) {
    qemu_plugin_version = 2;
  }
}

enum { MAX_LAYERS = 65536, EXIT_EXHAUSTED = 97, LOADS_AND_STORES = 3 };

/* What a block did in one layer. */
typedef struct tally {
  struct tally *next;
  int layer;
  uint64_t executions, taken, flash_bytes;
} tally_t;

/* One translation of a block; QEMU may translate the same code again, which gives another one. */
typedef struct block {
  struct block *next;
  tally_t *tallies; /* that of the latest layer first */
  uint32_t behind;  /* address behind its last instruction */
  uint32_t count;
  uint32_t addresses[];
} block_t;

static uint64_t begin, end, layer_begin, layer_end, skip_start, skip_end, flash_start, flash_end, budget;
static const char *out_name = "mote.counts";

static block_t *blocks;
static uint64_t *runs;
static size_t run_count, run_capacity;
static uint64_t layers[MAX_LAYERS];
static int layer_count;

static int counting;
static int layer = -1; /* current one, or -1 between layers */
static int next_layer;
static uint64_t total;
static const block_t *running; /* the block that runs, while it counts */

static void *checked(void *memory) {
  if (memory == NULL) {
    fputs("instruction counter: out of memory\n", stderr);
    abort();
  }
  return memory;
}

static void write_counts(int exhausted) {
  FILE *out = checked(fopen(out_name, "w"));
  for (size_t i = 0; i < run_count; i++) {
    fprintf(out, "run %" PRIu64 "\n", runs[i]);
  }
  for (int i = 0; i < layer_count; i++) {
    fprintf(out, "layer %d %" PRIu64 "\n", i, layers[i]);
  }
  for (const block_t *block = blocks; block != NULL; block = block->next) {
    for (const tally_t *tally = block->tallies; tally != NULL; tally = tally->next) {
      fprintf(out, "block %d %" PRIu64 " %" PRIu64 " %" PRIu64, tally->layer, tally->executions,
              tally->taken, tally->flash_bytes);
      for (uint32_t i = 0; i < block->count; i++) {
        fprintf(out, " %" PRIx32, block->addresses[i]);
      }
      fputc('\n', out);
    }
  }
  if (exhausted) {
    fprintf(out, "exhausted %" PRIu64 "\n", total);
  }
  fclose(out);
}

static void on_exit_of_qemu(qemu_plugin_id_t id, void *data) {
  (void)id;
  (void)data;
  write_counts(0);
}

static void end_run(void) {
  if (run_count == run_capacity) {
    run_capacity = run_capacity == 0 ? 64 : 2 * run_capacity;
    runs = checked(realloc(runs, run_capacity * sizeof *runs));
  }
  runs[run_count++] = total;
  counting = 0;
}

/* The tally of the current layer, brought to the front. */
static tally_t *tally_of(block_t *block) {
  tally_t **link = &block->tallies;
  while (*link != NULL && (*link)->layer != layer) {
    link = &(*link)->next;
  }
  tally_t *tally = *link;
  if (tally == NULL) {
    tally = checked(calloc(1, sizeof *tally));
    tally->layer = layer;
  } else {
    *link = tally->next;
  }
  tally->next = block->tallies;
  block->tallies = tally;
  return tally;
}

/* Asked for loads alone, QEMU 7.2 calls for stores alone: so it is asked for both. */
static void on_access(unsigned int cpu, uint32_t access, uint64_t address, void *data) {
  (void)cpu;
  (void)data;
  if (running != NULL && !qemu_plugin_mem_is_store(access) && address >= flash_start && address < flash_end) {
    running->tallies->flash_bytes += UINT64_C(1) << qemu_plugin_mem_size_shift(access);
  }
}

static void on_execution(unsigned int cpu, void *data) {
  block_t *block = data;
  const uint64_t address = block->addresses[0];
  (void)cpu;
  if (address == begin) {
    running = NULL;
    counting = 1;
    total = 0;
    layer = -1;
    next_layer = 0;
    return;
  }
  if (!counting) {
    return;
  }
  if (address == end) {
    running = NULL;
    end_run();
    return;
  }
  if (address >= skip_start && address < skip_end) {
    running = NULL;
    if (address == layer_begin) {
      layer = next_layer < MAX_LAYERS ? next_layer++ : -1;
      layer_count = next_layer > layer_count ? next_layer : layer_count;
    } else if (address == layer_end) {
      layer = -1;
    }
    return;
  }
  if (running != NULL && running->behind != address) {
    running->tallies->taken++;
  }
  if (block->tallies == NULL || block->tallies->layer != layer) {
    tally_of(block);
  }
  block->tallies->executions++;
  running = block;
  total += block->count;
  if (layer >= 0) {
    layers[layer] += block->count;
  }
  if (budget != 0 && total > budget) {
    write_counts(1);
    _Exit(EXIT_EXHAUSTED);
  }
}

static void on_translation(qemu_plugin_id_t id, struct qemu_plugin_tb *translated) {
  const size_t count = qemu_plugin_tb_n_insns(translated);
  block_t *block = checked(calloc(1, sizeof *block + count * sizeof block->addresses[0]));
  (void)id;
  block->count = (uint32_t)count;
  for (size_t i = 0; i < count; i++) {
    struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(translated, i);
    block->addresses[i] = (uint32_t)qemu_plugin_insn_vaddr(instruction);
    block->behind = block->addresses[i] + (uint32_t)qemu_plugin_insn_size(instruction);
    if (flash_start != flash_end) {
      qemu_plugin_register_vcpu_mem_cb(instruction, on_access, 0, LOADS_AND_STORES, NULL);
    }
  }
  block->next = blocks;
  blocks = block;
  qemu_plugin_register_vcpu_tb_exec_cb(translated, on_execution, 0, block);
}

static int read_argument(const char *argument) {
  const struct {
    const char *name;
    uint64_t *value;
  } numbers[] = {
      {"begin=", &begin},           {"end=", &end},
      {"layer_begin=", &layer_begin}, {"layer_end=", &layer_end},
      {"skip_start=", &skip_start}, {"skip_end=", &skip_end},
      {"flash_start=", &flash_start}, {"flash_end=", &flash_end},
      {"budget=", &budget},
  };
  for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
    const size_t length = strlen(numbers[i].name);
    if (strncmp(argument, numbers[i].name, length) == 0) {
      *numbers[i].value = strtoull(argument + length, NULL, 0);
      return 1;
    }
  }
  if (strncmp(argument, "out=", 4) == 0) {
    out_name = checked(strdup(argument + 4));
    return 1;
  }
  return 0;
}

PUBLIC int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv) {
  (void)info;
  for (int i = 0; i < argc; i++) {
    if (!read_argument(argv[i])) {
      fprintf(stderr, "instruction counter: unknown argument %s\n", argv[i]);
      return 1;
    }
  }
  qemu_plugin_register_vcpu_tb_trans_cb(id, on_translation);
  qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
  return 0;
}
