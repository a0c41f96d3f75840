#include "armv81m/mve.h"
#include "portable/window.h"

/* Average of each channel over the part of the window inside the image, see mote_average_pool2d_s8: eight channels at a time in
 * sums of 16 bits, which hold windows of up to 255 pixels. */
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
} mote_mve_average_pool2d_s8_t;

/* The order of the fields is known to the assembly. */
typedef struct {
  int32_t rows;    /* of the window, > 0 */
  int32_t columns; /* > 0 */
  int32_t step;    /* from a pixel to the next */
  int32_t row_gap; /* from behind a row to the next */
  int32_t half;    /* of the pixels, rounded down */
  uint32_t factor; /* 2^32 / pixels, rounded up; 0 for one pixel */
  int32_t low;     /* clamp */
  int32_t high;
} mote_mve_average_t;

/* Eight channels; `channels` > 0 are left. */
static __attribute__((naked, noinline, unused)) void mote_mve_average(const mote_mve_average_t *m __attribute__((unused)),
                                                                      const int8_t *x __attribute__((unused)),
                                                                      int32_t channels __attribute__((unused)),
                                                                      int8_t *y __attribute__((unused))) {
  __asm__ volatile(
      "push {r4, r5, r6, r7, r8, r9, r10, lr}\n\t"
      "ldmia r0, {r4, r5, r6, r7, r8, r9, r10, r12}\n\t"
      "vmov.i32 q0, #0\n\t"
      "vctp.16 r2\n"
      "1:\n\t"
      "dls lr, r5\n"
      "2:\n\t"
      "vpst\n\t"
      "vldrbt.s16 q1, [r1]\n\t"
      "add r1, r1, r6\n\t"
      "vadd.i16 q0, q0, q1\n\t"
      "le lr, 2b\n\t"
      "add r1, r1, r7\n\t"
      "subs r4, r4, #1\n\t"
      "bne.n 1b\n\t"
      /* (|sum| + half) / pixels with the sign of the sum: exact, since these have 15 and eight bits */
      "vabs.s16 q1, q0\n\t"
      "vmovlb.u16 q2, q1\n\t"
      "vmovlt.u16 q1, q1\n\t"
      "vadd.i32 q2, q2, r8\n\t"
      "vadd.i32 q1, q1, r8\n\t"
      "mov r5, r9\n\t"
      "cbz r5, 3f\n\t"
      "vdup.32 q3, r9\n\t"
      "vmulh.u32 q2, q2, q3\n\t"
      "vmulh.u32 q1, q1, q3\n"
      "3:\n\t"
      "vmovnt.i32 q2, q1\n\t"
      "vneg.s16 q1, q2\n\t"
      "vcmp.s16 lt, q0, zr\n\t"
      "vpsel q0, q1, q2\n\t"
      "vdup.16 q1, r10\n\t"
      "vmax.s16 q0, q0, q1\n\t"
      "vdup.16 q1, r12\n\t"
      "vmin.s16 q0, q0, q1\n\t"
      "vctp.16 r2\n\t"
      "vpst\n\t"
      "vstrbt.16 q0, [r3]\n\t"
      "pop {r4, r5, r6, r7, r8, r9, r10, pc}\n\t");
}

MOTE_SHARED void mote_mve_average_pool2d_s8(const mote_mve_average_pool2d_s8_t *p, const int8_t *x, int8_t *y) {
  mote_mve_average_t m;
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
        const int32_t pixels = m.rows * m.columns;
        m.half = pixels / 2;
        m.factor = pixels > 1 ? UINT32_MAX / (uint32_t)pixels + 1u : 0u;
        for (int32_t c = 0; c < p->input_channels; c += 8) {
          mote_mve_average(&m, first + c, p->input_channels - c, y + c);
        }
        y += p->input_channels;
      }
    }
    x += p->input_height * p->input_width * p->input_channels;
  }
}
