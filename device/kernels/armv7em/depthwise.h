/* Depthwise convolution by planes: the channels' values of a few rows, widened to 16 bits, one plane for each channel. */
#ifndef MOTE_ARMV7EM_DEPTHWISE_H
#define MOTE_ARMV7EM_DEPTHWISE_H

#include "armv7em/dsp.h"

/* A layer. Rows and columns are those of the planes, which lie across the image where the layer is transposed. */
typedef struct {
  int16_t in_rows;
  int16_t in_columns;
  int16_t channels;
  int16_t multiplier;    /* output channels for each input channel */
  int16_t out_rows;
  int16_t out_columns;
  int16_t kernel_rows;
  int16_t kernel_columns;
  int16_t stride_rows;
  int16_t stride_columns;
  int16_t pad_top;
  int16_t pad_left;
  int16_t padded;        /* whether columns are padded */
  int16_t transposed;    /* whether rows of planes are columns of the image */
  int16_t columns;       /* of the image that are used */
  int16_t plane_columns; /* even */
  int16_t words;         /* of two taps for each row of the window */
  int16_t group;         /* channels that are widened together: 4 or 1 */
  int16_t weights_bytes; /* of scratch before the planes */
  int16_t band;          /* output rows for which planes are made */
  int16_t input_zero;    /* what padding holds */
  int16_t zero;          /* output zero point */
  int16_t output_min;    /* clamp, quantized */
  int16_t output_max;
} mote_depthwise_layer_t;

/* What the convolution of some channels' planes needs. The order of the fields is known to the assembly, which sets
 * the first six for each channel. */
typedef struct {
  int32_t multiplier;
  int32_t addend;
  int32_t bias[2];
  int32_t rows_end;
  int32_t row_end;
  int32_t y_step;        /* bytes from one output to the next in its row */
  int32_t row_bytes;     /* of a plane's row that pairs of outputs consume */
  int32_t odd;           /* whether a row ends with a single output */
  int32_t row_gap;       /* from the end of those bytes to the next row of windows */
  int32_t y_gap;         /* from the end of a row of outputs to the next */
  int32_t zero;
  int32_t low;
  int32_t high;
  int32_t pitch;         /* bytes from one row of a plane to the next */
  int32_t plane_bytes;   /* of all rows of windows */
  int32_t channels;      /* output channels */
  int32_t plane_step;    /* bytes from one channel's plane to the next one's */
  int8_t *y;
  const int8_t *stream;
  const int8_t *plane;
  const mote_depthwise_layer_t *layer;
  uint32_t *weights;     /* scratch, where the kernel needs some */
} mote_depthwise_t;

MOTE_KERNEL uint32_t mote_low_halves(uint32_t low, uint32_t high) {
  uint32_t r;
  __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(r) : "r"(low), "r"(high));
  return r;
}

MOTE_KERNEL uint32_t mote_high_halves(uint32_t low, uint32_t high) {
  uint32_t r;
  __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(r) : "r"(high), "r"(low));
  return r;
}

/* What of the image goes into planes. */
typedef struct {
  int32_t step;       /* bytes from one pixel of a row to the next */
  int32_t row;        /* bytes from one row to the next */
  int32_t columns;    /* pixels of a row */
  int32_t plane;      /* bytes from one channel's plane to the next one's */
  int32_t pitch;      /* bytes from one row of planes to the next */
} mote_depthwise_source_t;

MOTE_KERNEL void mote_store_u32(int8_t *to, uint32_t word) { memcpy(to, &word, sizeof(word)); }

MOTE_KERNEL void mote_store_u16(int8_t *to, uint32_t word) {
  const uint16_t half = (uint16_t)word;
  memcpy(to, &half, sizeof(half));
}

/* One pixel of four channels. */
MOTE_KERNEL void mote_depthwise_gather_pixel(const int8_t *x, int8_t *to, int32_t plane) {
  const uint32_t word = mote_load_u32(x);
  const uint32_t even = mote_widen_even(word);
  const uint32_t odd = mote_widen_odd(word);
  mote_store_u16(to, even);
  mote_store_u16(to + plane, odd);
  to += 2 * plane;
  mote_store_u16(to, even >> 16);
  mote_store_u16(to + plane, odd >> 16);
}

