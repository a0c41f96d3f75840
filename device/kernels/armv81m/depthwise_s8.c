#include "armv81m/depthwise_s8.h"

/* Depthwise convolution of int8 pixels, multiplier 1, any window, stride and dilation: lines of outputs, 16 channels at a time.
 * The values that a line needs are arranged in cells first, so that a vector holds up to 16 values of a channel's window. */
typedef struct {
  int32_t batches;
  int32_t in_h;
  int32_t in_w;
  int32_t channels;
  int32_t out_h;
  int32_t out_w;
  int32_t kernel_h;
  int32_t stride_h;
  int32_t stride_w;
  int32_t dilation_h;
  int32_t dilation_w;
  int32_t pad_top;
  int32_t pad_left;
  int32_t along;        /* whether a cell holds neighbours in a row; the window has one row then */
  int32_t line;         /* outputs in a line, at most */
  int32_t columns;      /* of cells for such a line */
  int32_t tiles;        /* vectors in a window */
  int32_t weight_bytes; /* of a channel in a tile: 12 or 16 */
  int32_t saved_bytes;  /* of a row that is kept, since its outputs take its place; else 0. Lines are rows then, each output row
                           takes the place of its window's second row, and windows have up to four rows. */
  int32_t input_zero;   /* what padding holds */
  int32_t zero;         /* output zero point */
  int32_t output_min;   /* clamp, quantized */
  int32_t output_max;
} mote_mve_depthwise_s8_t;

/* Copies `channels` values each of the pixels of a row. */
MOTE_KERNEL void mote_mve_depthwise_save(const mote_mve_depthwise_s8_t *p, const int8_t *from, int32_t channels, int8_t *to) {
  __asm__ volatile(
      "vctp.8 %2\n\t"
      "dls lr, %3\n"
      "1:\n\t"
      "vpstt\n\t"
      "vldrbt.u8 q0, [%1]\n\t"
      "vstrbt.8 q0, [%0]\n\t"
      "add %1, %1, %4\n\t"
      "add %0, %0, %4\n\t"
      "le lr, 1b\n"
      : "+r"(to), "+r"(from)
      : "r"(channels), "r"(p->in_w), "r"(p->channels)
      : "lr", "q0", "memory");
}

/* The cells of the columns `begin` to `end` of one plane; rows of `image` that are outside hold padding, the first is at `first`
 * if that is not null. Returns the cells of the columns inside, when these are the same for all four values. */
static __attribute__((noinline, unused)) mote_mve_cells_t mote_mve_depthwise_cells(
    const mote_mve_depthwise_s8_t *p, const int8_t *image, const int8_t *first, const int8_t *padding, int32_t top,
    int32_t begin, int32_t end, int32_t channels, int8_t *cells) {
  const int32_t down = p->along != 0 ? 0 : p->dilation_h;
  const int32_t right = p->along != 0 ? p->dilation_w : 0;
  mote_mve_cells_t inside;
  mote_mve_cells_t m;
  m.cells = cells;
  m.channels = channels;
  inside.count = 0;
  for (int32_t column = begin; column < end;) {
    int32_t next = end;
    for (int32_t i = 0; i < 4; i++) {
      const int32_t iy = top + i * down;
      const int32_t ix = column + i * right;
      const int32_t in_row = iy >= 0 && iy < p->in_h;
      const int32_t change = ix < 0 ? -ix : p->in_w - ix;
      if (in_row != 0 && change > 0 && column + change < next) {
        next = column + change;
      }
      if (in_row != 0 && ix >= 0 && ix < p->in_w) {
        const int8_t *const row = i == 0 && first != NULL ? first : image + iy * p->in_w * p->channels;
        m.from[i] = row + ix * p->channels;
        m.steps[i] = p->channels;
      } else {
        m.from[i] = padding;
        m.steps[i] = 0;
      }
    }
    m.count = next - column;
    mote_mve_cells(&m);
    if (column >= 0 && column < p->in_w) {
      inside = m;
    }
    m.cells += m.count * MOTE_CELL;
    column = next;
  }
  return inside;
}

