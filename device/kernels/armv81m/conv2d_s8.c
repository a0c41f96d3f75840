#include "armv81m/matrix_2x4_s8.h"

/* Convolution of int8 pixels, any window, stride and dilation. Windows inside the image whose kernel rows are dense are read
 * where they are, the others are copied to scratch memory first. */
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
  int32_t input_zero; /* what padding holds */
  int32_t packed;     /* whether all windows are copied and the stream has one run for all kernel rows */
  int32_t zero;       /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_mve_conv2d_s8_t;

/* Copies up to 16 values of each of `rows` rows; at most 15 values behind the last are written. */
MOTE_KERNEL void mote_mve_copy_short_rows(int8_t *to, const int8_t *from, int32_t bytes, int32_t pitch, int32_t rows) {
  __asm__ volatile(
      "vctp.8 %3\n\t"
      "dls lr, %2\n"
      "1:\n\t"
      "vpst\n\t"
      "vldrbt.u8 q0, [%1]\n\t"
      "add %1, %1, %4\n\t"
      "vstrb.8 q0, [%0]\n\t"
      "add %0, %0, %3\n\t"
      "le lr, 1b\n"
      : "+r"(to), "+r"(from)
      : "r"(rows), "r"(bytes), "r"(pitch)
      : "lr", "q0", "memory");
}

/* The window whose top left corner is at (top, left), its rows one after the other. */
static __attribute__((noinline, unused)) void mote_mve_conv2d_window(const mote_mve_conv2d_s8_t *p, const int8_t *x,
                                                                     int32_t top, int32_t left, int8_t *to) {
  const int32_t run = p->kernel_w * p->in_c;
  const int32_t pitch = p->in_w * p->in_c;
  const int32_t dense = p->dilation_w == 1 && left >= 0 && left + p->kernel_w <= p->in_w;
  if (dense != 0 && run <= 16 && top >= 0 && top + (p->kernel_h - 1) * p->dilation_h < p->in_h) {
    mote_mve_copy_short_rows(to, x + top * pitch + left * p->in_c, run, p->dilation_h * pitch, p->kernel_h);
    return;
  }
  for (int32_t ky = 0; ky < p->kernel_h; ky++) {
    const int32_t iy = top + ky * p->dilation_h;
    const int8_t *const row = x + iy * pitch;
    if (iy < 0 || iy >= p->in_h) {
      mote_mve_fill(to, p->input_zero, run);
      to += run;
    } else if (dense != 0) {
      mote_mve_copy(to, row + left * p->in_c, run);
      to += run;
    } else {
      for (int32_t kx = 0; kx < p->kernel_w; kx++) {
        const int32_t ix = left + kx * p->dilation_w;
        if (ix < 0 || ix >= p->in_w) {
          mote_mve_fill(to, p->input_zero, p->in_c);
        } else {
          mote_mve_copy(to, row + ix * p->in_c, p->in_c);
        }
        to += p->in_c;
      }
    }
  }
}

MOTE_SHARED void mote_mve_conv2d(const mote_mve_conv2d_s8_t *p, const int8_t *x, const int32_t *stream, int8_t *y,
                                 int8_t *windows, void (*multiply)(const mote_matrix_2x4_t *m)) {
  const int32_t channels = p->channels;
  const int32_t filled = (channels + 3) & -4;
  const int32_t window = p->kernel_h * p->kernel_w * p->in_c;
  const int32_t run = p->packed != 0 ? window : p->kernel_w * p->in_c;
  const int32_t steps = run >> 4;
  const int32_t pitch = p->dilation_h * p->in_w * p->in_c;
  /* for windows that were copied */
  mote_matrix_2x4_t m = {.x0 = windows,
                         .x1 = windows + window,
                         .stream = stream,
                         .y_gap = 2 * channels - filled,
                         .channels = channels,
                         .pairs = 1,
                         .x_step = 2 * p->stride_w * p->in_c,
                         .x0_end = windows + window - (run & 15),
                         .row_gap = run - 16 * steps,
                         .steps = steps,
                         .tail = run & 15,
                         .zero = p->zero,
                         .low = p->output_min,
                         .high = p->output_max};
  /* outputs whose windows lie between the left and the right edge */
  const int32_t direct = p->packed == 0 && p->dilation_w == 1;
  const int32_t begin = (p->pad_left + p->stride_w - 1) / p->stride_w;
  const int32_t room = p->in_w + p->pad_left - p->kernel_w;
  const int32_t last = room < 0 ? 0 : room / p->stride_w + 1;
  const int32_t end = last < p->out_w ? last : p->out_w;
  int32_t waiting = 0; /* whether a window was copied and not yet multiplied */
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t oy = 0; oy < p->out_h; oy++) {
      const int32_t top = oy * p->stride_h - p->pad_top;
      const int32_t inside = direct != 0 && top >= 0 && top + (p->kernel_h - 1) * p->dilation_h < p->in_h;
      for (int32_t ox = 0; ox < p->out_w; ox++) {
        const int32_t left = ox * p->stride_w - p->pad_left;
        if (inside != 0 && ox >= begin && ox + 1 < end) {
          mote_matrix_2x4_t d = m;
          d.pairs = (end - ox) >> 1;
          d.x0 = x + (top * p->in_w + left) * p->in_c;
          d.x1 = d.x0 + p->stride_w * p->in_c;
          d.row_gap = pitch - 16 * steps;
          d.x0_end = d.x0 + (p->kernel_h - 1) * pitch + 16 * steps;
          d.y = y;
          d.y_step = channels;
          multiply(&d);
          y += 2 * d.pairs * channels;
          ox += 2 * d.pairs - 1;
          continue;
        }
        mote_mve_conv2d_window(p, x, top, left, windows + waiting * window);
        if (waiting == 0) {
          m.y = y;
          waiting = 1;
        } else {
          m.y_step = (int32_t)(y - m.y);
          multiply(&m);
          waiting = 0;
        }
        y += channels;
      }
    }
    x += p->in_h * p->in_w * p->in_c;
  }
  if (waiting != 0) {
    m.x1 = windows;
    m.y_step = 0;
    multiply(&m);
  }
}

/* windows: room for two windows and 16 bytes. */
MOTE_SHARED void mote_mve_conv2d_s8(const mote_mve_conv2d_s8_t *p, const int8_t *x, const int32_t *stream, int8_t *y,
                                    int8_t *windows) {
  mote_mve_conv2d(p, x, stream, y, windows, mote_matrix_2x4_s8);
}

typedef mote_mve_conv2d_s8_t mote_mve_conv2d_relu_s8_t;

/* The clamp starts at or above the zero point. */
MOTE_SHARED void mote_mve_conv2d_relu_s8(const mote_mve_conv2d_s8_t *p, const int8_t *x, const int32_t *stream, int8_t *y,
                                         int8_t *windows) {
  mote_mve_conv2d(p, x, stream, y, windows, mote_matrix_2x4_up_s8);
}