/* Rows of four channels into planes; pairs of pixels go where they make an aligned word. */
MOTE_SHARED void mote_depthwise_gather_4(const mote_depthwise_source_t *s, const int8_t *x, int8_t *to, int32_t rows) {
  const int32_t step = s->step;
  const int32_t plane = s->plane;
  const int32_t first = ((uintptr_t)to & 2u) != 0 ? 1 : 0;
  const int32_t pairs = (s->columns - first) >> 1;
  const int32_t last = s->columns - first - 2 * pairs;
  const int32_t row = s->row - (pairs * 2 + first) * step;
  const int32_t pitch = s->pitch - (pairs * 2 + first) * 2;
  for (; rows > 0; rows--) {
    if (first != 0) {
      mote_depthwise_gather_pixel(x, to, plane);
      x += step;
      to += 2;
    }
    for (const int8_t *const end = to + 4 * pairs; to != end;) {
      const uint32_t v = mote_load_u32(x);
      const uint32_t w = mote_load_u32(x + step);
      const uint32_t low = mote_low_halves(v, w);
      const uint32_t high = mote_high_halves(v, w);
      x += 2 * step;
      mote_store_u32(to + plane, mote_widen_odd(low));
      mote_store_u32(to + 2 * plane, mote_widen_even(high));
      mote_store_u32(to + 3 * plane, mote_widen_odd(high));
      mote_store_u32(to, mote_widen_even(low));
      to += 4;
    }
    if (last != 0) {
      mote_depthwise_gather_pixel(x, to, plane);
    }
    x += row;
    to += pitch;
  }
}

/* The same for one channel. */
MOTE_SHARED void mote_depthwise_gather_1(const mote_depthwise_source_t *s, const int8_t *x, int8_t *to, int32_t rows) {
  const int32_t step = s->step;
  const int32_t pairs = s->columns >> 1;
  for (; rows > 0; rows--) {
    const int8_t *from = x;
    int8_t *at = to;
    for (int32_t i = pairs; i > 0; i--) {
      const uint32_t first = (uint32_t)from[0];
      const uint32_t second = (uint32_t)from[step];
      mote_store_u16(at, first);
      mote_store_u16(at + 2, second);
      from += 2 * step;
      at += 4;
    }
    if ((s->columns & 1) != 0) {
      mote_store_u16(at, (uint32_t)from[0]);
    }
    x += s->row;
    to += s->pitch;
  }
}

/* Sets 16-bit values. */
MOTE_SHARED void mote_depthwise_fill(int8_t *to, int32_t bytes, int32_t value) {
  const uint32_t word = mote_low_halves((uint32_t)value, (uint32_t)value);
  for (; bytes >= 16; bytes -= 16) {
    __asm__ volatile("strd %1, %1, [%0], #8\n\tstrd %1, %1, [%0], #8" : "+r"(to) : "r"(word) : "memory");
  }
  for (; bytes > 0; bytes -= 4) {
    mote_store_u32(to, word);
    to += 4;
  }
}

/* Moves words to a lower address. */
MOTE_SHARED void mote_depthwise_move(int8_t *to, const int8_t *from, int32_t bytes) {
  for (; bytes >= 16; bytes -= 16) {
    __asm__ volatile(
        "ldmia %1!, {r3, r4, r5, r6}\n\t"
        "stmia %0!, {r3, r4, r5, r6}"
        : "+r"(to), "+r"(from)
        :
        : "r3", "r4", "r5", "r6", "memory");
  }
  for (; bytes > 0; bytes -= 4) {
    mote_store_u32(to, mote_load_u32(from));
    to += 4;
    from += 4;
  }
}

