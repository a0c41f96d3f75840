#include "armv7em/dsp.h"
#include "armv7em/widen.h"
#include "portable/dot_s16.h"

/* Convolution of int16 pixels with int8 weights, any window and dilation, of one pixel and four output channels at a
 * time; a matrix product is one of 1x1 windows. Sums of products fit in 32 bits. Zero points are 0. */
typedef struct {
  int32_t batches;
  int32_t in_h;
  int32_t in_w;
  int32_t in_c;
  int32_t out_h;
  int32_t out_w;
  int32_t channels; /* output channels */
  int32_t kernel_h;
  int32_t kernel_w;
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_top;
  int32_t pad_left;
  int32_t wide;       /* see mote_rescale_s16_t */
  int32_t multiplier;
  int32_t shift;
  int32_t output_min;
  int32_t output_max;
} mote_dsp_conv2d_s16_t;

/* The order of the fields is known to the assembly. */
typedef struct {
  const int16_t *x;
  const int32_t *weights; /* for every four values a word for each of four channels: weights 0, 2, 1, 3 */
  int32_t rounds;         /* ceil(values / 16) */
  int32_t entry;          /* offset of the first step in the unrolled loop, plus the Thumb bit */
} mote_columns_4_s16_t;

#define MOTE_COLUMNS_4_S16_ROW(sum, weights)     \
  "sxtb16 r6, " weights "\n\t"                   \
  "sxtb16 " weights ", " weights ", ror #8\n\t"  \
  "smlad " sum ", r4, r6, " sum "\n\t"           \
  "smlad " sum ", r5, " weights ", " sum "\n\t"

/* 16 products. r0 values, r1 weights, r2, r3, r7, r12 sums, r4 and r5 values, r8-r11 weights, lr rounds. */
#define MOTE_COLUMNS_4_S16_STEP_BYTES 72
#define MOTE_COLUMNS_4_S16_STEP                                                         \
  "ldrd r4, r5, [r0], #8\n\t"                                                           \
  "ldmia.w r1!, {r8, r9, r10, r11}\n\t"                                                 \
  MOTE_COLUMNS_4_S16_ROW("r2", "r8") MOTE_COLUMNS_4_S16_ROW("r3", "r9")                 \
  MOTE_COLUMNS_4_S16_ROW("r7", "r10") MOTE_COLUMNS_4_S16_ROW("r12", "r11")

/* Four sums; returns the end of the weights. */
static __attribute__((naked, noinline, unused)) const int32_t *mote_columns_4_s16(
    const mote_columns_4_s16_t *m __attribute__((unused)), int32_t *sums __attribute__((unused))) {
  __asm__ volatile(
      "push {r1, r4, r5, r6, r7, r8, r9, r10, r11, lr}\n\t"
      "ldmia r0, {r0, r1, r4, r5}\n\t"
      "mov lr, r4\n\t"
      "adr r12, 1f\n\t"
      "add r4, r12, r5\n\t"
      "movs r2, #0\n\t"
      "movs r3, #0\n\t"
      "movs r7, #0\n\t"
      "mov r12, #0\n\t"
      "bx r4\n\t"
      ".balign 4\n"
      "1:\n\t" MOTE_COLUMNS_4_S16_STEP MOTE_COLUMNS_4_S16_STEP MOTE_COLUMNS_4_S16_STEP
          MOTE_COLUMNS_4_S16_STEP
      "subs lr, lr, #1\n\t"
      "bne.w 1b\n\t"
      "mov r0, r1\n\t"
      "pop {r1}\n\t"
      "stmia r1, {r2, r3, r7, r12}\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n\t");
}

/* The values of the window whose top left corner is at (top, left). */
static __attribute__((noinline, unused)) void mote_dsp_conv2d_window_s16(const mote_dsp_conv2d_s16_t *p,
                                                                         const int16_t *x, int32_t top, int32_t left,
                                                                         int16_t *column) {
  const int32_t run = p->dilation_w == 1 ? p->kernel_w : 1;
  const int32_t bytes = 2 * p->in_c;
  int8_t *to = (int8_t *)column;
  for (int32_t ky = 0; ky < p->kernel_h; ky++) {
    const int32_t iy = top + ky * p->dilation_h;
    const int32_t inside = iy >= 0 && iy < p->in_h;
    for (int32_t kx = 0; kx < p->kernel_w; kx += run) {
      const int32_t ix = left + kx * p->dilation_w;
      const int32_t first = ix < 0 ? -ix : 0;
      const int32_t last = ix + run > p->in_w ? p->in_w - ix : run;
      if (inside && first < last) {
        const int16_t *const from = x + (iy * p->in_w + ix + first) * p->in_c;
        to = mote_fill_values(0, first * bytes, to);
        to = mote_copy_values((const int8_t *)from, (last - first) * bytes, to);
        to = mote_fill_values(0, (run - last) * bytes, to);
      } else {
        to = mote_fill_values(0, run * bytes, to);
      }
    }
  }
}

/* column: 2 bytes for every weight of one output channel, rounded up to four weights; not needed for 1x1 windows without
 * padding over channels that are a multiple of four. */
MOTE_SHARED void mote_dsp_conv2d_s16(const mote_dsp_conv2d_s16_t *p, const int16_t *x, const int32_t *weights,
                                     const int64_t *bias, const int32_t *multipliers, const int8_t *shifts, int16_t *y,
                                     int16_t *column) {
  const mote_rescale_s16_t rescale = {p->wide, p->multiplier, p->shift, p->output_min, p->output_max};
  const int32_t steps = (p->kernel_h * p->kernel_w * p->in_c + 3) >> 2;
  mote_columns_4_s16_t m;
  int32_t sums[4];
  m.rounds = (steps + 3) >> 2;
  m.entry = ((4 - (steps & 3)) & 3) * MOTE_COLUMNS_4_S16_STEP_BYTES + 1;
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t oy = 0; oy < p->out_h; oy++) {
      const int32_t top = oy * p->stride_h - p->pad_top;
      for (int32_t ox = 0; ox < p->out_w; ox++) {
        const int32_t left = ox * p->stride_w - p->pad_left;
        m.x = x + (top * p->in_w + left) * p->in_c;
        if (column != NULL) {
          mote_dsp_conv2d_window_s16(p, x, top, left, column);
          m.x = column;
        }
        m.weights = weights;
        for (int32_t channel = 0; channel < p->channels; channel += 4) {
          m.weights = mote_columns_4_s16(&m, sums);
          for (int32_t i = 0; i < 4 && channel + i < p->channels; i++) {
            *y++ = mote_rescale_s16(&rescale, bias, multipliers, shifts, channel + i, sums[i]);
          }
        }
      }
    }
    x += p->in_h * p->in_w * p->in_c;
  }
}
