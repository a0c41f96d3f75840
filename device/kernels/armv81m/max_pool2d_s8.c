#include "armv81m/mve.h"
#include "portable/window.h"

/* Largest of each channel over the part of the window inside the image, see mote_max_pool2d_s8: 16 channels at a time. */
typedef struct {
  int32_t batches;
  int32_t input_height;
  int32_t input_width;
  int32_t input_channels;
  int32_t output_height;
  int32_t output_width;
  int32_t kernel_height;
  int32_t kernel_width;
  int32_t stride_height;
  int32_t stride_width;
  int32_t dilation_height;
  int32_t dilation_width;
  int32_t pad_top;
  int32_t pad_left;
  int32_t output_min;
  int32_t output_max;
} mote_mve_max_pool2d_s8_t;

/* The order of the fields is known to the assembly. */
typedef struct {
  int32_t rows;    /* of the window, > 0 */
  int32_t columns; /* > 0 */
  int32_t step;    /* from a pixel to the next */
  int32_t row_gap; /* from behind a row to the next */
  int32_t low;     /* clamp */
  int32_t high;
} mote_mve_largest_t;

/* 16 channels; `channels` > 0 are left. */
static __attribute__((naked, noinline, unused)) void mote_mve_largest(const mote_mve_largest_t *m __attribute__((unused)),
                                                                      const int8_t *x __attribute__((unused)),
                                                                      int32_t channels __attribute__((unused)),
                                                                      int8_t *y __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, lr}\n\t"
      "ldmia r0, {r4, r5, r6, r7, r8, r12}\n\t"
      "vdup.8 q0, r8\n\t"
      "vctp.8 r2\n"
      "1:\n\t"
      "dls lr, r5\n"
      "2:\n\t"
      "vpst\n\t"
      "vldrbt.u8 q1, [r1]\n\t"
      "add r1, r1, r6\n\t"
      "vmax.s8 q0, q0, q1\n\t"
      "le lr, 2b\n\t"
      "add r1, r1, r7\n\t"
      "subs r4, r4, #1\n\t"
      "bne.n 1b\n\t"
      "vdup.8 q1, r12\n\t"
      "vmin.s8 q0, q0, q1\n\t"
      "vpst\n\t"
      "vstrbt.8 q0, [r3]\n\t"
      "pop {r4, r5, r6, r7, r8, pc}\n\t");
}

MOTE_SHARED void mote_mve_max_pool2d_s8(const mote_mve_max_pool2d_s8_t *p, const int8_t *x, int8_t *y) {
  mote_mve_largest_t m;
  const int32_t pitch = p->dilation_height * p->input_width * p->input_channels;
  m.step = p->dilation_width * p->input_channels;
  m.low = p->output_min;
  m.high = p->output_max;
  for (int32_t n = 0; n < p->batches; ++n) {
    for (int32_t out_y = 0; out_y < p->output_height; ++out_y) {
      const mote_span_t rows =
          mote_span(out_y * p->stride_height - p->pad_top, p->dilation_height, p->kernel_height, p->input_height);
      const int8_t *const row = x + (rows.origin + rows.begin * p->dilation_height) * p->input_width * p->input_channels;
      for (int32_t out_x = 0; out_x < p->output_width; ++out_x) {
        const mote_span_t columns =
            mote_span(out_x * p->stride_width - p->pad_left, p->dilation_width, p->kernel_width, p->input_width);
        const int8_t *const first = row + (columns.origin + columns.begin * p->dilation_width) * p->input_channels;
        m.rows = rows.end - rows.begin;
        m.columns = columns.end - columns.begin;
        m.row_gap = pitch - m.columns * m.step;
        for (int32_t c = 0; c < p->input_channels; c += 16) {
          mote_mve_largest(&m, first + c, p->input_channels - c, y + c);
        }
        y += p->input_channels;
      }
    }
    x += p->input_height * p->input_width * p->input_channels;
  }
}
