#include "armv7em/dsp.h"

/* Fully connected layer of int8 for one row of inputs: four outputs at a time, so that each input is widened once for
 * four. */
typedef struct {
  int32_t depth;      /* inputs, a multiple of 4 */
  int32_t channels;   /* outputs */
  int32_t multiplier; /* of all outputs, doubled; 0 when each has its own */
  int32_t right;      /* right shift of all outputs, -30 to 31 */
  int32_t zero;       /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_dsp_fully_connected_s8_t;

/* The order of the fields is known to the assembly. */
typedef struct {
  const int8_t *x;
  const int32_t *first;  /* stream of two outputs: two biases, then their weights */
  const int32_t *second; /* of two more; the first again if there are none */
  int32_t *sums;
  int32_t rounds;        /* ceil(depth / 32) */
  int32_t entry;         /* offset of the first step in the unrolled loop, plus the Thumb bit */
} mote_rows_4_t;

/* r3 and r5: sums of the even outputs. Narrow: r4 and r6 are those of even + 256 * odd, see matrix_3x2_s8.h. */
#define MOTE_ROWS_4_PAIR(even, both, first, second) \
  "smlad " both ", r7, " first ", " both "\n\t"     \
  "sxtb16 " first ", " first "\n\t"                 \
  "smlad " even ", r7, " first ", " even "\n\t"     \
  "smlad " both ", r8, " second ", " both "\n\t"    \
  "sxtb16 " second ", " second "\n\t"               \
  "smlad " even ", r8, " second ", " even "\n\t"

/* 16 products. */
#define MOTE_ROWS_4_STEP_BYTES 68
#define MOTE_ROWS_4_STEP                      \
  "ldr.w r7, [r0], #4\n\t"                    \
  "ldrd r9, r10, [r1], #8\n\t"                \
  "ldrd r11, r12, [r2], #8\n\t"               \
  "sxtb16 r8, r7, ror #8\n\t"                 \
  "sxtb16 r7, r7\n\t"                         \
  MOTE_ROWS_4_PAIR("r3", "r4", "r9", "r10") MOTE_ROWS_4_PAIR("r5", "r6", "r11", "r12")

#define MOTE_ROWS_4_WIDE_ROW(sum, weights, spare)    \
  "sxtb16 " spare ", " weights "\n\t"                \
  "sxtb16 " weights ", " weights ", ror #8\n\t"      \
  "smlad " sum ", r7, " spare ", " sum "\n\t"        \
  "smlad " sum ", r8, " weights ", " sum "\n\t"

/* 16 products; each word belongs to one output. */
#define MOTE_ROWS_4_WIDE_STEP_BYTES 84
#define MOTE_ROWS_4_WIDE_STEP                 \
  "ldr.w r7, [r0], #4\n\t"                    \
  "ldrd r9, r10, [r1], #8\n\t"                \
  "sxtb16 r8, r7, ror #8\n\t"                 \
  "sxtb16 r7, r7\n\t"                         \
  MOTE_ROWS_4_WIDE_ROW("r3", "r9", "r12") MOTE_ROWS_4_WIDE_ROW("r4", "r10", "r12") \
  "ldrd r9, r10, [r2], #8\n\t"                \
  MOTE_ROWS_4_WIDE_ROW("r5", "r9", "r12") MOTE_ROWS_4_WIDE_ROW("r6", "r10", "r12")

/* Sums times 16 of two outputs whose weights of four bits share `weights`. */
#define MOTE_ROWS_4_S4_PAIR(even, odd, weights)        \
  "and r10, " weights ", #0xf0f0f0f0\n\t"              \
  "lsl.w " weights ", " weights ", #4\n\t"             \
  "and " weights ", " weights ", #0xf0f0f0f0\n\t"      \
  MOTE_ROWS_4_WIDE_ROW(even, "r10", "r12") MOTE_ROWS_4_WIDE_ROW(odd, weights, "r12")

/* 16 products; each word belongs to two outputs. */
#define MOTE_ROWS_4_S4_STEP_BYTES 108
#define MOTE_ROWS_4_S4_STEP                   \
  "ldr.w r7, [r0], #4\n\t"                    \
  "ldr.w r9, [r1], #4\n\t"                    \
  "ldr.w r11, [r2], #4\n\t"                   \
  "sxtb16 r8, r7, ror #8\n\t"                 \
  "sxtb16 r7, r7\n\t"                         \
  MOTE_ROWS_4_S4_PAIR("r3", "r4", "r9") MOTE_ROWS_4_S4_PAIR("r5", "r6", "r11")

#define MOTE_ROWS_4_BODY(biases, step, odd)                                  \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"                          \
  "ldmia r0, {r0, r1, r2, r7, r8, r9}\n\t"                                   \
  "push {r7}\n\t"                                                            \
  "mov lr, r8\n\t"                                                           \
  "adr r12, 1f\n\t"                                                          \
  "add r12, r12, r9\n\t"                                                     \
  "ldrd r3, r4, [r1], #8\n\t"                                                \
  "ldrd r5, r6, [r2], #8\n\t" biases                                         \
  "bx r12\n\t"                                                               \
  ".balign 4\n"                                                              \
  "1:\n\t" step step step step step step step step                                             \
  "subs lr, lr, #1\n\t"                                                      \
  "bne.w 1b\n\t" odd                                                         \
  "pop {r8}\n\t"                                                             \
  "stmia r8, {r3, r4, r5, r6}\n\t"                                           \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t"

#define MOTE_ROWS_4_FUNCTION(name, body)                                                                      \
  static __attribute__((naked, noinline, unused)) void name(const mote_rows_4_t *m __attribute__((unused))) { \
    __asm__ volatile(body);                                                                                   \
  }

/* Four sums. Biases are (bias << 8). */
MOTE_ROWS_4_FUNCTION(mote_rows_4, MOTE_ROWS_4_BODY("asr r3, r3, #8\n\t"
                                                   "asr r5, r5, #8\n\t"
                                                   "add r4, r4, r3\n\t"
                                                   "add r6, r6, r5\n\t",
                                                   MOTE_ROWS_4_STEP,
                                                   "sub r4, r4, r3\n\t"
                                                   "sub r6, r6, r5\n\t"
                                                   "asr r4, r4, #8\n\t"
                                                   "asr r6, r6, #8\n\t"))

/* Four sums of any size. Biases are words. */
MOTE_ROWS_4_FUNCTION(mote_rows_4_wide, MOTE_ROWS_4_BODY("", MOTE_ROWS_4_WIDE_STEP, ""))

/* Four sums from weights of four bits. Biases are words, times 16. */
MOTE_ROWS_4_FUNCTION(mote_rows_4_s4, MOTE_ROWS_4_BODY("", MOTE_ROWS_4_S4_STEP,
                                                      "asr r3, r3, #4\n\t"
                                                      "asr r4, r4, #4\n\t"
                                                      "asr r5, r5, #4\n\t"
                                                      "asr r6, r6, #4\n\t"))

/* stream: for every two outputs two biases with their right shifts as the lowest byte (wide: two biases), the weights,
 * and unless all outputs have one multiplier, two doubled ones (wide: and a word with the two right shifts).
 * words: of weights for every four inputs and two outputs. */
MOTE_KERNEL void mote_dsp_fully_connected(const mote_dsp_fully_connected_s8_t *p, const int8_t *x,
                                          const int32_t *stream, int8_t *y, int32_t wide, int32_t words, int32_t step_bytes,
                                          void (*rows)(const mote_rows_4_t *)) {
  const int32_t steps = p->depth >> 2;
  const int32_t common = p->multiplier;
  const int32_t pair = 2 + words * steps + (common != 0 ? 0 : 2 + wide);
  const int32_t zero = p->zero;
  const int32_t low = p->output_min;
  const int32_t high = p->output_max;
  int32_t right = p->right;
  int32_t sums[4];
  mote_rows_4_t m;
  m.x = x;
  m.sums = sums;
  m.rounds = (steps + 7) >> 3;
  m.entry = (-steps & 7) * step_bytes + 1;
  for (int32_t left = p->channels; left > 0; left -= 4) {
    m.first = stream;
    m.second = left > 2 ? stream + pair : stream;
    rows(&m);
    const int8_t *const end = y + (left < 4 ? left : 4);
    if (common != 0 && right > 0) {
      for (const int32_t *sum = sums; y != end; sum++) {
        *y++ = (int8_t)mote_clamp(mote_requantize_right_doubled(*sum, common, right, zero), low, high);
      }
    }
    for (int32_t i = 0; y != end; i++) {
      const int32_t *const two = stream + (i >> 1) * pair;
      const int32_t *const own = two + 2 + words * steps;
      int32_t multiplier = common;
      if (common == 0) {
        multiplier = own[i & 1];
        right = wide != 0 ? (int8_t)(own[2] >> 8 * (i & 1)) : (int8_t)two[i & 1];
      }
      const int32_t scaled = right > 0 ? mote_requantize_right_doubled(sums[i], multiplier, right, zero)
                                       : mote_requantize_left_doubled(sums[i], multiplier, -right, zero);
      *y++ = (int8_t)mote_clamp(scaled, low, high);
    }
    stream += 2 * pair;
  }
}

MOTE_SHARED void mote_dsp_fully_connected_s8(const mote_dsp_fully_connected_s8_t *p, const int8_t *x,
                                             const int32_t *stream, int8_t *y) {
  mote_dsp_fully_connected(p, x, stream, y, 0, 2, MOTE_ROWS_4_STEP_BYTES, mote_rows_4);
}

typedef mote_dsp_fully_connected_s8_t mote_dsp_fully_connected_wide_s8_t;

MOTE_SHARED void mote_dsp_fully_connected_wide_s8(const mote_dsp_fully_connected_s8_t *p, const int8_t *x,
                                                  const int32_t *stream, int8_t *y) {
  mote_dsp_fully_connected(p, x, stream, y, 1, 2, MOTE_ROWS_4_WIDE_STEP_BYTES, mote_rows_4_wide);
}

typedef mote_dsp_fully_connected_s8_t mote_dsp_fully_connected_s4_t;

MOTE_SHARED void mote_dsp_fully_connected_s4(const mote_dsp_fully_connected_s8_t *p, const int8_t *x,
                                             const int32_t *stream, int8_t *y) {
  mote_dsp_fully_connected(p, x, stream, y, 1, 1, MOTE_ROWS_4_S4_STEP_BYTES, mote_rows_4_s4);
}