/* Rows [from, from + rows) of the image, of which some may lie outside, into the planes. */
MOTE_INTERNAL void mote_depthwise_rows(const mote_depthwise_layer_t *p, const mote_depthwise_source_t *s, const int8_t *x,
                                       int8_t *to, int32_t from, int32_t rows) {
  while (rows > 0) {
    int32_t count = 1;
    if (from < 0 || from >= p->in_rows) {
      mote_depthwise_fill(to, s->pitch, p->input_zero);
    } else {
      const int32_t left = p->in_rows - from;
      count = rows < left ? rows : left;
      if (s->pitch != s->plane) {
        mote_depthwise_gather_4(s, x + from * s->row, to + 2 * p->pad_left, count);
      } else {
        mote_depthwise_gather_1(s, x + from * s->row, to + 2 * p->pad_left, count);
      }
    }
    from += count;
    rows -= count;
    to += count * s->pitch;
  }
}

/* Channels in groups, of each group bands of rows: a band's planes are complete before its outputs are written, and
 * rows that the next band needs stay. record: bytes of the stream for each output channel. */
MOTE_SHARED void mote_depthwise(const mote_depthwise_layer_t *p, const int8_t *x, const int8_t *stream, int8_t *y,
                                int8_t *scratch, int32_t record, void (*convolve)(const mote_depthwise_t *m)) {
  const int32_t channels = p->channels;
  const int32_t out_channels = channels * p->multiplier;
  const int32_t y_row = p->transposed != 0 ? out_channels : out_channels * p->out_columns;
  const int32_t plane = 2 * p->plane_columns;
  int8_t *const planes = scratch + p->weights_bytes;
  mote_depthwise_source_t s;
  mote_depthwise_t m;
  s.step = p->transposed != 0 ? channels * p->in_rows : channels;
  s.row = p->transposed != 0 ? channels : channels * p->in_columns;
  s.columns = p->columns;
  s.plane = plane;
  s.pitch = 0;
  m.y_step = p->transposed != 0 ? out_channels * p->out_rows : out_channels;
  m.y_gap = y_row - p->out_columns * m.y_step;
  m.zero = p->zero;
  m.layer = p;
  m.weights = (uint32_t *)(void *)scratch;
  m.odd = p->out_columns & 1;
  m.low = p->output_min;
  m.high = p->output_max;
  m.row_bytes = (p->out_columns >> 1) * 4 * p->stride_columns;
  for (int32_t left = channels; left > 0;) {
    const int32_t group = left >= p->group ? p->group : 1;
    const int32_t pitch = group * plane;
    if (p->padded != 0 && pitch != s.pitch) {
      mote_depthwise_fill(planes, ((p->band - 1) * p->stride_rows + p->kernel_rows) * pitch, p->input_zero);
    }
    s.pitch = pitch;
    m.pitch = pitch;
    m.row_gap = p->stride_rows * pitch - m.row_bytes;
    int32_t held = 0;
    for (int32_t row = 0; row < p->out_rows; row += p->band) {
      const int32_t rows = p->out_rows - row < p->band ? p->out_rows - row : p->band;
      const int32_t needed = (rows - 1) * p->stride_rows + p->kernel_rows;
      const int32_t moved = rows * p->stride_rows;
      mote_depthwise_rows(p, &s, x, planes + held * pitch, row * p->stride_rows - p->pad_top + held, needed - held);
      m.y = y + row * y_row;
      m.stream = stream;
      m.plane = planes;
      m.plane_bytes = moved * pitch;
      m.channels = p->multiplier;
      m.plane_step = 0;
      int32_t calls = group;
      if (p->multiplier == 1) {
        m.channels = group;
        m.plane_step = plane;
        calls = 1;
      }
      for (; calls > 0; calls--) {
        convolve(&m);
        m.y += p->multiplier;
        m.stream += record * p->multiplier;
        m.plane += plane;
      }
      held = needed > moved ? needed - moved : 0;
      if (row + rows < p->out_rows) {
        mote_depthwise_move(planes, planes + moved * pitch, held * pitch);
      }
    }
    x += group;
    y += group * p->multiplier;
    stream += group * p->multiplier * record;
    left -= group;
  }
}

#endif
