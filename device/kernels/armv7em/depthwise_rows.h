/* Channels of a depthwise convolution of any window, stride 1 or 2 along rows, over planes of widened values. */
#ifndef MOTE_ARMV7EM_DEPTHWISE_ROWS_H
#define MOTE_ARMV7EM_DEPTHWISE_ROWS_H

#include "armv7em/depthwise_scale.h"

/* What one channel needs; the first fields are those of mote_depthwise_t, which the scaling knows.
 * weights: for each row of the window, for each two taps a word (w0, w1); with stride 1 each is followed by the word for
 * the output to the right, (w-1, w0). Taps that are not there are 0. */
typedef struct {
  int32_t multiplier;
  int32_t addend;
  int32_t bias[2];
  int32_t rows_end;
  int32_t row_end;
  int32_t y_step;
  int32_t row_bytes;
  int32_t odd;
  int32_t row_gap;
  int32_t y_gap;
  int32_t zero;
  int32_t low;
  int32_t high;
  int32_t pitch;
  const uint32_t *weights;
  const uint32_t *weights_end;
  int32_t skipped;    /* bytes of steps that rows are too short for */
  int8_t *y;
  const int8_t *plane;
} mote_depthwise_channel_t;

/* Registers: r0 left column of the windows, r1 weights, r2 row, r9 and r10 sums, r11 pitch, lr end of the weights. */
#define MOTE_DWR_FOUR                        \
  "ldmia.w r1!, {r6, r7, r8, r12}\n\t"       \
  "smlad r9, r3, r6, r9\n\t"                 \
  "smlad r10, r3, r7, r10\n\t"               \
  "smlad r9, r4, r8, r9\n\t"                 \
  "smlad r10, r4, r12, r10\n\t"

#define MOTE_DWR_NEXT                        \
  "add r2, r2, r11\n\t"                      \
  "cmp r1, lr\n\t"                           \
  "bne.w 5b\n\t"

#define MOTE_DWR_FIVE                           \
  "5:\n\t"                                   \
  "ldm r2, {r3, r4, r5}\n\t" MOTE_DWR_FOUR   \
  "ldrd r6, r7, [r1], #8\n\t"                \
  "smlad r9, r5, r6, r9\n\t"                 \
  "smlad r10, r5, r7, r10\n\t" MOTE_DWR_NEXT

/* Enters the steps where as many are left as the row has; a step is MOTE_DWR_STEP_BYTES long. */
#define MOTE_DWR_STEPS(step)                       \
  "5:\n\t"                                         \
  "mov r5, r2\n\t"                                 \
  "ldr pc, [sp, #68]\n\t"                          \
  ".balign 4\n"                                    \
  "6:\n\t" step step step step step step step step MOTE_DWR_NEXT

#define MOTE_DWR_WIDE MOTE_DWR_STEPS("ldrd r3, r4, [r5], #8\n\t" MOTE_DWR_FOUR)

#define MOTE_DWR_STRIDE_2_FIVE                  \
  "5:\n\t"                                   \
  "ldm r2, {r3, r4, r5, r6}\n\t"             \
  "ldmia.w r1!, {r7, r8, r12}\n\t"           \
  "smlad r9, r3, r7, r9\n\t"                 \
  "smlad r10, r4, r7, r10\n\t"               \
  "smlad r9, r4, r8, r9\n\t"                 \
  "smlad r10, r5, r8, r10\n\t"               \
  "smlad r9, r5, r12, r9\n\t"                \
  "smlad r10, r6, r12, r10\n\t" MOTE_DWR_NEXT

#define MOTE_DWR_STRIDE_2_WIDE                  \
  MOTE_DWR_STEPS("ldrd r3, r4, [r5], #8\n\t"   \
                 "ldrd r7, r8, [r1], #8\n\t"   \
                 "smlad r9, r3, r7, r9\n\t"    \
                 "ldr.w r3, [r5]\n\t"          \
                 "smlad r10, r4, r7, r10\n\t"  \
                 "smlad r9, r4, r8, r9\n\t"    \
                 "smlad r10, r3, r8, r10\n\t")

/* From the bytes of steps that are left out to the address of the first one that is not. */
#define MOTE_DWR_ENTER                         \
  "adr r1, 6f\n\t"                             \
  "add r8, r8, r1\n\t"                         \
  "add r8, r8, #1\n\t"                         \
  "str r8, [sp, #68]\n"

