/* Runs a model on an emulated board: takes input tensors from one file of the host, writes output tensors to
 * another. Files are sequences of little-endian 32-bit words and raw tensors:
 *
 *   mote.in    magic, runs, flags; then for each run every input
 *   mote.out   for each run: with DUMP_LAYERS for each layer its number and its outputs; then
 *              RUN_MAGIC, init's status, invoke's status, bytes written past the arena, stack bytes, ticks, and every
 *              output; at the end END_MAGIC
 *   mote.fault magic, program counter, return address, cause, address: when the processor faulted
 *
 * Nothing here calls a library, so that the flash that a model's library functions need can be told. */
#include "harness.h"

#include "semihosting.h"

enum { IN_MAGIC = 0x4e495f4d, RUN_MAGIC = 0x4e55525f, END_MAGIC = 0x444e455f, FAULT_MAGIC = 0x544c465f };
enum { LAYER_MAGIC = 0x59414c00 };
enum { KEEP_STATE = 1, DUMP_LAYERS = 2 };

/* What the arena and the guard behind it hold before init: nothing that a model may rely on. */
enum { ARENA_FILL = 0xa5 };
static const uint32_t stack_paint = 0xc5c5c5c5u;

extern uint32_t mote_stack_limit[];

static int32_t out_file;
static uint32_t flags;

#define MARK(name)                                      \
  __attribute__((noinline, noclone)) void name(void) { \
    __asm__ volatile("" ::: "memory");                  \
  }
MARK(mote_mark_begin)
MARK(mote_mark_end)
MARK(mote_mark_layer_begin)
MARK(mote_mark_layer_end)

static void fail_if(int failed) {
  if (failed) {
    host_exit(EXIT_FAILED);
  }
}

static void write_out(const void *from, uint32_t bytes) {
  fail_if(host_write(out_file, from, bytes) != 0);
}

static void write_ranges(const mote_range_t *ranges, uint32_t count) {
  for (uint32_t i = 0; i < count; i++) {
    write_out(mote_arena + ranges[i].offset, ranges[i].bytes);
  }
}

void mote_board_observe(void *context, uint32_t layer, int done) {
  (void)context;
  if (!done) {
    mote_mark_layer_begin();
    return;
  }
  mote_mark_layer_end();
  if ((flags & DUMP_LAYERS) != 0) {
    const uint32_t head = LAYER_MAGIC + layer;
    write_out(&head, sizeof head);
    write_ranges(mote_layer_ranges + mote_layers[layer].first, mote_layers[layer].count);
  }
}

static uint32_t *stack_pointer(void) {
  uint32_t *sp;
#if defined(__arm__)
  __asm__ volatile("mov %0, sp" : "=r"(sp));
#else
  __asm__ volatile("mv %0, sp" : "=r"(sp));
#endif
  return sp;
}

/* Counts up or down with the emulated time, which the instructions drive under QEMU's -icount. */
static uint32_t ticks(void) {
#if defined(__arm__)
  return *(volatile const uint32_t *)0xe000e018u; /* SysTick, current value: 24 bits, down */
#else
  register uint32_t a0 __asm__("a0");
  __asm__ volatile(".word 0xb0202573" : "=r"(a0)); /* csrr a0, minstret */
  return a0;
#endif
}

static void start_ticks(void) {
#if defined(__arm__)
  *(volatile uint32_t *)0xe000e014u = 0xffffffu; /* reload value */
  *(volatile uint32_t *)0xe000e018u = 0;         /* current value */
  *(volatile uint32_t *)0xe000e010u = 5;         /* enabled, processor clock, no interrupt */
#endif
}

/* One inference; the deepest stack that it reached, seen by what it overwrote, and the time that it took. Between
 * taking the stack pointer and calling the model this calls nothing. */
static __attribute__((noinline)) uint32_t measured_invoke(uint32_t *stack_bytes, uint32_t *elapsed) {
  uint32_t *const top = stack_pointer();
  for (volatile uint32_t *word = mote_stack_limit; word < top; word++) {
    *word = stack_paint;
  }
  const uint32_t before = ticks();
  const uint32_t status = mote_model_invoke();
  const uint32_t after = ticks();
  const volatile uint32_t *deepest = mote_stack_limit;
  while (deepest < top && *deepest == stack_paint) {
    deepest++;
  }
  *stack_bytes = (uint32_t)((uintptr_t)top - (uintptr_t)deepest);
#if defined(__arm__)
  *elapsed = (before - after) & 0xffffffu;
#else
  *elapsed = after - before;
#endif
  return status;
}

static uint32_t initialise(void) {
  for (uint32_t i = 0; i < mote_arena_bytes + MOTE_GUARD_BYTES; i++) {
    ((volatile uint8_t *)mote_arena)[i] = ARENA_FILL;
  }
  return mote_model_init();
}

static uint32_t damaged_guard_bytes(void) {
  uint32_t damaged = 0;
  for (uint32_t i = 0; i < MOTE_GUARD_BYTES; i++) {
    damaged += mote_arena[mote_arena_bytes + i] != ARENA_FILL ? 1u : 0u;
  }
  return damaged;
}

int mote_board_main(void) {
  const int32_t in_file = host_open("mote.in", OPEN_READ_BINARY);
  out_file = host_open("mote.out", OPEN_WRITE_BINARY);
  uint32_t head[3];
  fail_if(in_file < 0 || out_file < 0 || host_read(in_file, head, sizeof head) != 0);
  fail_if(head[0] != IN_MAGIC);
  flags = head[2];
  start_ticks();
  for (uint32_t run = 0; run < head[1]; run++) {
    uint32_t result[6] = {RUN_MAGIC, 0, 0, 0, 0, 0};
    if (run == 0 || (flags & KEEP_STATE) == 0) {
      result[1] = initialise();
    }
    for (uint32_t i = 0; i < mote_input_count; i++) {
      fail_if(host_read(in_file, mote_arena + mote_inputs[i].offset, mote_inputs[i].bytes) != 0);
    }
    if (result[1] == 0) {
      result[2] = measured_invoke(&result[4], &result[5]);
      result[3] = damaged_guard_bytes();
    }
    write_out(result, sizeof result);
    write_ranges(mote_outputs, mote_output_count);
  }
  const uint32_t end = END_MAGIC;
  write_out(&end, sizeof end);
  host_close(out_file);
  host_exit(EXIT_DONE);
  return 0;
}

void mote_board_fault(
    uint32_t program_counter, uint32_t return_address, uint32_t cause, uint32_t address) {
  const uint32_t fault[5] = {FAULT_MAGIC, program_counter, return_address, cause, address};
  const int32_t file = host_open("mote.fault", OPEN_WRITE_BINARY);
  (void)host_write(file, fault, sizeof fault);
  host_close(file);
  host_exit(EXIT_FAILED);
}