/* The same for the next 16 channels. */
MOTE_KERNEL void mote_mve_depthwise_next_cells(mote_mve_cells_t *m, int32_t channels) {
  if (m->count != 0) {
    for (int32_t i = 0; i < 4; i++) {
      m->from[i] += m->steps[i] != 0 ? 16 : 0;
    }
    m->channels = channels;
    mote_mve_cells(m);
  }
}

/* stream: the offsets of a window's words, then as for a line. scratch: 16 bytes, the saved row, the cells. */
MOTE_SHARED void mote_mve_depthwise(const mote_mve_depthwise_s8_t *p, const int8_t *x, const int32_t *stream, int8_t *y,
                                    int8_t *scratch, void (*compute)(mote_mve_depthwise_line_t *m)) {
  int8_t *const saved = scratch + 16;
  int8_t *const cells = saved + p->saved_bytes;
  mote_mve_depthwise_line_t m;
  m.y_step = p->channels;
  m.cell_step = p->stride_w * MOTE_CELL;
  m.zero = p->zero;
  m.offsets = stream;
  m.tiles = p->tiles;
  m.weight_bytes = p->weight_bytes;
  m.low = p->output_min;
  m.high = p->output_max;
  mote_mve_fill(scratch, p->input_zero, 16);
  for (int32_t batch = 0; batch < p->batches; batch++) {
    for (int32_t oy = 0; oy < p->out_h; oy++) {
      const int32_t top = oy * p->stride_h - p->pad_top;
      for (int32_t ox = 0; ox < p->out_w; ox += p->line) {
        const int32_t outputs = p->out_w - ox < p->line ? p->out_w - ox : p->line;
        const int32_t begin = ox * p->stride_w - p->pad_left;
        const int32_t end = begin + p->columns - (p->line - outputs) * p->stride_w;
        m.stream = stream + 4 * p->tiles;
        mote_mve_cells_t inside;
        for (int32_t c = 0; c < p->channels; c += 16) {
          const int32_t left = p->channels - c;
          m.channels = left < 16 ? left : 16;
          if (c != 0 && p->along == 0 && p->kernel_h <= 4) {
            /* padding beside the image is the same for all channels */
            mote_mve_depthwise_next_cells(&inside, m.channels);
          } else {
            const int8_t *const first = p->saved_bytes != 0 ? saved + c : NULL;
            for (int32_t ky = 0; ky < p->kernel_h; ky += 4) {
              inside = mote_mve_depthwise_cells(p, x + c, first, scratch, top + ky * p->dilation_h, begin, end, m.channels,
                                                cells + (ky >> 2) * p->columns * MOTE_CELL);
            }
          }
          if (p->saved_bytes != 0) {
            mote_mve_depthwise_save(p, x + oy * p->in_w * p->channels + c, m.channels, saved + c);
          }
          m.cells = cells;
          m.y = y + c;
          m.outputs = outputs;
          compute(&m);
        }
        y += outputs * p->channels;
      }
    }
    x += p->in_h * p->in_w * p->channels;
  }
}

/* Any clamp. */
MOTE_SHARED void mote_mve_depthwise_s8(const mote_mve_depthwise_s8_t *p, const int8_t *x, const int32_t *stream, int8_t *y,
                                       int8_t *scratch) {
  mote_mve_depthwise(p, x, stream, y, scratch, mote_mve_depthwise_line);
}

typedef mote_mve_depthwise_s8_t mote_mve_depthwise_relu_s8_t;

/* One tile, channels a multiple of 4; the clamp is the range of int8 and the zero point its lowest value. */
MOTE_SHARED void mote_mve_depthwise_relu_s8(const mote_mve_depthwise_s8_t *p, const int8_t *x, const int32_t *stream,
                                            int8_t *y, int8_t *scratch) {
  mote_mve_depthwise(p, x, stream, y, scratch, mote_mve_depthwise_line_fast);
}