/* A row that ends with a single output computes a pair whose outputs go to one place, the right one last. */
#define MOTE_DWR_BODY(enter, advance, window, scale)                                                \
  "push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"                                          \
  "sub sp, sp, #92\n\t"                                                                      \
  "mov r12, sp\n\t"                                                                          \
  "ldmia r0!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n\t"                                 \
  "stmia r12!, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n\t"                                \
  "ldmia r0, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n\t"                                  \
  "stmia r12, {r1, r2, r3, r4, r5, r6, r7, r8, r9, r10}\n\t"                                 \
  "mov r0, r10\n\t" enter                                                                    \
  "1:\n\t"                                                                                   \
  "ldrd r11, r12, [sp, #24]\n\t"                                                             \
  "str r11, [sp, #84]\n\t"                                                                   \
  "add r12, r12, r0\n\t"                                                                     \
  "str r12, [sp, #20]\n\t"                                                                   \
  "cmp r0, r12\n\t"                                                                          \
  "beq.w 3f\n"                                                                               \
  "2:\n\t"                                                                                   \
  "ldrd r9, r10, [sp, #8]\n\t"                                                               \
  "ldrd r11, r1, [sp, #56]\n\t"                                                              \
  "ldr lr, [sp, #64]\n\t"                                                                    \
  "mov r2, r0\n" window scale                                                                \
  "ldr r1, [sp, #72]\n\t"                                                                    \
  "ldr r12, [sp, #84]\n\t"                                                                   \
  "ldr r2, [sp, #20]\n\t"                                                                    \
  "strb r10, [r1, r12]\n\t"                                                                  \
  "strb r9, [r1]\n\t"                                                                        \
  "add r1, r1, r12, lsl #1\n\t"                                                              \
  "str r1, [sp, #72]\n\t"                                                                    \
  "add r0, r0, #" advance "\n\t"                                                             \
  "cmp r0, r2\n\t"                                                                           \
  "bne.w 2b\n"                                                                               \
  "3:\n\t"                                                                                   \
  "ldrd r11, r12, [sp, #32]\n\t"                                                             \
  "ldr r2, [sp, #84]\n\t"                                                                    \
  "cbz r2, 4f\n\t"                                                                           \
  "cmp r11, #0\n\t"                                                                          \
  "beq.w 4f\n\t"                                                                             \
  "mov r2, #0\n\t"                                                                           \
  "str r2, [sp, #84]\n\t"                                                                    \
  "add r2, r0, #" advance "\n\t"                                                             \
  "str r2, [sp, #20]\n\t"                                                                    \
  "b.w 2b\n"                                                                                 \
  "4:\n\t"                                                                                   \
  "ldr r1, [sp, #40]\n\t"                                                                    \
  "ldr r2, [sp, #72]\n\t"                                                                    \
  "add r0, r0, r12\n\t"                                                                      \
  "add r2, r2, r1\n\t"                                                                       \
  "str r2, [sp, #72]\n\t"                                                                    \
  "ldr r1, [sp, #16]\n\t"                                                                    \
  "cmp r0, r1\n\t"                                                                           \
  "bne.w 1b\n\t"                                                                             \
  "add sp, sp, #92\n\t"                                                                      \
  "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t"

#define MOTE_DWR_FUNCTION(name, body)                                                \
  static __attribute__((naked, noinline, unused)) void name(                         \
      const mote_depthwise_channel_t *m __attribute__((unused))) {                   \
    __asm__ volatile(body);                                                          \
  }

MOTE_KERNEL uint32_t mote_depthwise_tap(const int8_t *tap, int32_t shift) { return (uint32_t)*tap << shift; }

/* The weights of one channel with rows of four or five taps, stride 1; returns their end. */
MOTE_INTERNAL uint32_t *mote_depthwise_five_weights(const mote_depthwise_layer_t *p, const int8_t *taps, int32_t shift,
                                                    uint32_t *weights) {
  const int32_t columns = p->kernel_columns;
  for (int32_t row = p->kernel_rows; row > 0; row--) {
    const uint32_t a = mote_depthwise_tap(taps, shift);
    const uint32_t b = mote_depthwise_tap(taps + 1, shift);
    const uint32_t c = mote_depthwise_tap(taps + 2, shift);
    const uint32_t d = mote_depthwise_tap(taps + 3, shift);
    const uint32_t e = columns == 5 ? mote_depthwise_tap(taps + 4, shift) : 0;
    weights[0] = mote_low_halves(a, b);
    weights[1] = a << 16;
    weights[2] = mote_low_halves(c, d);
    weights[3] = mote_low_halves(b, c);
    weights[4] = e & 0xffffu;
    weights[5] = mote_low_halves(d, e);
    weights += 6;
    taps += columns;
  }
  return weights;
}

