#include "armv7em/dsp.h"

/* One row of a depthwise 3x3 convolution, stride 1, from three rows of the image: for execution by rows, where nothing
 * that is set up for a channel would pay. Four channels of the rows are copied, with their padding, and convolved two
 * outputs by two channels at a time. Outputs are cut off at the zero point, which is -128. */
typedef struct {
  int32_t in_columns;
  int32_t channels;   /* a multiple of 4 */
  int32_t out_columns;
  int32_t pad_left;
  int32_t input_zero; /* what padding holds */
} mote_dsp_depthwise_row_s8_t;

/* The order of the fields is known to the assembly. */
typedef struct {
  const uint32_t *row0;
  const uint32_t *row1;
  const uint32_t *row2;
  const int32_t *stream;
  const uint32_t *end; /* of the columns of row 0 at which pairs of outputs begin */
  int8_t *y;
  int32_t step;        /* bytes from one output to the next */
} mote_depthwise_row_t;

#define MOTE_DWROW_LOW(to, low, high) "pkhbt " to ", " low ", " high ", lsl #16\n\t"
#define MOTE_DWROW_HIGH(to, low, high) "pkhtb " to ", " high ", " low ", asr #16\n\t"

/* From two words of four channels to two channels' pairs: r8, r9 with r10, r11 to r10, r11 (first) and r8, r9. */
#define MOTE_DWROW_PAIRS(halves)                     \
  halves("r8", "r8", "r10") halves("r9", "r9", "r11") \
  "sxtb16 r10, r8\n\t"                               \
  "sxtb16 r8, r8, ror #8\n\t"                        \
  "sxtb16 r11, r9\n\t"                               \
  "sxtb16 r9, r9, ror #8\n\t"

#define MOTE_DWROW_WEIGHTS(offset)   \
  "ldr r12, [r3, #" offset "]\n\t"   \
  "sxtb16 lr, r12\n\t"               \
  "sxtb16 r12, r12, ror #8\n\t"

/* The multiplier is doubled, see mote_requantize_doubled; -127 and the borrow are the zero point and the rounding. */
#define MOTE_DWROW_SCALE(acc)        \
  "asrs " acc ", " acc ", r10\n\t"   \
  "sbc " acc ", " acc ", #127\n\t"   \
  "ssat " acc ", #8, " acc "\n\t"

/* Two outputs of two channels: r4 and r5 of the first one, r6 and r7 of the second. */
#define MOTE_DWROW_TWO(halves, v0, v1, v2, h0, h1, bias, multipliers, shifts, at) \
  "ldrd r4, r6, [r3, #" bias "]\n\t"                                              \
  "ldrd r8, r9, [r0]\n\t"                                                         \
  "ldrd r10, r11, [r1]\n\t"                                                       \
  "mov r5, r4\n\t"                                                                \
  "mov r7, r6\n\t" MOTE_DWROW_PAIRS(halves) MOTE_DWROW_WEIGHTS(v0)                \
  "smlad r4, r10, lr, r4\n\t"                                                     \
  "smlad r5, r11, lr, r5\n\t"                                                     \
  "smlad r6, r8, r12, r6\n\t"                                                     \
  "smlad r7, r9, r12, r7\n\t" MOTE_DWROW_WEIGHTS(v1)                              \
  "smlad r4, r11, lr, r4\n\t"                                                     \
  "smlad r6, r9, r12, r6\n\t"                                                     \
  "ldrd r8, r9, [r0, #8]\n\t"                                                     \
  "ldrd r10, r11, [r1, #8]\n\t" MOTE_DWROW_PAIRS(halves)                          \
  "smlad r5, r10, lr, r5\n\t"                                                     \
  "smlad r7, r8, r12, r7\n\t" MOTE_DWROW_WEIGHTS(v2)                              \
  "smlad r4, r10, lr, r4\n\t"                                                     \
  "smlad r5, r11, lr, r5\n\t"                                                     \
  "smlad r6, r8, r12, r6\n\t"                                                     \
  "smlad r7, r9, r12, r7\n\t"                                                     \
  "ldrd r8, r10, [r2]\n\t"                                                        \
  "ldrd r9, r11, [r2, #8]\n\t" MOTE_DWROW_PAIRS(halves) MOTE_DWROW_WEIGHTS(h0)    \
  "smlad r4, r10, lr, r4\n\t"                                                     \
  "smlatb r5, r10, lr, r5\n\t"                                                    \
  "smlad r6, r8, r12, r6\n\t"                                                     \
  "smlatb r7, r8, r12, r7\n\t" MOTE_DWROW_WEIGHTS(h1)                             \
  "smlabt r4, r11, lr, r4\n\t"                                                    \
  "smlad r5, r11, lr, r5\n\t"                                                     \
  "smlabt r6, r9, r12, r6\n\t"                                                    \
  "smlad r7, r9, r12, r7\n\t"                                                     \
  "ldrd r8, r9, [r3, #" multipliers "]\n\t"                                       \
  "ldr r10, [r3, #" shifts "]\n\t"                                                \
  "ldrd r11, r12, [sp, #4]\n\t"                                                   \
  "smmlar r4, r4, r8, r4\n\t"                                                     \
  "smmlar r5, r5, r8, r5\n\t"                                                     \
  "smmlar r6, r6, r9, r6\n\t"                                                     \
  "smmlar r7, r7, r9, r7\n\t" MOTE_DWROW_SCALE("r4") MOTE_DWROW_SCALE("r5")       \
  "lsr r10, r10, #8\n\t" MOTE_DWROW_SCALE("r6") MOTE_DWROW_SCALE("r7")            \
  "add r12, r12, r11\n\t"                                                         \
  "bfi r5, r7, #8, #8\n\t"                                                        \
  "bfi r4, r6, #8, #8\n\t"                                                        \
  "strh r5, [r12, #" at "]\n\t"                                                   \
  "strh r4, [r11, #" at "]\n\t"

