#include "armv7em/dsp.h"

/* Fully connected layer of int8, one multiplier for all outputs: four outputs at a time, so that each
 * input is widened once for four. */
typedef struct {
  int32_t batches;
  int32_t depth;    /* inputs, a multiple of 4 */
  int32_t channels; /* outputs */
  int32_t multiplier;
  int32_t right;    /* right shift, 1 to 31 */
  int32_t zero;     /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_dsp_fully_connected_s8_t;

/* The order of the fields is known to the assembly. */
typedef struct {
  const int8_t *x;
  const int32_t *stream; /* for every four outputs four biases and, per four depths, a word of each */
  int32_t *sums;
  int32_t rounds;        /* ceil(depth / 16) */
  int32_t entry;         /* offset of the first step in the unrolled loop, plus the Thumb bit */
} mote_rows_4_t;

#define MOTE_ROWS_4_STEP_BYTES 80

#define MOTE_ROWS_4_ROW(acc, weights)         \
  "sxtb16 r12, " weights "\n\t"             \
  "sxtb16 " weights ", " weights ", ror #8\n\t" \
  "smlad " acc ", r6, r12, " acc "\n\t"       \
  "smlad " acc ", r7, " weights ", " acc "\n\t"

/* 16 products; 80 bytes. */
#define MOTE_ROWS_4_STEP                      \
  "ldr.w r6, [r0], #4\n\t"                    \
  "ldmia.w r1!, {r8, r9, r10, r11}\n\t"       \
  "sxtb16 r7, r6, ror #8\n\t"               \
  "sxtb16 r6, r6\n\t"                       \
  MOTE_ROWS_4_ROW("r2", "r8") MOTE_ROWS_4_ROW("r3", "r9") \
  MOTE_ROWS_4_ROW("r4", "r10") MOTE_ROWS_4_ROW("r5", "r11")

/* Four sums; returns the stream behind them. */
static __attribute__((naked, noinline, unused)) const int32_t *mote_rows_4(
    const mote_rows_4_t *m __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
      "ldmia r0, {r0, r1, r8, r9, r10}\n\t"
      "push {r8}\n\t"
      "mov lr, r9\n\t"
      "adr r12, 1f\n\t"
      "add r12, r12, r10\n\t"
      "ldmia r1!, {r2, r3, r4, r5}\n\t"
      "bx r12\n\t"
      ".balign 4\n"
      "1:\n\t" MOTE_ROWS_4_STEP MOTE_ROWS_4_STEP MOTE_ROWS_4_STEP MOTE_ROWS_4_STEP
      "subs lr, lr, #1\n\t"
      "bne.w 1b\n\t"
      "pop {r8}\n\t"
      "stmia r8, {r2, r3, r4, r5}\n\t"
      "mov r0, r1\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

/* stream: outputs are filled up to a multiple of four with zeros. */
MOTE_SHARED void mote_dsp_fully_connected_s8(const mote_dsp_fully_connected_s8_t *p, const int8_t *x,
                                             const int32_t *stream, int8_t *y) {
  const int32_t steps = p->depth >> 2;
  int32_t sums[4];
  mote_rows_4_t m;
  m.sums = sums;
  m.rounds = (steps + 3) >> 2;
  m.entry = ((4 - (steps & 3)) & 3) * MOTE_ROWS_4_STEP_BYTES + 1;
  for (int32_t batch = 0; batch < p->batches; batch++) {
    m.x = x + batch * p->depth;
    m.stream = stream;
    for (int32_t channel = 0; channel < p->channels; channel += 4) {
      const int32_t count = p->channels - channel < 4 ? p->channels - channel : 4;
      m.stream = mote_rows_4(&m);
      for (int32_t i = 0; i < count; i++) {
        const int32_t scaled = mote_requantize_s8(sums[i], p->multiplier, p->right, p->zero);
        *y++ = (int8_t)mote_clamp(scaled, p->output_min, p->output_max);
      }
    }
  }
}