/* The weights of one channel; returns their end. */
MOTE_INTERNAL uint32_t *mote_depthwise_weights(const mote_depthwise_layer_t *p, const int8_t *taps, int32_t shift,
                                               uint32_t *weights) {
  const int32_t both = p->stride_columns == 1 ? 1 : 0;
  if (both != 0 && p->words == 3) {
    return mote_depthwise_five_weights(p, taps, shift, weights);
  }
  for (int32_t row = p->kernel_rows; row > 0; row--) {
    const uint32_t *const end = weights + p->words * (both + 1);
    int32_t before = 0;
    for (int32_t i = p->kernel_columns >> 1; i > 0; i--) {
      const int32_t low = (int32_t)((uint32_t)taps[0] << shift);
      const int32_t high = (int32_t)((uint32_t)taps[1] << shift);
      taps += 2;
      *weights++ = mote_low_halves((uint32_t)low, (uint32_t)high);
      if (both != 0) {
        *weights++ = mote_low_halves((uint32_t)before, (uint32_t)low);
      }
      before = high;
    }
    int32_t last = 0;
    if ((p->kernel_columns & 1) != 0) {
      last = (int32_t)((uint32_t)*taps++ << shift);
    }
    while (weights != end) {
      *weights++ = mote_low_halves((uint32_t)last, 0);
      if (both != 0) {
        *weights++ = mote_low_halves((uint32_t)before, (uint32_t)last);
      }
      last = 0;
      before = 0;
    }
  }
  return weights;
}

/* Channel after channel. */
MOTE_KERNEL void mote_depthwise_channels(const mote_depthwise_t *m, int32_t rectified,
                                         void (*convolve)(const mote_depthwise_channel_t *c)) {
  const mote_depthwise_layer_t *const p = m->layer;
  const int32_t taps = p->kernel_rows * p->kernel_columns;
  const int32_t advance = m->odd != 0 ? 4 * p->stride_columns : 0;
  const int8_t *stream = m->stream;
  mote_depthwise_channel_t c;
  c.y_step = m->y_step;
  c.row_bytes = m->row_bytes;
  c.odd = m->odd;
  c.row_gap = m->row_gap - advance;
  c.y_gap = m->y_gap + (m->odd != 0 ? m->y_step : 0);
  c.zero = m->zero;
  c.low = m->low;
  c.high = m->high;
  c.pitch = m->pitch;
  c.weights = m->weights;
  c.skipped = (8 - (p->words >> 1)) * (p->stride_columns == 1 ? 24 : 28);
  c.y = m->y;
  c.plane = m->plane;
  for (int32_t i = m->channels; i > 0; i--) {
    const int32_t bias = (int32_t)mote_load_u32(stream + taps + 4);
    const int32_t right = bias & 31;
    const int32_t shift = rectified != 0 ? 11 - right : 1;
    c.multiplier = (int32_t)mote_load_u32(stream + taps);
    c.addend = rectified != 0 ? ((1 << shift) >> 2) - 130560 : right;
    c.bias[0] = (bias >> 5) * (1 << shift);
    c.bias[1] = c.bias[0];
    c.rows_end = 0;
    c.row_end = 0;
    c.weights_end = mote_depthwise_weights(p, stream, shift, m->weights);
    c.rows_end = (int32_t)(intptr_t)(c.plane + m->plane_bytes);
    convolve(&c);
    c.y++;
    c.plane += m->plane_step;
    stream += taps + 8;
  }
}

#define MOTE_DWR_KERNEL(name, enter, advance, window)                                                                       \
  MOTE_DWR_FUNCTION(mote_depthwise_##name##_channel, MOTE_DWR_BODY(enter, advance, window, MOTE_DW_ANY_TWO))                 \
  MOTE_DWR_FUNCTION(mote_depthwise_##name##_clamp_channel, MOTE_DWR_BODY(enter, advance, window, MOTE_DW_CLAMP_TWO))         \
  MOTE_DWR_FUNCTION(mote_depthwise_##name##_rectified_channel, MOTE_DWR_BODY(enter, advance, window, MOTE_DW_RECTIFIED_TWO)) \
  MOTE_SHARED void mote_depthwise_##name(const mote_depthwise_t *m) {                                                 \
    mote_depthwise_channels(m, 0, mote_depthwise_##name##_channel);                                                   \
  }                                                                                                                   \
  MOTE_SHARED void mote_depthwise_##name##_clamp(const mote_depthwise_t *m) {                                         \
    mote_depthwise_channels(m, 0, mote_depthwise_##name##_clamp_channel);                                             \
  }                                                                                                                   \
  MOTE_SHARED void mote_depthwise_##name##_rectified(const mote_depthwise_t *m) {                                     \
    mote_depthwise_channels(m, 1, mote_depthwise_##name##_rectified_channel);                                         \
  }

MOTE_DWR_KERNEL(five, "", "4", MOTE_DWR_FIVE)
MOTE_DWR_KERNEL(wide, MOTE_DWR_ENTER, "4", MOTE_DWR_WIDE)
MOTE_DWR_KERNEL(five_stride_2, "", "8", MOTE_DWR_STRIDE_2_FIVE)
MOTE_DWR_KERNEL(wide_stride_2, MOTE_DWR_ENTER, "8", MOTE_DWR_STRIDE_2_WIDE)

#endif