/* A row that ends with a single output computes a pair whose outputs go to one place, the right one last. */
static __attribute__((naked, noinline, unused)) void mote_depthwise_row(const mote_depthwise_row_t *m
                                                                        __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
      "ldmia r0, {r0, r1, r2, r3, r4, r5, r6}\n\t"
      "sub sp, sp, #12\n\t"
      "stmia sp, {r4, r5, r6}\n"
      "1:\n\t"
      "ldr r4, [sp]\n\t"
      "cmp r0, r4\n\t"
      "bcc.w 2f\n\t"
      "bne.w 3f\n\t"
      "mov r4, #0\n\t"
      "str r4, [sp, #8]\n"
      "2:\n\t" MOTE_DWROW_TWO(MOTE_DWROW_LOW, "0", "4", "8", "12", "16", "20", "28", "36", "0")
          MOTE_DWROW_TWO(MOTE_DWROW_HIGH, "40", "44", "48", "52", "56", "60", "68", "76", "2")
      "ldrd r4, r5, [sp, #4]\n\t"
      "add r4, r4, r5, lsl #1\n\t"
      "str r4, [sp, #4]\n\t"
      "add r0, r0, #8\n\t"
      "add r1, r1, #8\n\t"
      "add r2, r2, #8\n\t"
      "b.w 1b\n"
      "3:\n\t"
      "add sp, sp, #12\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

/* stream: for each two channels words of four taps (of both channels, of the first, the second): three columns of the
 * upper two rows, two overlapping pairs of the last row; two biases (with -input_zero * sum(taps)), two doubled
 * multipliers, and both right shifts in the low bytes of a word.
 * scratch: 12 * (out_columns rounded up to even + 2) bytes. */
MOTE_SHARED void mote_dsp_depthwise_row_s8(const mote_dsp_depthwise_row_s8_t *p, const int8_t *x, const int32_t *stream,
                                           int8_t *y, uint32_t *scratch) {
  const int32_t channels = p->channels;
  const int32_t columns = ((p->out_columns + 1) & -2) + 2;
  const int32_t inside = columns - p->pad_left < p->in_columns ? columns - p->pad_left : p->in_columns;
  const int32_t pitch = p->in_columns * channels;
  const uint32_t padding = ((uint32_t)p->input_zero & 0xffu) * 0x01010101u;
  mote_depthwise_row_t m;
  m.row0 = scratch;
  m.row1 = scratch + columns;
  m.row2 = scratch + 2 * columns;
  m.stream = stream;
  m.y = y;
  m.step = channels;
  m.end = scratch + (p->out_columns & -2);
  if ((p->out_columns & 1) == 0) {
    m.end = (const uint32_t *)(const void *)((const int8_t *)m.end - 4);
  }
  for (int32_t i = 0; i < 3 * columns; i++) {
    scratch[i] = padding;
  }
  for (int32_t c = 0; c < channels; c += 4) {
    const int8_t *from = x + c;
    uint32_t *to = scratch + p->pad_left;
    const uint32_t *const end = to + inside;
    while (to != end) {
      to[columns] = mote_load_u32(from + pitch);
      to[2 * columns] = mote_load_u32(from + 2 * pitch);
      *to++ = mote_load_u32(from);
      from += channels;
    }
    mote_depthwise_row(&m);
    m.stream += 20;
    m.y += 4;
  }
}
