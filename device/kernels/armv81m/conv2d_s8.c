#include "armv81m/matrix_2x4_s8.h"
#include "portable/window.h"

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
  int32_t held;       /* windows that scratch memory has room for: an even number, 2 unless packed */
  int32_t zero;       /* output zero point */
  int32_t output_min; /* clamp, quantized */
  int32_t output_max;
} mote_mve_conv2d_s8_t;

/* Copies up to 16 values of each of `rows` > 0 rows. */
MOTE_KERNEL void mote_mve_copy_short_rows(int8_t *to, int32_t step, const int8_t *from, int32_t pitch, int32_t bytes,
                                          int32_t rows) {
  __asm__ volatile(
      "vctp.8 %3\n\t"
      "dls lr, %2\n"
      "1:\n\t"
      "vpstt\n\t"
      "vldrbt.u8 q0, [%1]\n\t"
      "vstrbt.8 q0, [%0]\n\t"
      "add %1, %1, %4\n\t"
      "add %0, %0, %5\n\t"
      "le lr, 1b\n"
      : "+r"(to), "+r"(from)
      : "r"(rows), "r"(bytes), "r"(pitch), "r"(step)
      : "lr", "q0", "memory");
}

/* The window whose top left corner is at (top, left), its rows one after the other. */
static __attribute__((noinline, unused)) void mote_mve_conv2d_window(const mote_mve_conv2d_s8_t *p, const int8_t *x,
                                                                     int32_t top, int32_t left, int8_t *to) {
  const int32_t run = p->kernel_w * p->in_c;
  const int32_t pitch = p->dilation_h * p->in_w * p->in_c;
  if (run <= 16 && p->dilation_w == 1 && top >= 0 && left >= 0 && left + p->kernel_w <= p->in_w &&
      top + (p->kernel_h - 1) * p->dilation_h < p->in_h) {
    mote_mve_copy_short_rows(to, run, x + (top * p->in_w + left) * p->in_c, pitch, run, p->kernel_h);
    return;
  }
  const mote_span_t rows = mote_span(top, p->dilation_h, p->kernel_h, p->in_h);
  const mote_span_t columns = mote_span(left, p->dilation_w, p->kernel_w, p->in_w);
  const int32_t height = rows.end - rows.begin;
  const int32_t width = columns.end - columns.begin;
  if (height < p->kernel_h || width < p->kernel_w) {
    mote_mve_fill(to, p->input_zero, p->kernel_h * run);
  }
  if (height <= 0 || width <= 0) {
    return;
  }
  const int8_t *from = x + ((top + rows.begin * p->dilation_h) * p->in_w + left + columns.begin * p->dilation_w) * p->in_c;
  to += rows.begin * run + columns.begin * p->in_c;
  /* taps beside each other are copied together */
  const int32_t pieces = p->dilation_w == 1 ? 1 : width;
  const int32_t bytes = p->dilation_w == 1 ? width * p->in_c : p->in_c;
  for (int32_t i = 0; i < pieces; i++) {
    if (bytes <= 16) {
      mote_mve_copy_short_rows(to, run, from, pitch, bytes, height);
    } else {
      for (int32_t ky = 0; ky < height; ky++) {
        mote_mve_copy(to + ky * run, from + ky * pitch, bytes);
      }
    }
    from += p->dilation_w * p->in_c;
    to += p->in_c;
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
                         .x_step = 2 * window,
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
  int32_t waiting = 0; /* windows that were copied and not yet multiplied */
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t oy = 0; oy < p->out_h; oy++) {
      const int32_t top = oy * p->stride_h - p->pad_top;
      const int32_t inside = direct != 0 && top >= 0 && top + (p->kernel_h - 1) * p->dilation_h < p->in_h;
      for (int32_t ox = 0; ox < p->out_w; ox++) {
        const int32_t left = ox * p->stride_w - p->pad_left;
        if (inside != 0 && ox >= begin && ox + 1 < end) {
          mote_matrix_2x4_t d = m;
          d.pairs = (end - ox) >> 1;
          d.x_step = 2 * p->stride_w * p->in_c;
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
        } else if (waiting == 1) {
          m.y_step = (int32_t)(y - m.y);
        }
        waiting++;
        if (waiting == p->held) {
          m.pairs = waiting >> 1;
          multiply(&m);
          waiting = 0;
        }
        y += channels;
      }
    }
    x += p->in_h * p->in_w * p->in_c;
  }
  if (waiting > 1) {
    m.pairs = waiting >> 1;
    multiply(&m);
  }
  if ((waiting & 1) != 0) {
    m.x0 += (waiting - 1) * window;
    m.x1 = m.x0;
    m.x0_end += (waiting - 1) * window;
    m.y += waiting == 1 ? 0 : (waiting - 1) * m.y_step;
    m.y_step = 0;
    m.pairs = 1;
    multiply(&m);
  }
}

/* windows: room for `held` windows. */
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
